/** TCP small queues: a socket may have only so much in qdisc and device; completions let it go on (net/ipv4/tcp_output.c). */
import { mtuReduced } from '../tcp/af_ops.ts';
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { hrtimer } from '../../../include/linux/timer.ts';
import { SKB_TRUESIZE } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  TCPF_ACK_DEFERRED, TCPF_CLOSE_WAIT, TCPF_CLOSING, TCPF_DELACK_TIMER_DEFERRED, TCPF_ESTABLISHED, TCPF_FIN_WAIT1, TCPF_LAST_ACK, TCPF_MTU_REDUCED_DEFERRED,
  TCPF_TSQ_DEFERRED, TCPF_WRITE_TIMER_DEFERRED, TCP_DEFERRED_ALL, TSQF_QUEUED, TSQF_THROTTLED,
} from '../../../include/net/tcp.ts';
import { tcp_packets_in_flight } from '../../../include/net/tcp_inlines/congestion.ts';
import { inet_csk_ack_scheduled } from '../../../include/net/inet_connection_sock.ts';
import { queue_work_on } from '../../../kernel/workqueue.ts';
import type { work_struct } from '../../../include/linux/workqueue.ts';
import { __sock_put, sk_free, sock_hold } from '../../core/sock.ts';
import { tcp_delack_timer_handler, tcp_write_timer_handler } from '../tcp_timer.ts';
import { tcp_send_ack } from './ack.ts';
import { tcp_mstamp_refresh } from './clock.ts';
import { tcp_current_mss } from './mss.ts';
import { tcp_xmit_retransmit_queue } from './retransmit.ts';
import { tcp_write_xmit } from './write_xmit.ts';

/** Sends more of what waits, lost segments first. */
export function tcp_tsq_write(cpu: Cpu, sk: sock): void {
  if (((1 << sk.sk_state) & (TCPF_ESTABLISHED | TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_CLOSE_WAIT | TCPF_LAST_ACK)) === 0) return;
  const tp = sk.tcp!;
  if (tp.lost_out > tp.retrans_out && tp.snd_cwnd > tcp_packets_in_flight(tp)) {
    tcp_mstamp_refresh(cpu, tp);
    tcp_xmit_retransmit_queue(cpu, sk);
  }
  tcp_write_xmit(cpu, sk, tcp_current_mss(cpu, sk), tp.nonagle, 0);
}

/** Now, or when the socket's owner lets go of it. */
export function tcp_tsq_handler(cpu: Cpu, sk: sock): void {
  if (!sk.sk_lock.owned) {
    tcp_tsq_write(cpu, sk);
  } else if ((sk.sk_tsq_flags & TCPF_TSQ_DEFERRED) === 0) {
    sk.sk_tsq_flags |= TCPF_TSQ_DEFERRED;
    sock_hold(sk);
  }
}

/** The bottom-half work of a CPU: every socket that tcp_wfree() queued. */
export function* tcp_tsq_workfn(cpu: Cpu, data: unknown): Resumable<void> {
  const queued = data as sock[];
  const list = queued.splice(0, queued.length);
  for (let i = list.length - 1; i >= 0; i--) {
    const sk = list[i]!;
    sk.sk_tsq_flags &= ~TSQF_QUEUED;
    tcp_tsq_handler(cpu, sk);
    sk_free(cpu, sk);
    yield;
  }
}

/** This CPU's work; made when it is first needed. @helper */
function tsqWork(cpu: Cpu): work_struct {
  const works = cpu.host.tcp_tables.tsq_work;
  while (works.length <= cpu.id) works.push({ func: 'tcp_tsq_workfn', pending: false, data: [] });
  return works[cpu.id]!;
}

/** Destructor of a sent skb: gives its room back; a socket that was held up by it is queued to send more. */
export function tcp_wfree(cpu: Cpu, skb: sk_buff): void {
  const sk = skb.sk!;
  sk.sk_wmem_alloc -= skb.truesize - 1;
  const in_ksoftirqd = cpu.current === cpu.ksoftirqd;
  const held_up = (sk.sk_tsq_flags & TSQF_THROTTLED) !== 0 && (sk.sk_tsq_flags & TSQF_QUEUED) === 0;
  if ((sk.sk_wmem_alloc >= SKB_TRUESIZE(1) && in_ksoftirqd) || !held_up) {
    sk_free(cpu, sk);
    return;
  }
  sk.sk_tsq_flags = (sk.sk_tsq_flags & ~TSQF_THROTTLED) | TSQF_QUEUED;
  const tsq = tsqWork(cpu);
  const queued = tsq.data as sock[];
  queued.push(sk);
  if (queued.length === 1) queue_work_on(cpu, tsq);
}

/** The pacing timer: the next segment may go. */
export function tcp_pace_kick(cpu: Cpu, timer: hrtimer): void {
  const sk = timer.data as sock;
  tcp_tsq_handler(cpu, sk);
  __sock_put(sk);
}

/** release_sock() calls it when something was put off while the socket was owned. */
export function tcp_release_cb(cpu: Cpu, sk: sock): void {
  const flags = sk.sk_tsq_flags;
  if ((flags & TCP_DEFERRED_ALL) === 0) return;
  sk.sk_tsq_flags = flags & ~TCP_DEFERRED_ALL;
  if ((flags & TCPF_TSQ_DEFERRED) !== 0) {
    tcp_tsq_write(cpu, sk);
    __sock_put(sk);
  }
  if ((flags & TCPF_WRITE_TIMER_DEFERRED) !== 0) {
    tcp_write_timer_handler(cpu, sk);
    __sock_put(sk);
  }
  if ((flags & TCPF_DELACK_TIMER_DEFERRED) !== 0) {
    tcp_delack_timer_handler(cpu, sk);
    __sock_put(sk);
  }
  if ((flags & TCPF_MTU_REDUCED_DEFERRED) !== 0) {
    mtuReduced(cpu, sk);
    __sock_put(sk);
  }
  if ((flags & TCPF_ACK_DEFERRED) !== 0 && inet_csk_ack_scheduled(sk.icsk!)) tcp_send_ack(cpu, sk);
}
