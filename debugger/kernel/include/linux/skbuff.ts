/**
 * struct sk_buff (include/linux/skbuff.h).
 *
 *     head          data              tail        end
 *      |  headroom  |  headers, data   |  tailroom |
 *      +------------+------------------+-----------+     frags[]: further pieces, data_len bytes in all
 *      0            skb.data           skb.tail    head.length
 *
 * data, tail and the *_header fields are offsets into head, as in a 64-bit kernel the latter three are.
 */
import type { IpAddress } from './in6.ts';
import type { net_device } from './netdevice.ts';
import type { sock } from '../net/sock.ts';
import type { nf_conn } from '../net/netfilter/nf_conntrack.ts';
import type { void_p } from './void.ts';
import type { dst_entry } from '../net/dst.ts';

export const CHECKSUM_NONE = 0;
export const CHECKSUM_UNNECESSARY = 1;
export const CHECKSUM_COMPLETE = 2;
export const CHECKSUM_PARTIAL = 3;

export const PACKET_HOST = 0;
export const PACKET_BROADCAST = 1;
export const PACKET_MULTICAST = 2;
export const PACKET_OTHERHOST = 3;
export const PACKET_OUTGOING = 4;

/** A header offset that has not been set (~0U of a __u16). */
export const HEADER_UNSET = 0xffff;

/** SKB_DATA_ALIGN(sizeof(struct skb_shared_info)) and sizeof(struct sk_buff), x86-64: what truesize is made of. */
export const SIZEOF_SKB_SHARED_INFO = 320;
export const SIZEOF_SK_BUFF = 256;
export const NET_SKB_PAD = 64;
export const NET_IP_ALIGN = 0;
export const MAX_SKB_FRAGS = 17;
export const SMP_CACHE_BYTES = 64;

export const SKB_GSO_UDP_L4 = 1 << 17;
/** CWR is a part of AccECN's counter: all segments keep it. */
export const SKB_GSO_TCP_ACCECN = 1 << 19;
export const SKB_GSO_TCPV4 = 1 << 0;
export const SKB_GSO_TCPV6 = 1 << 4;
export const SKB_GSO_DODGY = 1 << 1;
/** With CWR, which only the first segment keeps; and: all segments with one IP identification. */
export const SKB_GSO_TCP_ECN = 1 << 2;
export const SKB_GSO_TCP_FIXEDID = 1 << 3;

/** A piece of payload outside the linear part. The bytes are shared and never written again. */
export interface skb_frag { page: Uint8Array; offset: number; size: number }

/** Shared by an skb and its clones. */
export interface skb_shared_info {
  frags: skb_frag[];
  frag_list: sk_buff[];
  gso_size: number;
  gso_segs: number;
  gso_type: number;
  /** SKBTX_*: the stamps that the sender asked for; which send they are for (TCP: number of the byte), and when the NIC sent it (ns, 0: not known). */
  tx_flags: number;
  tskey: number;
  hwtstamp: number;
  /** SKBFL_*, and to whom frags of a user's pages belong (MSG_ZEROCOPY). */
  flags: number;
  destructor_arg: ubuf_info_msgzc | null;
  dataref: number;
}

export const SKBTX_HW_TSTAMP_NOBPF = 1 << 0;
export const SKBTX_SW_TSTAMP = 1 << 1;
/** The NIC is going to stamp it. */
export const SKBTX_IN_PROGRESS = 1 << 2;
export const SKBTX_SCHED_TSTAMP = 1 << 6;
export const SKBTX_ANY_TSTAMP = SKBTX_HW_TSTAMP_NOBPF | SKBTX_SW_TSTAMP | SKBTX_SCHED_TSTAMP;

/** Frags are pages of a user, who is told when they are no longer needed. */
export const SKBFL_ZEROCOPY_ENABLE = 1;
export const SKBFL_SHARED_FRAG = 2;
/** No frag is anything else: their memory is the user's, and not charged to the socket. */
export const SKBFL_PURE_ZEROCOPY = 4;
export const SKBFL_ZEROCOPY_FRAG = SKBFL_ZEROCOPY_ENABLE | SKBFL_SHARED_FRAG;
export const SKBFL_ALL_ZEROCOPY = SKBFL_ZEROCOPY_FRAG | SKBFL_PURE_ZEROCOPY;

/** Sends with MSG_ZEROCOPY that are told of together: `len` calls from number `id` on. Each skb_shared_info that has their pages holds it. */
export interface ubuf_info_msgzc {
  refcnt: number; id: number; len: number; bytelen: number;
  /** False once a page had to be copied after all. */
  zerocopy: boolean;
  /** The notification, ready to be queued. */
  skb: sk_buff;
}

/**
 * Where bytes come from: an immutable record, made whenever an skb is born and linked to what it was made of.
 * write -> skb -> clone -> segment -> frame -> skb of the receiver -> merged skb -> read, or -> a pipe -> skb ...
 */
export interface Lineage {
  readonly kind: 'write' | 'kernel' | 'clone' | 'segment' | 'fragment' | 'frame' | 'receive' | 'merged' | 'reassembled' | 'outside' | 'piped';
  readonly id: number;
  readonly event: number;
  readonly time: number;
  readonly host: string;
  /** What it was made of, first piece first. */
  readonly from: readonly Lineage[];
  /** Bytes of the stream or datagram that it carries: [first, last + 1), of the write `id` at the root. */
  readonly offset: number;
  readonly length: number;
  /** Line of the scenario that wrote the bytes; 0 for what is no write. */
  readonly line: number;
}

export interface sk_buff {
  /** World-wide number of this skb; ours, to follow it. */
  id: number;
  lineage: Lineage;
  head: Uint8Array;
  data: number;
  tail: number;
  /** Bytes in all, and those of them that are in frags and frag_list. */
  len: number;
  data_len: number;
  mac_header: number;
  mac_len: number;
  network_header: number;
  transport_header: number;
  shinfo: skb_shared_info;
  /** This skb is a clone, or has one: the bytes are shared. */
  cloned: boolean;
  /** Clone made with skb_clone of a fast clone pair (TCP's original and its clone). */
  fclone: 'unavailable' | 'original' | 'clone';
  /** The other of a fast-clone pair, while both live. */
  fclone_partner: sk_buff | null;
  nohdr: boolean;
  /** head is a piece of a page (build_skb), so it can become a frag. */
  head_frag: boolean;
  users: number;
  truesize: number;
  sk: sock | null;
  /** Name in the table of destructors (net/core/skbuff.ts): sock_wfree, sock_rfree, tcp_wfree ... or null. */
  destructor: string | null;
  dev: net_device | null;
  /** ifindex of the receiving device. */
  skb_iif: number;
  dst: dst_entry | null;
  protocol: number;
  pkt_type: number;
  ip_summed: number;
  csum: number;
  csum_start: number;
  csum_offset: number;
  csum_level: number;
  /** The checksum has been found right, or need not be looked at. */
  csum_valid: boolean;
  hash: number;
  l4_hash: boolean;
  queue_mapping: number;
  priority: number;
  mark: number;
  /** Its connection, and what it is to it (IP_CT_*); null with IP_CT_UNTRACKED: not to be tracked. */
  _nfct: nf_conn | null;
  ctinfo: number;
  /** ns of the receive time stamp, or of departure on the way out (EDT). */
  tstamp: number;
  skb_mstamp_ns: number;
  ooo_okay: boolean;
  slow_gro: boolean;
  /** The NAPI instance that received it, 0 for none: its socket learns what to busy-poll. */
  napi_id: number;
  /** CPU that allocated it (skb->alloc_cpu): where a deferred free goes. */
  alloc_cpu: number;
  dst_pending_confirm: boolean;
  wifi_acked_valid: boolean;
  peeked: boolean;
  pfmemalloc: boolean;
  decrypted: boolean;
  /** Its socket allows fragmentation whatever its DF bit says. */
  ignore_df: boolean;
  unreadable: boolean;
  /** Control block: whichever layer has the packet keeps its own record here. */
  cb: void_p;
  /** Of the retransmission queue: linked in tcp_rtx_queue; of sorted lists. */
  next: sk_buff | null;
}

/** Bits of __alloc_skb's flags. */
export const SKB_ALLOC_FCLONE = 0x01;
export const SKB_ALLOC_RX = 0x02;
export const SKB_ALLOC_NAPI = 0x04;

/** SKB_DATA_ALIGN: up to a cache line. */
export function SKB_DATA_ALIGN(size: number): number {
  return (size + SMP_CACHE_BYTES - 1) & ~(SMP_CACHE_BYTES - 1);
}

/** What a buffer of `size` usable bytes costs in all. */
export function SKB_TRUESIZE(size: number): number {
  return size + SIZEOF_SK_BUFF + SIZEOF_SKB_SHARED_INFO;
}

/** Usable bytes of a buffer of `size`. */
export function SKB_WITH_OVERHEAD(size: number): number {
  return size - SIZEOF_SKB_SHARED_INFO;
}

/** Bytes to allocate for `size` usable ones. */
export function SKB_HEAD_ALIGN(size: number): number {
  return SKB_DATA_ALIGN(size) + SIZEOF_SKB_SHARED_INFO;
}

export interface sk_buff_head { queue: sk_buff[]; qlen: number }

/** Reasons of include/net/dropreason-core.h that the model can give. */
export type skb_drop_reason =
  | 'NOT_SPECIFIED' | 'QUEUE_PURGE' | 'NO_SOCKET' | 'SOCKET_CLOSE' | 'SOCKET_FILTER' | 'SOCKET_RCVBUFF' | 'SOCKET_BACKLOG' | 'UNIX_DISCONNECT' | 'PKT_TOO_SMALL' | 'TCP_CSUM'
  | 'UDP_CSUM' | 'NETFILTER_DROP' | 'OTHERHOST' | 'IP_CSUM' | 'IP_INHDR' | 'IP_RPFILTER' | 'IP_LOCAL_SOURCE' | 'IP_NOPROTO' | 'PROTO_MEM' | 'IP_INVALID_SOURCE'
  | 'IP_LOCALNET' | 'IP_INVALID_DEST' | 'IP_OUTNOROUTES' | 'BPF_CGROUP_EGRESS' | 'IP_INADDRERRORS' | 'IP_INNOROUTES' | 'PKT_TOO_BIG'
  | 'NEIGH_CREATEFAIL' | 'NEIGH_FAILED' | 'NEIGH_QUEUEFULL' | 'NEIGH_DEAD' | 'QDISC_DROP' | 'CPU_BACKLOG' | 'TC_EGRESS'
  | 'UNHANDLED_PROTO' | 'SKB_CSUM' | 'SKB_GSO_SEG' | 'DEV_HDR' | 'DEV_READY' | 'FULL_RING' | 'NOMEM' | 'HDR_TRUNC' | 'ICMP_CSUM' | 'INVALID_PROTO'
  | 'FRAG_REASM_TIMEOUT' | 'FRAG_TOO_FAR' | 'DUP_FRAG' | 'TCP_FLAGS' | 'TCP_ZEROWINDOW' | 'TCP_OLD_DATA' | 'TCP_OVERWINDOW' | 'TCP_OFOMERGE' | 'TCP_RFC7323_PAWS'
  | 'TCP_RFC7323_PAWS_ACK' | 'TCP_RFC7323_TW_PAWS' | 'TCP_RFC7323_TSECR' | 'TCP_ABORT_ON_DATA' | 'TCP_OLD_SEQUENCE' | 'TCP_INVALID_SEQUENCE' | 'TCP_INVALID_END_SEQUENCE' | 'TCP_INVALID_ACK_SEQUENCE' | 'TCP_RESET' | 'TCP_INVALID_SYN' | 'TCP_CLOSE' | 'TCP_FASTOPEN' | 'TCP_OLD_ACK'
  | 'TCP_AUTH_HDR' | 'TCP_MD5NOTFOUND' | 'TCP_MD5UNEXPECTED' | 'TCP_MD5FAILURE' | 'TCP_AOUNEXPECTED'
  | 'TCP_TOO_OLD_ACK' | 'TCP_ACK_UNSENT_DATA' | 'TCP_OFO_QUEUE_PRUNE' | 'TCP_OFO_DROP' | 'TCP_MINTTL' | 'TCP_LISTEN_OVERFLOW' | 'TCP_RETRANSMIT' | 'IP_TUNNEL_ECN' | 'ARP_PVLAN_DISABLE' | 'QDISC_BURST_DROP'
  | 'NO_TX_TARGET' | 'MAC_INVALID_SOURCE' | 'BRIDGE_INGRESS_STP_STATE' | 'PACKET_SOCK_ERROR' | 'RECURSION_LIMIT'
  | 'IPV6DISABLED' | 'IPV6_BAD_EXTHDR' | 'IPV6_NDISC_FRAG' | 'IPV6_NDISC_HOP_LIMIT' | 'IPV6_NDISC_BAD_CODE' | 'IPV6_NDISC_BAD_OPTIONS' | 'IPV6_NDISC_NS_OTHERHOST';

/** Why a packet is dropped: the condition as it stands in the source, and the values it had. */
export interface drop_condition { condition: string; values: drop_values }

/** Values of a condition: numbers, and addresses of IPv6. */
export type drop_values = Record<string, IpAddress>;
