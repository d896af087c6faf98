/** Records and constants of TCP Fast Open, RFC 7413 (include/net/tcp.h, linux/tcp.h, net/request_sock.h). */
import type { IpAddress } from '../linux/in6.ts';
import type { ubuf_info_msgzc } from '../linux/skbuff.ts';
import type { msghdr } from './sock.ts';
import type { request_sock } from './tcp_sock.ts';

/** Bits of net.ipv4.tcp_fastopen. */
export const TFO_CLIENT_ENABLE = 1;
export const TFO_SERVER_ENABLE = 2;
export const TFO_CLIENT_NO_COOKIE = 4;
/** Data without a cookie is taken as well. */
export const TFO_SERVER_COOKIE_NOT_REQD = 0x200;
/** All listeners, without TCP_FASTOPEN. */
export const TFO_SERVER_WO_SOCKOPT1 = 0x400;

export const TCPOPT_FASTOPEN = 34;
export const TCPOPT_EXP = 254;
export const TCPOPT_FASTOPEN_MAGIC = 0xf989;
export const TCPOLEN_FASTOPEN_BASE = 2;
export const TCPOLEN_EXP_FASTOPEN_BASE = 4;
export const TCP_FASTOPEN_COOKIE_MIN = 4;
export const TCP_FASTOPEN_COOKIE_MAX = 16;
export const TCP_FASTOPEN_COOKIE_SIZE = 8;

/** tcpi_fastopen_client_fail: why a client's attempt was in vain. */
export const TFO_STATUS_UNSPEC = 0;
export const TFO_COOKIE_UNAVAILABLE = 1;
export const TFO_DATA_NOT_ACKED = 2;
export const TFO_SYN_RETRANSMITTED = 3;

/** `len` 0 asks for a cookie, -1 is no option at all. `exp`: of the experimental kind 254. */
export interface tcp_fastopen_cookie { len: number; val: number[]; exp: boolean }

export function createFastopenCookie(len: number): tcp_fastopen_cookie {
  return { len, val: [], exp: false };
}

/** What a client's SYN is to bear. `data` null: nothing is left to send of it. */
export interface tcp_fastopen_request { cookie: tcp_fastopen_cookie; data: msghdr | null; size: number; copied: number; uarg: ubuf_info_msgzc | null }

/** One or two SipHash keys, each of four words: the second is accepted too. */
export interface tcp_fastopen_context { key: number[][] }

/** A listener's: connections whose SYN brought data and whose handshake is not over; those that an RST ended wait in `rskq_rst_head`. */
export interface fastopen_queue { rskq_rst_head: request_sock[]; qlen: number; max_qlen: number; ctx: tcp_fastopen_context | null }

export function createFastopenQueue(): fastopen_queue {
  return { rskq_rst_head: [], qlen: 0, max_qlen: 0, ctx: null };
}

/** The fields of struct tcp_sock about Fast Open, in a record of their own. */
export interface tcp_tfo {
  /** Client: the attempt under way. Server: the request, until the handshake is over. */
  fastopen_req: tcp_fastopen_request | null; fastopen_rsk: request_sock | null;
  syn_data: boolean; syn_fastopen: boolean; syn_fastopen_exp: boolean; syn_fastopen_ch: boolean; syn_data_acked: boolean; syn_fastopen_child: boolean;
  fastopen_connect: boolean; fastopen_no_cookie: boolean; fastopen_client_fail: number;
}

export function createTfo(): tcp_tfo {
  return {
    fastopen_req: null, fastopen_rsk: null,
    syn_data: false, syn_fastopen: false, syn_fastopen_exp: false, syn_fastopen_ch: false, syn_data_acked: false, syn_fastopen_child: false,
    fastopen_connect: false, fastopen_no_cookie: false, fastopen_client_fail: TFO_STATUS_UNSPEC,
  };
}

/** What a host remembers of a destination (net/ipv4/tcp_metrics.c), 0: nothing. Stamps in jiffies, rtt in eighths and rttvar in quarters of a us; what follows them is Fast Open's. */
export interface tcp_metrics_block {
  saddr: IpAddress; daddr: IpAddress; stamp: number; rtt: number; rttvar: number; ssthresh: number; cwnd: number; reordering: number;
  mss: number; syn_loss: number; try_exp: number; last_syn_loss: number; cookie: tcp_fastopen_cookie;
}

/** Fast Open's part of struct netns_ipv4; `tfo_active_disable_stamp` in jiffies. */
export interface netns_tfo {
  tcp_fastopen_ctx: tcp_fastopen_context | null; tfo_active_disable_times: number; tfo_active_disable_stamp: number;
  tcp_metrics: tcp_metrics_block[];
}

export function createNetnsTfo(): netns_tfo {
  return { tcp_fastopen_ctx: null, tfo_active_disable_times: 0, tfo_active_disable_stamp: 0, tcp_metrics: [] };
}
