/** Stamps that were asked for stay with the byte that they are for, whatever becomes of its skb (net/ipv4/tcp_output.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { SKBTX_ANY_TSTAMP } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { before } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';

/** @helper */
export function tcp_has_tx_tstamp(skb: sk_buff): boolean {
  return TCP_SKB_CB(skb).txstamp_ack || (skb.shinfo.tx_flags & SKBTX_ANY_TSTAMP) !== 0;
}

/** `skb2` was split off the end of `skb`: if it has the byte now, it takes the stamps over. */
export function tcp_fragment_tstamp(_cpu: Cpu, skb: sk_buff, skb2: sk_buff): void {
  const { shinfo } = skb;
  const shinfo2 = skb2.shinfo;
  if (before(shinfo.tskey, TCP_SKB_CB(skb2).seq)) return;
  const tsflags = shinfo.tx_flags & SKBTX_ANY_TSTAMP;
  shinfo.tx_flags &= ~tsflags;
  shinfo2.tx_flags |= tsflags;
  const { tskey } = shinfo;
  shinfo.tskey = shinfo2.tskey;
  shinfo2.tskey = tskey;
  TCP_SKB_CB(skb2).txstamp_ack = TCP_SKB_CB(skb).txstamp_ack;
  TCP_SKB_CB(skb).txstamp_ack = false;
}

/** `next_skb` has become part of `skb`: of two numbers the later stays. */
export function tcp_skb_collapse_tstamp(_cpu: Cpu, skb: sk_buff, next_skb: sk_buff): void {
  skb.shinfo.tx_flags |= next_skb.shinfo.tx_flags & SKBTX_ANY_TSTAMP;
  skb.shinfo.tskey = next_skb.shinfo.tskey;
  const tcb = TCP_SKB_CB(skb);
  tcb.txstamp_ack = tcb.txstamp_ack || TCP_SKB_CB(next_skb).txstamp_ack;
}
