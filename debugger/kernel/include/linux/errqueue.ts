/** What stands in a socket's error queue (include/uapi/linux/errqueue.h, include/linux/errqueue.h). */
import type { sk_buff } from './skbuff.ts';

export const SO_EE_ORIGIN_LOCAL = 1;
export const SO_EE_ORIGIN_ICMP = 2;
export const SO_EE_ORIGIN_ICMP6 = 3;
export const SO_EE_ORIGIN_TIMESTAMPING = 4;
export const SO_EE_ORIGIN_ZEROCOPY = 5;
/** In ee_code: the bytes were copied after all. */
export const SO_EE_CODE_ZEROCOPY_COPIED = 1;

export interface sock_extended_err { ee_errno: number; ee_origin: number; ee_type: number; ee_code: number; ee_info: number; ee_data: number }

/** Control block of an skb in an error queue. `daddr` and `port` are where the datagram went that came to grief (addr_offset leads there); `opt_stats`: its bytes are SCM_TIMESTAMPING_OPT_STATS. */
export interface sock_exterr_skb { ee: sock_extended_err; daddr: number; port: number; opt_stats: boolean }

/** What recvmsg puts into the control message IP_RECVERR: the error, and who told of it (an address; 0: this host). */
export interface recverr_cmsg { ee: sock_extended_err; offender: number }

export function createExtendedErr(ee_errno: number, ee_origin: number, ee_type: number, ee_code: number, ee_info: number): sock_extended_err {
  return { ee_errno, ee_origin, ee_type, ee_code, ee_info, ee_data: 0 };
}

export function SKB_EXT_ERR(skb: sk_buff): sock_exterr_skb {
  return skb.cb as sock_exterr_skb;
}
