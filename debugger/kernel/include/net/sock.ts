/**
 * struct sock, struct socket (include/net/sock.h, linux/net.h). What inet_sock, udp_sock, inet_connection_sock and tcp_sock embed
 * stands in records of their own behind `sk.inet`, `sk.udp`, `sk.icsk`, `sk.tcp`, `sk.packet`; inet_sk(sk), tcp_sk(sk) ... lead there.
 */
import type { Cpu } from '../../../machine/types.ts';
import type { Host } from '../linux/host.ts';
import type { task_struct, wait_queue_head } from '../linux/sched.ts';
import type { Lineage, sk_buff } from '../linux/skbuff.ts';
import type { timer_list } from '../linux/timer.ts';
import type { recverr_cmsg } from '../linux/errqueue.ts';
import type { scm_timestamping } from '../linux/net_tstamp.ts';
import type { file } from '../linux/fs.ts';
import type { in6_pktinfo, in_pktinfo } from '../linux/sock_skb_cb.ts';
import type { sockaddr_in } from '../linux/socket.ts';
import type { In6Addr } from '../linux/in6.ts';
import type { ipv6_pinfo } from '../linux/ipv6.ts';
import type { dst_entry, flowi4 } from './dst.ts';
import type { flowi6 } from './ip6_fib.ts';
import type { packet_sock } from '../../net/packet/internal.ts';
import type { inet_connection_sock, tcp_sock } from './tcp_sock.ts';

export const AF_UNSPEC = 0;
export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_PACKET = 17;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const IPPROTO_ICMP = 1;
export const IPPROTO_TCP = 6;
export const IPPROTO_UDP = 17;

export const RCV_SHUTDOWN = 1;
export const SEND_SHUTDOWN = 2;
export const SHUTDOWN_MASK = 3;

export const SK_MEM_SEND = 0;
export const SK_MEM_RECV = 1;
export const PAGE_SIZE = 4096;
export const PAGE_SHIFT = 12;

export const SOCK_RCVBUF_LOCK = 2;
export const SOCK_SNDBUF_LOCK = 1;

/** State of a socket, shared numbering for all protocols (include/net/tcp_states.h). */
export const TCP_ESTABLISHED = 1;
export const TCP_SYN_SENT = 2;
export const TCP_SYN_RECV = 3;
export const TCP_FIN_WAIT1 = 4;
export const TCP_FIN_WAIT2 = 5;
export const TCP_TIME_WAIT = 6;
export const TCP_CLOSE = 7;
export const TCP_CLOSE_WAIT = 8;
export const TCP_LAST_ACK = 9;
export const TCP_LISTEN = 10;
export const TCP_CLOSING = 11;
export const TCP_NEW_SYN_RECV = 12;

export interface inet_sock {
  inet_daddr: number; inet_rcv_saddr: number; inet_saddr: number;
  inet_sport: number; inet_dport: number; inet_num: number;
  uc_ttl: number; tos: number; mc_ttl: number; min_ttl: number;
  hdrincl: boolean; recverr: boolean; freebind: boolean; is_icsk: boolean;
  /** IP_BIND_ADDRESS_NO_PORT: bind() of port 0 leaves the choice to connect(). IP_LOCAL_PORT_RANGE: low | high << 16, 0: the host's. */
  bind_address_no_port: boolean; local_port_range: number;
  /** connect() has put the SYN off until there are data for it (DEFER_CONNECT). */
  defer_connect: boolean;
  pmtudisc: number;
  /** IP_CMSG_*: what recvmsg() tells of a datagram. */
  cmsg_flags: number;
  inet_id: number;
  /** ip_append_data in progress (corked output); of a connection over IPv6 its flow stands here. */
  cork: inet_cork;
  /** What sockets of AF_INET6 have beside; null: of AF_INET. */
  pinet6: ipv6_pinfo | null;
}

export interface inet_cork {
  active: boolean; addr: number; fragsize: number; length: number; dst: dst_entry | null; gso_size: number; ttl: number; tos: number; fl4: flowi4 | null; fl6: flowi6 | null; tx_flags: number;
  /** Of the packets: SO_MARK and SO_PRIORITY, or what a control message asks for. */
  mark: number; priority: number;
}

export interface udp_sock {
  pending: boolean; corkflag: boolean; encap_type: number; encap_enabled: boolean; gso_size: number; gro_enabled: boolean; accept_udp_l4: boolean;
  forward_deficit: number; forward_threshold: number;
  /** Its hash among connected sockets, -1 when it is not there. */
  udp_lrpa_hash: number;
  /** SO_PEEK_OFF is in use. */
  peeking_with_offset: boolean;
  /** Moved from sk_receive_queue by the reader: less locking (udp_sk(sk)->reader_queue). */
  reader_queue: sk_buff[];
}

/** Sockets with SO_REUSEPORT on one port and address (include/net/sock_reuseport.h). `incoming_cpu`: how many have SO_INCOMING_CPU. */
export interface sock_reuseport { socks: sock[]; has_conns: boolean; incoming_cpu: number }

/** A page that is being filled with what sockets send. `page` null: none yet. */
export interface page_frag { page: Uint8Array | null; offset: number; size: number }

/** struct sock. Addresses and ports are in host order; sk_dport and the like therefore are plain port numbers. */
export interface sock {
  /** World-wide number; ours. */
  id: number;
  host: Host;
  sk_family: number; sk_type: number; sk_protocol: number;
  /** Name in the table of struct proto (net/ipv4/protos.ts): 'UDP', 'TCP', 'RAW' ... */
  sk_prot: string;
  sk_state: number;
  sk_reuse: boolean; sk_reuseport: boolean; sk_bound_dev_if: number;
  /** AF_INET6: the far end, the own address that it receives at (::ffff:a.b.c.d: it speaks IPv4), and whether it takes nothing of IPv4. null: AF_INET. */
  sk_v6_daddr: In6Addr | null; sk_v6_rcv_saddr: In6Addr | null; sk_ipv6only: boolean;
  /** The group of those that share its port; null when it is in none. */
  sk_reuseport_cb: sock_reuseport | null;
  sk_receive_queue: sk_buff[];
  sk_write_queue: sk_buff[];
  sk_error_queue: sk_buff[];
  sk_backlog: { queue: sk_buff[]; len: number; rmem_alloc: number };
  /** sk_lock: owned by a task's system call; released at (ns); tasks that wait for it. */
  sk_lock: { owned: boolean; owner: task_struct | null; wq: wait_queue_head; slock_released: number; slock_cpu: number };
  sk_rmem_alloc: number; sk_wmem_alloc: number; sk_omem_alloc: number;
  sk_forward_alloc: number; sk_wmem_queued: number;
  sk_rcvbuf: number; sk_sndbuf: number; sk_rcvlowat: number;
  sk_rcvtimeo: number; sk_sndtimeo: number; sk_lingertime: number; sk_linger: boolean;
  sk_userlocks: number;
  sk_drops: number;
  sk_err: number; sk_err_soft: number;
  sk_shutdown: number;
  sk_dead: boolean; sk_done: boolean; sk_zapped: boolean;
  sk_keepopen: boolean; sk_broadcast: boolean; sk_urginline: boolean; sk_queue_shrunk: boolean; sk_fasync: boolean; sk_rxhash: number; sk_txhash: number;
  sk_no_check_tx: boolean;
  sk_priority: number; sk_mark: number;
  sk_ack_backlog: number; sk_max_ack_backlog: number;
  sk_dst_cache: dst_entry | null; sk_dst_pending_confirm: boolean;
  /** Route of received packets, kept for early demultiplexing (TCP), and the device they came in by. */
  sk_rx_dst: dst_entry | null; sk_rx_dst_ifindex: number;
  /** TCP: what was put off (TSQF_*, TCPF_*_DEFERRED); release_sock() calls tcp_release_cb() when a deferred bit is set. */
  sk_tsq_flags: number;
  /** TCP: sent and not yet acknowledged, by sequence number; the originals, their clones are on the way. */
  tcp_rtx_queue: sk_buff[];
  /** Tasks that wait to send. */
  sk_write_pending: number;
  /** Where the next bytes that are written go (struct page_frag). */
  sk_frag: page_frag;
  sk_peek_off: number;
  sk_gso_type: number; sk_gso_max_size: number; sk_gso_max_segs: number; sk_route_caps: number; sk_gso_disabled: boolean;
  sk_pacing_rate: number; sk_max_pacing_rate: number; sk_pacing_status: number; sk_pacing_shift: number;
  sk_allocation: number; sk_tx_queue_mapping: number; sk_tx_queue_mapping_jiffies: number; sk_rx_queue_mapping: number; sk_incoming_cpu: number; 
  /** Microseconds to busy-poll (SO_BUSY_POLL), and the NAPI instance that feeds the socket, 0 for none. */
  sk_ll_usec: number; sk_napi_id: number;
  sk_timer: timer_list;
  /** SOCK_* (include/linux/net_tstamp.ts). */
  sk_flags: number;
  sk_stamp: number; sk_tsflags: number; sk_tskey: number; sk_zckey: number; sk_zerocopy: boolean;
  sk_refcnt: number;
  sk_socket: socket | null;
  /** sk_wq: who waits on this socket; kept when sk_socket goes. */
  sk_wq: wait_queue_head;
  /** Names in the tables of net/core/sock_callbacks.ts. */
  sk_data_ready: string; sk_write_space: string; sk_state_change: string; sk_error_report: string; sk_backlog_rcv: string; sk_destruct: string;
  inet: inet_sock;
  udp: udp_sock | null;
  icsk: inet_connection_sock | null;
  tcp: tcp_sock | null;
  packet: packet_sock | null;
  /** Where its bytes came from: the write() that is being copied in (lineage root). */
  write_lineage: Lineage | null;
}

export const SS_UNCONNECTED = 1;
export const SS_CONNECTING = 2;
export const SS_CONNECTED = 3;
export const SS_DISCONNECTING = 4;

export interface socket {
  state: number;
  type: number;
  /** Name in the table of proto_ops (net/ipv4/af_inet.ts): inet_dgram_ops, inet_stream_ops. */
  ops: string;
  sk: sock | null;
  file: file | null;
  wq: wait_queue_head;
  flags: number;
}

/** A piece of a process's memory (struct iovec): where in the iterator's bytes it lies; null (NULL): no memory is there. */
export interface iovec { iov_base: number | null; iov_len: number }

/**
 * User memory: bytes to send, or where received ones go. `offset` is how far the copy has come, `count` what is left. `iov`: the pieces, one after another;
 * null when it is one that is there (ITER_UBUF). `bvec`: pages of the kernel's own instead (ITER_BVEC), those that are used up are gone from it.
 */
export interface iov_iter { bytes: Uint8Array; offset: number; count: number; iov: iovec[] | null; bvec: bio_vec[] | null }

/** A piece of a page (struct bio_vec); its first byte is number `at` of what `lineage` tells of. */
export interface bio_vec { bv_page: Uint8Array; bv_len: number; bv_offset: number; lineage: Lineage; at: number }

/** A control message; `data` is its int, or its struct. */
export interface cmsghdr { cmsg_level: number; cmsg_type: number; data: number | in_pktinfo | in6_pktinfo | sockaddr_in }

/** What control messages ask for one datagram (struct ipcm_cookie, sockcm_cookie); `ttl` 0 and `tos` -1: the socket's. */
export interface ipcm_cookie { addr: number; oif: number; gso_size: number; ttl: number; tos: number; mark: number; priority: number; tsflags: number }

/** What send and recv work on. */
export interface msghdr {
  msg_name: sockaddr_in | null;
  msg_flags: number;
  iter: iov_iter;
  msg_controllen: number;
  /** Control messages that the sender gives, or that the reader gets beside those of `cmsg`; null: none. */
  msg_control: cmsghdr[] | null;
  /** `gso_size`: UDP_GRO, 0 without. `inq`: TCP_CM_INQ, bytes that are left to read; -1 without. `timestamp`: SO_TIMESTAMP, ns, 0 without; `timestamping`: SO_TIMESTAMPING. */
  cmsg: { gso_size: number; recverr: recverr_cmsg | null; inq: number; timestamp: number; timestamping: scm_timestamping | null; opt_stats: Uint8Array | null };
  /** The write whose bytes these are (sending), or the lineages of what was read (receiving). */
  lineage: Lineage | null;
  read: Lineage[];
}

/** A message of sendmmsg and recvmmsg (include/linux/socket.h); `msg_len` is what went or came. */
export interface mmsghdr { msg_hdr: msghdr; msg_len: number }

export type { Cpu };
