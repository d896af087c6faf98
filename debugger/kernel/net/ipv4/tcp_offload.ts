/** TCP's part in merging received segments and in cutting large ones (net/ipv4/tcp_offload.c). */
import type { Cpu } from '../../../machine/types.ts';
import { get_unaligned_be32, put_unaligned_be16, put_unaligned_be32 } from '../../include/asm-generic/unaligned.ts';
import { NETIF_F_CSUM_MASK } from '../../include/linux/netdevice.ts';
import { CHECKSUM_NONE, CHECKSUM_PARTIAL, SKBTX_ANY_TSTAMP, SKB_GSO_TCPV4, SKB_GSO_TCP_FIXEDID, SKB_GSO_TCP_ACCECN } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { before } from '../../include/net/tcp.ts';
import { IPPROTO_TCP } from '../../include/net/sock.ts';
import { inet_gro_compute_pseudo, skb_gro_checksum_validate } from '../core/gro/checksum.ts';
import { NAPI_GRO_CB, heldWithPorts, skb_gro_len, skb_gro_offset, skb_gro_pull } from '../core/gro/gro_cb.ts';
import { skb_gro_receive } from '../core/gro/merge.ts';
import { csum_fold, skb_checksum } from '../core/skbuff/checksum.ts';
import { skb_headlen, skb_is_gso } from '../core/skbuff/data.ts';
import { skb_segment } from '../core/skbuff/segment.ts';
import { inet_gro_flush } from './inet_offload.ts';

const TH_FIN = 0x01;
const TH_SYN = 0x02;
const TH_RST = 0x04;
const TH_PSH = 0x08;
const TH_URG = 0x20;
const TH_CWR = 0x80;
const ENDS_MERGING = TH_URG | TH_PSH | TH_RST | TH_SYN | TH_FIN;
const TCP_HEADER = 20;

/** Verifies the checksum where the device has not, then looks for the stream. */
export function tcp4_gro_receive(cpu: Cpu, head: readonly sk_buff[], skb: sk_buff): sk_buff | null {
  const cb = NAPI_GRO_CB(skb);
  const thlen = tcp_gro_pull_header(skb);
  if (thlen === 0 || (!cb.flush && !skb_gro_checksum_validate(cpu, skb, cb.data_offset - thlen, IPPROTO_TCP, false))) {
    cb.flush = true;
    return null;
  }
  return tcp_gro_receive(cpu, head, skb, thlen);
}

/** Passes the TCP header; answers its length, 0 when there is none. */
export function tcp_gro_pull_header(skb: sk_buff): number {
  const off = skb_gro_offset(skb);
  if (skb_headlen(skb) < off + TCP_HEADER) return 0;
  const thlen = (skb.head[skb.data + off + 12]! >> 4) * 4;
  if (thlen < TCP_HEADER || skb_headlen(skb) < off + thlen) return 0;
  skb_gro_pull(skb, thlen);
  return thlen;
}

/** Joins the segment to the held packet of its stream when it continues it; answers the held packet when that is now complete. */
export function tcp_gro_receive(cpu: Cpu, head: readonly sk_buff[], skb: sk_buff, thlen: number): sk_buff | null {
  const cb = NAPI_GRO_CB(skb);
  const th = skb.transport_header;
  const len = skb_gro_len(skb);
  const flags = skb.head[th + 13]!;
  const p = tcp_gro_lookup(head, skb);
  let mss = 1;
  if (p !== null) {
    mss = p.shinfo.gso_size;
    if (may_join(cpu, p, skb, thlen, len, mss) && skb_gro_receive(cpu, p, skb)) {
      const th2 = p.transport_header;
      p.head[th2 + 13] = p.head[th2 + 13]! | (flags & (TH_FIN | TH_PSH));
    } else mss = 1;
  }
  const short = skb_is_gso(skb) ? len !== cb.count * skb.shinfo.gso_size : len < mss;
  const flush = short || (flags & ENDS_MERGING) !== 0;
  if (flush) cb.flush = true;
  return p !== null && (!cb.same_flow || flush) ? p : null;
}

/** The held packet of the same stream. */
function tcp_gro_lookup(head: readonly sk_buff[], skb: sk_buff): sk_buff | null {
  return heldWithPorts(head, skb);
}

/** @helper Same flags, acknowledgement and options; next in sequence; not longer than the first one's payload. */
function may_join(cpu: Cpu, p: sk_buff, skb: sk_buff, thlen: number, len: number, mss: number): boolean {
  const a = skb.head;
  const b = p.head;
  const th = skb.transport_header;
  const th2 = p.transport_header;
  const flags = a[th + 13]!;
  if (((flags ^ b[th2 + 13]!) & ~(TH_FIN | TH_PSH) & 0xff) !== 0 || a[th + 12] !== b[th2 + 12]) return false;
  for (let i = 8; i < 12; i++) if (a[th + i] !== b[th2 + i]) return false;
  for (let i = TCP_HEADER; i < thlen; i++) if (a[th + i] !== b[th2 + i]) return false;
  if (inet_gro_flush(cpu, skb, p)) return false;
  if (skb_is_gso(skb) ? mss !== skb.shinfo.gso_size : len === 0 || len > mss) return false;
  return ((get_unaligned_be32(b, th2 + 4) + skb_gro_len(p)) >>> 0) === get_unaligned_be32(a, th + 4);
}

/** The merged segment looks like one that still has to get its checksum, so that nobody sums it again. */
export function tcp4_gro_complete(cpu: Cpu, skb: sk_buff, thoff: number): void {
  const at = skb.data + thoff;
  const sum = inet_gro_compute_pseudo(skb, skb.len - thoff, IPPROTO_TCP);
  put_unaligned_be16(~csum_fold(sum) & 0xffff, skb.head, at + 16);
  skb.shinfo.gso_type |= NAPI_GRO_CB(skb).ip_fixedid ? SKB_GSO_TCPV4 | SKB_GSO_TCP_FIXEDID : SKB_GSO_TCPV4;
  tcp_gro_complete(cpu, skb, at);
}

export function tcp_gro_complete(_cpu: Cpu, skb: sk_buff, th: number): void {
  skb.csum_start = th;
  skb.csum_offset = 16;
  skb.ip_summed = CHECKSUM_PARTIAL;
  skb.shinfo.gso_segs = NAPI_GRO_CB(skb).count;
  if ((skb.head[th + 13]! & TH_CWR) !== 0) skb.shinfo.gso_type |= SKB_GSO_TCP_ACCECN;
}

/** The stamps go to the segment that has the byte. */
function tcp_gso_tstamp(segs: sk_buff, gso_skb: sk_buff, seq_: number, mss: number): void {
  const { tx_flags, tskey } = gso_skb.shinfo;
  let seq = (seq_ + mss) >>> 0;
  for (let skb: sk_buff | null = segs; skb !== null; skb = skb.next) {
    if (before(tskey, seq)) {
      skb.shinfo.tx_flags |= tx_flags & SKBTX_ANY_TSTAMP;
      skb.shinfo.tskey = tskey;
      return;
    }
    seq = (seq + mss) >>> 0;
  }
}

export function tcp4_gso_segment(cpu: Cpu, skb: sk_buff, features: number): sk_buff | null {
  return tcp_gso_segment(cpu, skb, features);
}

/** Segments with their sequence numbers, flags and checksums; the socket's account moves from the packet to them. */
export function tcp_gso_segment(cpu: Cpu, skb: sk_buff, features: number): sk_buff | null {
  const th = skb.data;
  const thlen = (skb.head[th + 12]! >> 4) * 4;
  let mss = skb.shinfo.gso_size;
  let seq = get_unaligned_be32(skb.head, th + 4);
  skb.transport_header = th;
  skb.data += thlen;
  skb.len -= thlen;
  if (skb.len <= mss) return null;
  const segs = skb_segment(cpu, skb, features);
  if (skb_is_gso(segs)) mss *= segs.shinfo.gso_segs;
  segs.ooo_okay = skb.ooo_okay;
  if ((skb.shinfo.tx_flags & SKBTX_ANY_TSTAMP) !== 0) tcp_gso_tstamp(segs, skb, seq, mss);
  const owner = skb.destructor === 'tcp_wfree' ? skb.sk : null;
  const keep_cwr = (skb.shinfo.gso_type & SKB_GSO_TCP_ACCECN) !== 0;
  let sum_truesize = 0;
  for (let seg: sk_buff | null = segs; seg !== null; seg = seg.next) {
    const at = seg.transport_header;
    put_unaligned_be32(seq, seg.head, at + 4);
    if (seg.next !== null) seg.head[at + 13] = seg.head[at + 13]! & ~(TH_FIN | TH_PSH);
    if (seg !== segs && !keep_cwr) seg.head[at + 13] = seg.head[at + 13]! & ~TH_CWR;
    set_check(cpu, seg, features);
    seq = (seq + mss) >>> 0;
    sum_truesize += seg.truesize;
    if (owner !== null) {
      seg.destructor = 'tcp_wfree';
      seg.sk = owner;
    }
  }
  if (owner !== null) {
    skb.destructor = null;
    skb.sk = null;
    owner.sk_wmem_alloc += sum_truesize - skb.truesize;
  }
  return segs;
}

/** @helper The pseudo-header's sum for the device to complete, or the whole checksum. */
function set_check(cpu: Cpu, seg: sk_buff, features: number): void {
  const at = seg.transport_header;
  const off = at - seg.data;
  const len = seg.len - off;
  const sum = inet_gro_compute_pseudo(seg, len, IPPROTO_TCP);
  put_unaligned_be16(0, seg.head, at + 16);
  if ((features & NETIF_F_CSUM_MASK) !== 0) {
    put_unaligned_be16(~csum_fold(sum) & 0xffff, seg.head, at + 16);
    seg.ip_summed = CHECKSUM_PARTIAL;
    seg.csum_start = at;
    seg.csum_offset = 16;
  } else {
    put_unaligned_be16(csum_fold(skb_checksum(cpu, seg, off, len, sum)), seg.head, at + 16);
    seg.ip_summed = CHECKSUM_NONE;
  }
}
