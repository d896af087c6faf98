/** Segments that TCP refuses (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff, skb_drop_reason } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { sk_skb_reason_drop } from '../../core/skbuff/free.ts';

/** Counts and drops, with the condition that failed and what it compared. */
export function tcp_drop_reason(cpu: Cpu, sk: sock, skb: sk_buff, reason: skb_drop_reason, condition: string, values: Record<string, number>): void {
  sk.sk_drops += Math.max(1, skb.shinfo.gso_segs);
  sk_skb_reason_drop(cpu, sk, skb, reason, { condition, values });
}

/** Sequence numbers of the segment, for a drop's values. @helper */
export function segmentValues(sk: sock, skb: sk_buff): Record<string, number> {
  const tcb = TCP_SKB_CB(skb);
  const tp = sk.tcp!;
  return { seq: tcb.seq, end_seq: tcb.end_seq, ack_seq: tcb.ack_seq, rcv_nxt: tp.rcv_nxt, rcv_wup: tp.rcv_wup, rcv_wnd: tp.rcv_wnd, snd_una: tp.snd_una, snd_nxt: tp.snd_nxt };
}
