/** What holds a sender up, and for how long (net/ipv4/tcp_output.c): busy, limited by the peer's window, by its own buffer. */
import type { Cpu } from '../../../../machine/types.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCP_CHRONO_BUSY, TCP_CHRONO_UNSPEC } from '../../../include/net/tcp.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_jiffies32 } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_rtx_and_write_queues_empty } from '../../../include/net/tcp_inlines/queues.ts';

export function tcp_chrono_set(cpu: Cpu, tp: tcp_sock, type: number): void {
  const now = tcp_jiffies32(cpu);
  const old = tp.chrono_type;
  if (old > TCP_CHRONO_UNSPEC) tp.chrono_stat[old - 1]! += now - tp.chrono_start;
  tp.chrono_start = now;
  tp.chrono_type = type;
}

/** The most telling reason wins. */
export function tcp_chrono_start(cpu: Cpu, sk: sock, type: number): void {
  if (type > sk.tcp!.chrono_type) tcp_chrono_set(cpu, sk.tcp!, type);
}

export function tcp_chrono_stop(cpu: Cpu, sk: sock, type: number): void {
  const tp = sk.tcp!;
  if (tcp_rtx_and_write_queues_empty(sk)) tcp_chrono_set(cpu, tp, TCP_CHRONO_UNSPEC);
  else if (type === tp.chrono_type) tcp_chrono_set(cpu, tp, TCP_CHRONO_BUSY);
}
