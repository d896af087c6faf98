/** Acknowledgements: at once, or delayed (net/ipv4/tcp_output.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { CHECKSUM_PARTIAL } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { TCP_CLOSE } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  ICSK_ACK_PUSHED, ICSK_ACK_SCHED, ICSK_ACK_TIMER, MAX_TCP_HEADER, TCPHDR_ACK, TCPHDR_FIN, TCPHDR_SYN, TCP_ATO_MIN, TCP_DELACK_MAX, TCP_DELACK_MIN, before,
} from '../../../include/net/tcp.ts';
import { createTcpSkbCb } from '../../../include/net/tcp_sock.ts';
import { inet_csk_in_pingpong_mode } from '../../../include/net/inet_connection_sock.ts';
import { tcp_rto_min } from '../../../include/net/tcp_inlines/timeouts.ts';
import { tcp_wnd_end } from '../../../include/net/tcp_inlines/window.ts';
import { jiffies, usecs_to_jiffies } from '../../../kernel/time/jiffies.ts';
import { alloc_skb } from '../../core/skbuff/alloc.ts';
import { sk_reset_timer } from '../../core/sock.ts';
import { PURE_ACK_TRUESIZE, __tcp_transmit_skb } from './transmit.ts';

/** One quick ACK less; when none is left the interactive mode begins. */
export function tcp_dec_quickack_mode(_cpu: Cpu, sk: sock): void {
  const ack = sk.icsk!.icsk_ack;
  if (ack.quick === 0) return;
  const pkts = (ack.pending & ICSK_ACK_SCHED) !== 0 ? 1 : 0;
  if (pkts >= ack.quick) {
    ack.quick = 0;
    ack.ato = TCP_ATO_MIN;
  } else {
    ack.quick -= pkts;
  }
}

/** A sequence number that the peer will accept although nothing is sent: snd_nxt, unless the window shrank below it. */
export function tcp_acceptable_seq(_cpu: Cpu, sk: sock): number {
  const tp = sk.tcp!;
  const end = tcp_wnd_end(tp);
  if (!before(end, tp.snd_nxt) || (tp.rx_opt.wscale_ok && (tp.snd_nxt - end) >>> 0 < 1 << tp.rx_opt.rcv_wscale)) return tp.snd_nxt;
  return end;
}

/** Control block of a segment without data. SYN and FIN take a sequence number. */
export function tcp_init_nondata_skb(_cpu: Cpu, skb: sk_buff, seq: number, flags: number): void {
  skb.ip_summed = CHECKSUM_PARTIAL;
  const tcb = createTcpSkbCb(seq, (flags & (TCPHDR_SYN | TCPHDR_FIN)) !== 0 ? (seq + 1) >>> 0 : seq, flags);
  tcb.tcp_gso_segs = 1;
  skb.cb = tcb;
}

/** The longest that an ACK may wait: less than the peer's least RTO. */
export function tcp_delack_max(_cpu: Cpu, sk: sock): number {
  return Math.min(sk.icsk!.icsk_delack_max, Math.max(tcp_rto_min(sk), 2) - 1);
}

/** Waits a moment: another segment, a window update or data to send back may carry the ACK. */
export function tcp_send_delayed_ack(cpu: Cpu, sk: sock): void {
  const icsk = sk.icsk!;
  const ack = icsk.icsk_ack;
  let ato = ack.ato;
  if (ato > TCP_DELACK_MIN) {
    let max_ato = 125;
    if (inet_csk_in_pingpong_mode(sk) || (ack.pending & ICSK_ACK_PUSHED) !== 0) max_ato = TCP_DELACK_MAX;
    if (sk.tcp!.srtt_us !== 0) {
      const rtt = Math.max(usecs_to_jiffies(sk.tcp!.srtt_us >> 3), TCP_DELACK_MIN);
      if (rtt < max_ato) max_ato = rtt;
    }
    ato = Math.min(ato, max_ato);
  }
  ato = Math.min(ato, tcp_delack_max(cpu, sk));
  const now = jiffies(cpu);
  let timeout = now + ato;
  if ((ack.pending & ICSK_ACK_TIMER) !== 0) {
    if (ack.timeout <= now + (ato >> 2)) {
      tcp_send_ack(cpu, sk);
      return;
    }
    if (timeout >= ack.timeout) timeout = ack.timeout;
  }
  ack.pending |= ICSK_ACK_SCHED | ICSK_ACK_TIMER;
  ack.timeout = timeout;
  sk_reset_timer(cpu, sk, icsk.icsk_delack_timer, timeout);
}

/** Sends an ACK for `rcv_nxt`. It is not queued: nobody acknowledges an ACK. */
export function __tcp_send_ack(cpu: Cpu, sk: sock, rcv_nxt: number, flags: number): void {
  if (sk.sk_state === TCP_CLOSE) return;
  const buff = alloc_skb(cpu, MAX_TCP_HEADER);
  buff.data += MAX_TCP_HEADER;
  buff.tail += MAX_TCP_HEADER;
  tcp_init_nondata_skb(cpu, buff, tcp_acceptable_seq(cpu, sk), TCPHDR_ACK | flags);
  buff.truesize = PURE_ACK_TRUESIZE;
  __tcp_transmit_skb(cpu, sk, buff, false, rcv_nxt);
}

export function tcp_send_ack(cpu: Cpu, sk: sock): void {
  __tcp_send_ack(cpu, sk, sk.tcp!.rcv_nxt, 0);
}

