/** Middleboxes that swallow Fast Open: the host pauses its use, longer each time (net/ipv4/tcp_fastopen.c; RFC 7413, section 4.1.3.1). */
import type { Cpu } from '../../../../machine/types.ts';
import { IFF_LOOPBACK } from '../../../include/linux/netdevice.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCPHDR_FIN } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { HZ, jiffies } from '../../../kernel/time/jiffies.ts';

/** Clients of this host pause from now on, if net.ipv4.tcp_fastopen_blackhole_timeout_sec is not 0. */
export function tcp_fastopen_active_disable(cpu: Cpu, _sk: sock): void {
  const tfo = cpu.host.tfo;
  if (cpu.host.knobs.sysctl_tcp_fastopen_blackhole_timeout_sec! === 0) return;
  tfo.tfo_active_disable_stamp = jiffies(cpu);
  tfo.tfo_active_disable_times++;
  NET_INC_STATS(cpu, 'TCPFastOpenBlackhole');
}

/** The pause is not over: the timeout, doubled for each further time up to 64 times. */
export function tcp_fastopen_active_should_disable(cpu: Cpu, sk: sock): boolean {
  const { tfo_active_disable_times: times, tfo_active_disable_stamp: stamp } = cpu.host.tfo;
  const timeout = cpu.host.knobs.sysctl_tcp_fastopen_blackhole_timeout_sec!;
  if (timeout === 0 || times === 0) return false;
  if (jiffies(cpu) < stamp + (1 << Math.min(times - 1, 6)) * timeout * HZ) return true;
  sk.tcp!.tfo.syn_fastopen_ch = true;
  return false;
}

/** A socket ends that has sent data with its SYN: nothing but a FIN came, and that before its turn; or all is well again. */
export function tcp_fastopen_active_disable_ofo_check(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  if (!tp.tfo.syn_fastopen) return;
  if (tp.data_segs_in === 0) {
    const only = tp.out_of_order_queue.length === 1 ? tp.out_of_order_queue[0]! : null;
    if (only !== null && (TCP_SKB_CB(only).tcp_flags & TCPHDR_FIN) !== 0) tcp_fastopen_active_disable(cpu, sk);
  } else if (tp.tfo.syn_fastopen_ch && cpu.host.tfo.tfo_active_disable_times !== 0) {
    const dst = sk.sk_dst_cache;
    if (dst === null || (dst.dev.flags & IFF_LOOPBACK) === 0) cpu.host.tfo.tfo_active_disable_times = 0;
  }
}

/** The retransmission timeout of such a socket: three in a row, or the last of all. */
export function tcp_fastopen_active_detect_blackhole(cpu: Cpu, sk: sock, expired: boolean): void {
  const timeouts = sk.icsk!.icsk_retransmits;
  const { syn_fastopen, syn_data, syn_data_acked } = sk.tcp!.tfo;
  if ((syn_fastopen || syn_data || syn_data_acked) && (timeouts === 2 || (timeouts < 2 && expired))) tcp_fastopen_active_disable(cpu, sk);
}
