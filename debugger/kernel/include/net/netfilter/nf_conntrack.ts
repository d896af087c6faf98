/** A tracked connection (include/net/netfilter/nf_conntrack.h, nf_conntrack_tuple.h, include/uapi/linux/netfilter/nf_conntrack_common.h). */
import type { delayed_work } from '../../linux/workqueue.ts';
import type { ip_ct_tcp } from './nf_conntrack_tcp.ts';

/** What a packet is to its connection (enum ip_conntrack_info); from IP_CT_IS_REPLY on it goes the reply's way. */
export const IP_CT_ESTABLISHED = 0;
export const IP_CT_RELATED = 1;
export const IP_CT_NEW = 2;
export const IP_CT_IS_REPLY = 3;
export const IP_CT_ESTABLISHED_REPLY = IP_CT_ESTABLISHED + IP_CT_IS_REPLY;
export const IP_CT_RELATED_REPLY = IP_CT_RELATED + IP_CT_IS_REPLY;
export const IP_CT_UNTRACKED = 7;

export const IP_CT_DIR_ORIGINAL = 0;
export const IP_CT_DIR_REPLY = 1;

/** nf_conn.status. */
export const IPS_EXPECTED = 1 << 0;
export const IPS_SEEN_REPLY = 1 << 1;
export const IPS_ASSURED = 1 << 2;
export const IPS_CONFIRMED = 1 << 3;
export const IPS_SRC_NAT = 1 << 4;
export const IPS_DST_NAT = 1 << 5;
export const IPS_NAT_MASK = IPS_SRC_NAT | IPS_DST_NAT;
export const IPS_SEQ_ADJUST = 1 << 6;
export const IPS_SRC_NAT_DONE = 1 << 7;
export const IPS_DST_NAT_DONE = 1 << 8;
export const IPS_DYING = 1 << 9;
export const IPS_FIXED_TIMEOUT = 1 << 10;
export const IPS_NAT_CLASH = 1 << 12;

/**
 * Both ends of one direction, in host order: what comes from `src` to `dst`. For ICMP the source's port is the identifier, the
 * destination's the type and the code (type << 8 | code).
 */
export interface nf_conntrack_tuple { src: number; src_port: number; dst: number; dst_port: number; protonum: number; dir: number }

/** A tuple as it stands in the hash table; `ct` is what container_of() finds. */
export interface nf_conntrack_tuple_hash { tuple: nf_conntrack_tuple; hash: number; ct: nf_conn }

export interface nf_conn {
  /** World-wide number; ours, to follow it. */
  id: number;
  /** References: the table's, and one for each skb (ct_general.use). */
  use: number;
  /** jiffies at which it ends; before it is confirmed: how long it may live from then. */
  timeout: number;
  /** IPS_*. */
  status: number;
  mark: number;
  /** Original and reply. */
  tuplehash: [nf_conntrack_tuple_hash, nf_conntrack_tuple_hash];
  /** Of TCP, else null; of UDP: from when on (jiffies) it is a stream, else 0. */
  tcp: ip_ct_tcp | null;
  stream_ts: number;
  /** nf_conn_nat: the device that a masqueraded connection leaves by, 0: not masqueraded. */
  masq_index: number;
}

/** Counters of a CPU (struct ip_conntrack_stat), as /proc/net/stat/nf_conntrack and `conntrack -S` show them. */
export interface ip_conntrack_stat {
  found: number; invalid: number; insert: number; insert_failed: number; clash_resolve: number; drop: number; early_drop: number; error: number;
  expect_new: number; expect_create: number; expect_delete: number; search_restart: number; chaintoolong: number;
}

/** struct conntrack_gc_work (net/netfilter/nf_conntrack_core.c). */
export interface conntrack_gc_work { dwork: delayed_work; next_bucket: number; avg_timeout: number; count: number; start_time: number; early_drop: boolean }

/** Why the packet that this CPU saw last belongs to no connection: what nf_ct_l4proto_log_invalid() would log. `skb`: its number. */
export interface nf_ct_invalid { skb: number; condition: string; values: Record<string, number> }

/** All that a host knows of connections (struct nf_conntrack_net, and the globals of nf_conntrack_core.c and nf_nat_core.c). */
export interface nf_conntrack_net {
  /** nf_conntrack_hash: the buckets that are not empty, by number, each newest first. */
  hash: Record<number, nf_conntrack_tuple_hash[]>;
  htable_size: number;
  /** nf_conntrack_hash_rnd: the siphash key. */
  hash_rnd: number[];
  /** Connections, confirmed or not. */
  count: number;
  stat: ip_conntrack_stat[];
  gc_work: conntrack_gc_work;
  /** nf_nat_bysource: connections by the hash of their source; null: nobody does NAT here. */
  nat_bysource: Record<number, nf_conn[]> | null;
  /** Random stream of port choice. */
  random: number;
  invalid: (nf_ct_invalid | null)[];
}

/** @helper CTINFO2DIR */
export function CTINFO2DIR(ctinfo: number): number {
  return ctinfo >= IP_CT_IS_REPLY ? IP_CT_DIR_REPLY : IP_CT_DIR_ORIGINAL;
}

/** @helper */
export function nf_ct_tuple_equal(a: nf_conntrack_tuple, b: nf_conntrack_tuple): boolean {
  return a.src === b.src && a.src_port === b.src_port && a.dst === b.dst && a.dst_port === b.dst_port && a.protonum === b.protonum;
}

/** @helper */
export function nf_ct_is_confirmed(ct: nf_conn): boolean {
  return (ct.status & IPS_CONFIRMED) !== 0;
}

/** @helper */
export function nf_ct_is_dying(ct: nf_conn): boolean {
  return (ct.status & IPS_DYING) !== 0;
}
