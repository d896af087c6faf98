/** What conntrack knows of a TCP connection (include/linux/netfilter/nf_conntrack_tcp.h, include/uapi/linux/netfilter/nf_conntrack_tcp.h). */
export const TCP_CONNTRACK_NONE = 0;
export const TCP_CONNTRACK_SYN_SENT = 1;
export const TCP_CONNTRACK_SYN_RECV = 2;
export const TCP_CONNTRACK_ESTABLISHED = 3;
export const TCP_CONNTRACK_FIN_WAIT = 4;
export const TCP_CONNTRACK_CLOSE_WAIT = 5;
export const TCP_CONNTRACK_LAST_ACK = 6;
export const TCP_CONNTRACK_TIME_WAIT = 7;
export const TCP_CONNTRACK_CLOSE = 8;
export const TCP_CONNTRACK_SYN_SENT2 = 9;
/** In the table of transitions: an invalid packet, and one that changes nothing. */
export const TCP_CONNTRACK_MAX = 10;
export const TCP_CONNTRACK_IGNORE = 11;

/** ip_ct_tcp_state.flags. */
export const IP_CT_TCP_FLAG_WINDOW_SCALE = 0x01;
export const IP_CT_TCP_FLAG_SACK_PERM = 0x02;
export const IP_CT_TCP_FLAG_CLOSE_INIT = 0x04;
export const IP_CT_TCP_FLAG_BE_LIBERAL = 0x08;
export const IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED = 0x10;
export const IP_CT_TCP_FLAG_MAXACK_SET = 0x20;
/** ip_ct_tcp.last_flags. */
export const IP_CT_EXP_CHALLENGE_ACK = 0x40;
export const IP_CT_TCP_SIMULTANEOUS_OPEN = 0x80;

/** One end as its packets show it: sequence numbers, and the largest window it offered. */
export interface ip_ct_tcp_state {
  /** max of seq + len. */
  td_end: number;
  /** max of ack + max(win, 1) that the other end sent: up to where this end may send. */
  td_maxend: number;
  /** max(win) it offered. */
  td_maxwin: number;
  /** max of ack. */
  td_maxack: number;
  /** Window scale. */
  td_scale: number;
  flags: number;
}

export interface ip_ct_tcp {
  /** By direction: original, reply. */
  seen: [ip_ct_tcp_state, ip_ct_tcp_state];
  /** TCP_CONNTRACK_*. */
  state: number;
  /** For detecting stale connections: the last packet's direction, how often it came again, its kind and fields. */
  last_dir: number;
  retrans: number;
  last_index: number;
  last_seq: number;
  last_ack: number;
  last_end: number;
  last_win: number;
  last_wscale: number;
  last_flags: number;
}

/** @helper */
function createTcpState(): ip_ct_tcp_state {
  return { td_end: 0, td_maxend: 0, td_maxwin: 0, td_maxack: 0, td_scale: 0, flags: 0 };
}

/** @helper A connection of which nothing is known. */
export function createCtTcp(): ip_ct_tcp {
  return {
    seen: [createTcpState(), createTcpState()], state: TCP_CONNTRACK_NONE, last_dir: 0, retrans: 0, last_index: 0, last_seq: 0, last_ack: 0, last_end: 0,
    last_win: 0, last_wscale: 0, last_flags: 0,
  };
}
