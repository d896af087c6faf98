/** Birth of an skb: the struct, its head and what they cost (net/core/skbuff.c). */
import { take_bytes } from '../../../../machine/memory.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import {
  CHECKSUM_NONE, HEADER_UNSET, NET_IP_ALIGN, NET_SKB_PAD, PACKET_HOST, SIZEOF_SK_BUFF, SKB_ALLOC_FCLONE,
  SKB_DATA_ALIGN, SKB_HEAD_ALIGN, SKB_TRUESIZE, SKB_WITH_OVERHEAD, SMP_CACHE_BYTES,
} from '../../../include/linux/skbuff.ts';
import type { Lineage, sk_buff, skb_shared_info } from '../../../include/linux/skbuff.ts';
import { lineageFrom } from './lineage.ts';
import { layOut } from '../../../../machine/wide_fields.ts';

/** 128 + LL_MAX_HEADER 128 + tunnels 48, to a cache line. */
export const MAX_TCP_HEADER = 320;
const GRO_MAX_HEAD_PAD = 304 + NET_SKB_PAD + NET_IP_ALIGN;
/** Object size of skb_small_head_cache; seen in the traces' wmem: a small skb's truesize is this + 256. */
export const SKB_SMALL_HEAD_CACHE_SIZE = SKB_HEAD_ALIGN(Math.max(MAX_TCP_HEADER, GRO_MAX_HEAD_PAD));
const PAGE_SIZE = 4096;

/** Head sizes of kmalloc: powers of two from 1024 up (what is smaller comes from the small-head cache). */
function kmalloc_size_roundup(size: number): number {
  let rounded = 1024;
  while (rounded < size) rounded *= 2;
  return rounded;
}

/** Bytes that an allocation for `size` usable bytes really takes. */
export function kmalloc_reserve(size: number): number {
  const obj_size = SKB_HEAD_ALIGN(size);
  if (obj_size <= SKB_SMALL_HEAD_CACHE_SIZE) return SKB_SMALL_HEAD_CACHE_SIZE;
  return kmalloc_size_roundup(obj_size);
}

/** @helper */
export function createSharedInfo(): skb_shared_info {
  return { frags: [], frag_list: [], gso_size: 0, gso_segs: 0, gso_type: 0, tx_flags: 0, tskey: 0, hwtstamp: 0, flags: 0, destructor_arg: null, dataref: 1 };
}

/** @helper The one literal of struct sk_buff; callers set what differs. */
function createSkBuff(id: number, alloc_cpu: number, head: Uint8Array, truesize: number, fclone: sk_buff['fclone'], head_frag: boolean): sk_buff {
  return {
    id, lineage: null as unknown as Lineage, head, data: 0, tail: 0, len: 0, data_len: 0,
    mac_header: HEADER_UNSET, mac_len: 0, network_header: 0, transport_header: HEADER_UNSET, shinfo: createSharedInfo(),
    cloned: false, fclone, fclone_partner: null, nohdr: false, head_frag, users: 1, truesize, sk: null, destructor: null, dev: null, skb_iif: 0, dst: null,
    protocol: 0, pkt_type: PACKET_HOST, ip_summed: CHECKSUM_NONE, csum: 0, csum_start: 0, csum_offset: 0, csum_level: 0, csum_valid: false, hash: 0,
    l4_hash: false, queue_mapping: 0, priority: 0, mark: 0, _nfct: null, ctinfo: 0, tstamp: 0, skb_mstamp_ns: 0, ooo_okay: false, slow_gro: false,
    napi_id: 0, alloc_cpu, dst_pending_confirm: false, wifi_acked_valid: false, peeked: false, pfmemalloc: false, decrypted: false, ignore_df: false,
    unreadable: false, cb: null, next: null,
  };
}

/** @helper An skb of this CPU, with the world's next id. */
function bornSkBuff(cpu: Cpu, head: Uint8Array, truesize: number, fclone: sk_buff['fclone'], head_frag: boolean): sk_buff {
  cpu.world.skb_allocated++;
  return createSkBuff(cpu.world.next_id++, cpu.id, head, truesize, fclone, head_frag);
}

const example = createSkBuff(0, 0, new Uint8Array(0), 0, 'unavailable', false);
layOut(Object.assign(example.shinfo, { frags: [], frag_list: [] }));
layOut(Object.assign(example, { head: new Uint8Array(0), shinfo: createSharedInfo() }), 'hash', 'tstamp', 'skb_mstamp_ns', 'csum');

/**
 * An skb with room for `size` bytes (more, as the allocator rounds up). `from` is what it will carry: the write whose bytes are
 * copied in, the packet that it answers; null when it is the kernel's own.
 */
export function __alloc_skb(cpu: Cpu, size: number, flags: number, from: Lineage | null = null): sk_buff {
  spend(cpu, cpu.costs.alloc_skb);
  const usable = SKB_WITH_OVERHEAD(kmalloc_reserve(size));
  const fclone = (flags & SKB_ALLOC_FCLONE) !== 0 ? 'original' : 'unavailable';
  const skb = bornSkBuff(cpu, take_bytes(cpu.world.memory, usable), SKB_TRUESIZE(usable), fclone, false);
  skb.lineage = lineageFrom(cpu, 'kernel', skb.id, from, from === null ? 0 : from.length);
  return skb;
}

export function alloc_skb(cpu: Cpu, size: number, from: Lineage | null = null): sk_buff {
  return __alloc_skb(cpu, size, 0, from);
}

/** With a companion for skb_clone: TCP's original and the clone that is sent. */
export function alloc_skb_fclone(cpu: Cpu, size: number, from: Lineage | null = null): sk_buff {
  return __alloc_skb(cpu, size, SKB_ALLOC_FCLONE, from);
}

/** An skb with `header_len` linear bytes and `data_len` bytes in page frags. Frags are of 32 KiB at most (order 3). */
export function alloc_skb_with_frags(cpu: Cpu, header_len: number, data_len: number, max_page_order: number, from: Lineage | null = null): sk_buff {
  const skb = alloc_skb(cpu, header_len, from);
  const chunk = PAGE_SIZE << max_page_order;
  for (let left = data_len; left > 0; ) {
    const size = Math.min(left, chunk);
    const pages = Math.ceil(size / PAGE_SIZE) * PAGE_SIZE;
    skb.shinfo.frags.push({ page: take_bytes(cpu.world.memory, pages), offset: 0, size });
    skb.truesize += pages;
    left -= size;
  }
  skb.len += data_len;
  skb.data_len = data_len;
  return skb;
}

/** An skb around a buffer that the device has filled; `frag_size` is what the buffer takes of its page. No bytes are copied. */
export function napi_build_skb(cpu: Cpu, data: Uint8Array, frag_size: number, from: Lineage): sk_buff {
  spend(cpu, cpu.costs.alloc_skb);
  const skb = bornSkBuff(cpu, data, frag_size + SKB_DATA_ALIGN(SIZEOF_SK_BUFF), 'unavailable', true);
  skb.lineage = lineageFrom(cpu, 'receive', skb.id, from, from.length);
  return skb;
}

/** @helper A second struct for the same bytes (skb_clone) or for bytes of its own (skb_copy): all fields as `skb` has them. */
export function copySkBuff(cpu: Cpu, skb: sk_buff, kind: Lineage['kind']): sk_buff {
  const world = cpu.world;
  world.skb_allocated++;
  const id = world.next_id++;
  if (skb._nfct !== null) skb._nfct.use++;
  return {
    id, lineage: lineageFrom(cpu, kind, id, skb.lineage, skb.lineage.length), head: skb.head, data: skb.data, tail: skb.tail, len: skb.len,
    data_len: skb.data_len, mac_header: skb.mac_header, mac_len: skb.mac_len, network_header: skb.network_header,
    transport_header: skb.transport_header, shinfo: skb.shinfo, cloned: skb.cloned, fclone: 'unavailable', fclone_partner: null, nohdr: skb.nohdr,
    head_frag: skb.head_frag, users: 1, truesize: skb.truesize, sk: null, destructor: null, dev: skb.dev, skb_iif: skb.skb_iif,
    dst: skb.dst, protocol: skb.protocol, pkt_type: skb.pkt_type, ip_summed: skb.ip_summed, csum: skb.csum, csum_start: skb.csum_start,
    csum_offset: skb.csum_offset, csum_level: skb.csum_level, csum_valid: skb.csum_valid, hash: skb.hash, l4_hash: skb.l4_hash, queue_mapping: skb.queue_mapping,
    priority: skb.priority, mark: skb.mark, _nfct: skb._nfct, ctinfo: skb.ctinfo, tstamp: skb.tstamp, skb_mstamp_ns: skb.skb_mstamp_ns, ooo_okay: skb.ooo_okay,
    slow_gro: skb.slow_gro, napi_id: skb.napi_id, alloc_cpu: cpu.id, dst_pending_confirm: skb.dst_pending_confirm, wifi_acked_valid: skb.wifi_acked_valid,
    peeked: skb.peeked, pfmemalloc: skb.pfmemalloc, decrypted: skb.decrypted, ignore_df: skb.ignore_df, unreadable: skb.unreadable, cb: skb.cb, next: null,
  };
}

/** Up to a cache line, as LL_RESERVED_SPACE and others need. */
export function L1_CACHE_ALIGN(size: number): number {
  return (size + SMP_CACHE_BYTES - 1) & ~(SMP_CACHE_BYTES - 1);
}
