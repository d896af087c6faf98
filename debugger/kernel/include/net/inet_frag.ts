/** struct ipq with its inet_frag_queue (net/ipv4/ip_fragment.c): a datagram that is being put together. */
import type { sk_buff } from '../linux/skbuff.ts';
import type { timer_list } from '../linux/timer.ts';

export const INET_FRAG_FIRST_IN = 1;
export const INET_FRAG_LAST_IN = 2;
export const INET_FRAG_COMPLETE = 4;

export interface ipq {
  saddr: number; daddr: number; id: number; protocol: number; vif: number;
  flags: number;
  /** Fragments by offset, none overlapping. */
  fragments: { skb: sk_buff; offset: number; end: number }[];
  len: number;
  meat: number;
  max_size: number;
  iif: number;
  /** ns of the first fragment. */
  stamp: number;
  timer: timer_list;
}
