/** struct ipq with its inet_frag_queue (net/ipv4/ip_fragment.c): a datagram that is being put together. */
import type { In6Addr } from '../linux/in6.ts';
import type { sk_buff } from '../linux/skbuff.ts';
import type { inet_peer } from './inetpeer.ts';
import type { timer_list } from '../linux/timer.ts';

/** ECN fields of fragments, as bits of ipq.ecn. */
export const IPFRAG_ECN_NOT_ECT = 1;
export const IPFRAG_ECN_ECT_1 = 2;
export const IPFRAG_ECN_ECT_0 = 4;
export const IPFRAG_ECN_CE = 8;

export const INET_FRAG_FIRST_IN = 1;
export const INET_FRAG_LAST_IN = 2;
export const INET_FRAG_COMPLETE = 4;
/** Its time ran out. */
export const INET_FRAG_DROP = 16;

export interface ipq {
  saddr: number; daddr: number; id: number; protocol: number; vif: number;
  flags: number;
  /** Fragments by offset, none overlapping. */
  fragments: { skb: sk_buff; offset: number; end: number }[];
  /** Bytes that came without a gap, by offset. */
  runs: { offset: number; end: number }[];
  len: number;
  meat: number;
  /** The largest fragment, and the largest that may not be fragmented; ECN fields seen, as bits. */
  max_size: number;
  max_df_size: number;
  ecn: number;
  /** Where the source's fragments come from, null: nobody asks (ipfrag_max_dist is 0); its count at the last one. */
  peer: inet_peer | null;
  rid: number;
  iif: number;
  /** ns of the first fragment. */
  stamp: number;
  /** Both ends of a datagram over IPv6; null: over IPv4. */
  v6: { saddr: In6Addr; daddr: In6Addr } | null;
  timer: timer_list;
}
