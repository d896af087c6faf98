/**
 * Data of a datagram become packets, as many as the MTU makes of them (net/ipv4/ip_output.c). __ip_append_data may sleep for room in the
 * send buffer; ICMP answers from softirqs, which may not: ipAppendDataAtomic is the same loop without that wait.
 */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { take_bytes } from '../../../../machine/memory.ts';
import { IP_MAX_MTU, SIZEOF_IPHDR } from '../../../include/linux/ip.ts';
import { NETIF_F_CSUM_MASK, NETIF_F_SG } from '../../../include/linux/netdevice.ts';
import { CHECKSUM_NONE, CHECKSUM_PARTIAL, SKB_WITH_OVERHEAD } from '../../../include/linux/skbuff.ts';
import { SOF_TIMESTAMPING_OPT_ID } from '../../../include/linux/net_tstamp.ts';
import type { Lineage, sk_buff } from '../../../include/linux/skbuff.ts';
import { MSG_CONFIRM, MSG_DONTWAIT, MSG_MORE } from '../../../include/linux/socket.ts';
import type { dst_entry, flowi4 } from '../../../include/net/dst.ts';
import type { inet_cork, ipcm_cookie, sock } from '../../../include/net/sock.ts';
import { EAGAIN, EFAULT, EMSGSIZE, ENETUNREACH, ENOBUFS } from '../../../include/uapi/asm-generic/errno.ts';
import { alloc_skb, alloc_skb_with_frags } from '../../core/skbuff/alloc.ts';
import { csum_partial, csum_sub } from '../../core/skbuff/checksum.ts';
import { __skb_trim, copyBytes, skb_put, skb_reserve, skb_tailroom, skb_trim } from '../../core/skbuff/data.ts';
import { kfree_skb_reason } from '../../core/skbuff/free.ts';
import { createLineage } from '../../core/skbuff/lineage.ts';
import { sk_wmem_alloc_get, skb_set_owner_w, sock_alloc_send_pskb } from '../../core/sock/wmem.ts';
import { __sock_tx_timestamp } from '../../socket/timestamp.ts';
import { ip_local_error } from '../ip_sockglue/recverr.ts';
import { ipv4_mtu } from '../route/cache.ts';
import type { GetfragName } from './getfrag.ts';
import { callGetfrag } from './getfrag.ts';
import { ip_sk_ignore_df, ip_sk_use_pmtu } from './ident.ts';
import { LL_RESERVED_SPACE } from './output.ts';

/** SKB_MAX_ALLOC: what one allocation of order 2 holds. */
const SKB_MAX_ALLOC = SKB_WITH_OVERHEAD(16384);
const IPV4_MIN_MTU = 68;

/** One run of __ip_append_data, or of __ip6_append_data: its arguments and where it stands. */
export interface append_state {
  /** Packets of IPv6. */
  in6: boolean;
  sk: sock; queue: sk_buff[]; rt: dst_entry; getfrag: GetfragName; from: unknown; lineage: Lineage | null; flags: number;
  mtu: number; hh_len: number; fragheaderlen: number; maxfraglen: number; csummode: number; paged: boolean;
  offset: number; length: number; transhdrlen: number; wmem_alloc_delta: number;
  /** Of the packet that is about to be made. */
  fraggap: number; datalen: number; fraglen: number; pagedlen: number; alloclen: number;
  /** SKBTX_* and number of the first packet that is made: the others have none. */
  tx_flags: number; tskey: number; hold_tskey: boolean;
}

/** Prepares a cork for a datagram by route `rt`; `ipc`: what control messages ask for it, null without any. */
export function ip_setup_cork(cpu: Cpu, sk: sock, cork: inet_cork, rt: dst_entry, tos: number, ttl: number, gso_size: number, ipc: ipcm_cookie | null): number {
  cork.fragsize = ip_sk_use_pmtu(sk) ? ipv4_mtu(cpu, rt) : rt.dev.mtu;
  if (cork.fragsize < IPV4_MIN_MTU) return -ENETUNREACH;
  cork.active = true;
  cork.gso_size = gso_size;
  cork.dst = rt;
  cork.length = 0;
  const tsflags = ipc === null ? sk.sk_tsflags : ipc.tsflags;
  cork.tx_flags = tsflags === 0 ? 0 : __sock_tx_timestamp(cpu, tsflags);
  cork.ttl = ipc === null ? ttl : ipc.ttl;
  cork.tos = ipc === null ? tos : ipc.tos;
  cork.mark = ipc === null ? sk.sk_mark : ipc.mark;
  cork.priority = ipc === null ? sk.sk_priority : ipc.priority;
  return 0;
}

/** @helper The start of __ip_append_data; a negative errno when the datagram is too long. */
function appendBegin(
  cpu: Cpu, sk: sock, fl4: flowi4, queue: sk_buff[], cork: inet_cork, getfrag: GetfragName, from: unknown, lineage: Lineage | null,
  length: number, transhdrlen: number, flags: number,
): append_state | number {
  const rt = cork.dst!;
  const mtu = cork.gso_size !== 0 ? IP_MAX_MTU : cork.fragsize;
  const fragheaderlen = SIZEOF_IPHDR;
  const maxfraglen = ((mtu - fragheaderlen) & ~7) + fragheaderlen;
  const maxnonfragsize = ip_sk_ignore_df(sk) ? IP_MAX_MTU : mtu;
  if (cork.length + length > maxnonfragsize - fragheaderlen) {
    ip_local_error(cpu, sk, EMSGSIZE, fl4.daddr, sk.inet.inet_dport, mtu);
    return -EMSGSIZE;
  }
  const offload = transhdrlen !== 0 && length + fragheaderlen <= mtu && (rt.dev.features & NETIF_F_CSUM_MASK) !== 0
    && ((flags & MSG_MORE) === 0 || cork.gso_size !== 0);
  cork.length += length;
  const hold_tskey = cork.tx_flags !== 0 && (sk.sk_tsflags & SOF_TIMESTAMPING_OPT_ID) !== 0;
  const tskey = hold_tskey ? sk.sk_tskey : 0;
  if (hold_tskey) sk.sk_tskey = (tskey + 1) >>> 0;
  const { tx_flags } = cork;
  cork.tx_flags = 0;
  return {
    in6: false, sk, queue, rt, getfrag, from, lineage, flags, mtu, hh_len: LL_RESERVED_SPACE(rt.dev.hard_header_len), fragheaderlen, maxfraglen,
    csummode: offload ? CHECKSUM_PARTIAL : CHECKSUM_NONE, paged: cork.gso_size !== 0, offset: 0, length, transhdrlen, wmem_alloc_delta: 0,
    fraggap: 0, datalen: 0, fraglen: 0, pagedlen: 0, alloclen: 0, tx_flags, tskey, hold_tskey,
  };
}

/** @helper Bytes that still fit the last packet; <= 0: a new one is needed. */
export function appendRoom(st: append_state): number {
  if (st.queue.length === 0) return 0;
  const len = st.queue[st.queue.length - 1]!.len;
  const copy = st.mtu - len;
  return copy < st.length ? st.maxfraglen - len : copy;
}

/** @helper How large the next packet will be. */
export function appendPlan(st: append_state): void {
  const prev = st.queue.length === 0 ? null : st.queue[st.queue.length - 1]!;
  st.fraggap = prev === null ? 0 : prev.len - st.maxfraglen;
  st.datalen = st.length + st.fraggap;
  if (st.datalen > st.mtu - st.fragheaderlen) st.datalen = st.maxfraglen - st.fragheaderlen;
  st.fraglen = st.datalen + st.fragheaderlen;
  st.pagedlen = 0;
  const alloc_extra = st.hh_len + 15;
  const sg = (st.rt.dev.features & NETIF_F_SG) !== 0;
  if ((st.flags & MSG_MORE) !== 0 && !sg) st.alloclen = st.mtu;
  else if (!st.paged && (st.fraglen + alloc_extra < SKB_MAX_ALLOC || !sg)) st.alloclen = st.fraglen;
  else {
    st.alloclen = st.fragheaderlen + st.transhdrlen;
    st.pagedlen = st.datalen - st.transhdrlen;
  }
  st.alloclen += alloc_extra;
}

/** @helper Fills a new packet's head and puts it on the queue; 0, or a negative errno when the bytes could not be had. */
export function appendPacket(cpu: Cpu, st: append_state, skb: sk_buff): number {
  const prev = st.queue.length === 0 ? null : st.queue[st.queue.length - 1]!;
  if (st.lineage !== null) nameOrigin(cpu, st, skb, prev === null);
  if ((st.flags & MSG_CONFIRM) !== 0 && prev === null) skb.dst_pending_confirm = true;
  skb.ip_summed = st.csummode;
  skb.csum = 0;
  if (st.tx_flags !== 0) {
    skb.shinfo.tx_flags = st.tx_flags;
    skb.shinfo.tskey = st.tskey;
    st.tx_flags = 0;
  }
  skb_reserve(skb, st.hh_len);
  let data = skb_put(skb, st.fraglen - st.pagedlen);
  skb.network_header = data;
  skb.transport_header = data + st.fragheaderlen;
  data += st.fragheaderlen;
  if (st.fraggap > 0) {
    const gap_at = prev!.data + st.maxfraglen;
    copyBytes(prev!.head, gap_at, skb.head, data + st.transhdrlen, st.fraggap);
    skb.csum = csum_partial(prev!.head, gap_at, st.fraggap, 0);
    prev!.csum = csum_sub(prev!.csum, skb.csum);
    data += st.fraggap;
    skb_trim(prev!, st.maxfraglen);
  }
  const copy = st.datalen - st.transhdrlen - st.fraggap - st.pagedlen;
  if (copy > 0 && callGetfrag(cpu, st.getfrag, st.from, skb.head, data + st.transhdrlen, st.offset, copy, st.fraggap, skb) < 0) {
    kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: 'getfrag(from, data + transhdrlen, offset, copy, fraggap, skb) < 0', values: { offset: st.offset, copy } });
    return -EFAULT;
  }
  st.offset += copy;
  st.length -= copy + st.transhdrlen;
  st.transhdrlen = 0;
  st.csummode = CHECKSUM_NONE;
  if (skb.destructor === null) {
    skb.destructor = 'sock_wfree';
    skb.sk = st.sk;
    st.wmem_alloc_delta += skb.truesize;
  }
  st.queue.push(skb);
  return 0;
}

/** @helper Which bytes of the write it carries. */
function nameOrigin(cpu: Cpu, st: append_state, skb: sk_buff, first: boolean): void {
  const lineage = st.lineage!;
  const len = st.datalen - st.transhdrlen - st.fraggap;
  skb.lineage = createLineage(cpu, first ? 'segment' : 'fragment', skb.id, [lineage], lineage.offset + st.offset, len);
}

/** @helper More bytes into the last packet: its tailroom, or a page; 0, or a negative errno. */
export function appendMore(cpu: Cpu, st: append_state, room: number): number {
  const skb = st.queue[st.queue.length - 1]!;
  const copy = Math.min(room, st.length);
  if ((st.rt.dev.features & NETIF_F_SG) === 0 && skb_tailroom(skb) >= copy) {
    const off = skb.len;
    if (callGetfrag(cpu, st.getfrag, st.from, skb.head, skb_put(skb, copy), st.offset, copy, off, skb) < 0) {
      __skb_trim(skb, off);
      return -EFAULT;
    }
  } else {
    const page = take_bytes(cpu.world.memory, copy);
    if (callGetfrag(cpu, st.getfrag, st.from, page, 0, st.offset, copy, skb.len, skb) < 0) return -EFAULT;
    skb.shinfo.frags.push({ page, offset: 0, size: copy });
    skb.len += copy;
    skb.data_len += copy;
    skb.truesize += copy;
    st.wmem_alloc_delta += copy;
  }
  st.offset += copy;
  st.length -= copy;
  return 0;
}

/** @helper A packet after the first: charged later, refused when twice the send buffer is in use. */
export function appendAlloc(cpu: Cpu, st: append_state): sk_buff | null {
  if (st.sk.sk_wmem_alloc + st.wmem_alloc_delta > 2 * st.sk.sk_sndbuf) return null;
  return alloc_skb(cpu, st.alloclen, st.lineage);
}

/** Packets on `queue` for `length` bytes (transport header included) of `from`. */
export function* __ip_append_data(
  cpu: Cpu, sk: sock, fl4: flowi4, queue: sk_buff[], cork: inet_cork, getfrag: GetfragName, from: unknown, lineage: Lineage | null,
  length: number, transhdrlen: number, flags: number,
): Resumable<number> {
  const st = appendBegin(cpu, sk, fl4, queue, cork, getfrag, from, lineage, length, transhdrlen, flags);
  if (typeof st === 'number') return st;
  let err = 0;
  while (st.length > 0) {
    const room = appendRoom(st);
    if (room > 0) {
      err = appendMore(cpu, st, room);
      if (err !== 0) return appendFail(cpu, st, cork, err);
      continue;
    }
    appendPlan(st);
    let skb: sk_buff | null = null;
    if (st.transhdrlen !== 0) {
      const got = yield* sock_alloc_send_pskb(cpu, sk, st.alloclen, 0, (flags & MSG_DONTWAIT) !== 0, 0, lineage);
      if (typeof got === 'number') err = got;
      else skb = got;
    } else skb = appendAlloc(cpu, st);
    if (skb === null) return appendFail(cpu, st, cork, err === 0 ? -ENOBUFS : err);
    err = appendPacket(cpu, st, skb);
    if (err !== 0) return appendFail(cpu, st, cork, err);
  }
  sk.sk_wmem_alloc += st.wmem_alloc_delta;
  return 0;
}

/** __ip_append_data for softirqs: fails where the other would sleep. @helper */
export function ipAppendDataAtomic(
  cpu: Cpu, sk: sock, fl4: flowi4, queue: sk_buff[], cork: inet_cork, getfrag: GetfragName, from: unknown, lineage: Lineage | null,
  length: number, transhdrlen: number, flags: number,
): number {
  const st = appendBegin(cpu, sk, fl4, queue, cork, getfrag, from, lineage, length, transhdrlen, flags);
  if (typeof st === 'number') return st;
  let err = 0;
  while (st.length > 0) {
    const room = appendRoom(st);
    if (room > 0) {
      err = appendMore(cpu, st, room);
      if (err !== 0) return appendFail(cpu, st, cork, err);
      continue;
    }
    appendPlan(st);
    const skb = st.transhdrlen !== 0 ? allocNow(cpu, st) : appendAlloc(cpu, st);
    if (skb === null) return appendFail(cpu, st, cork, st.transhdrlen !== 0 ? -EAGAIN : -ENOBUFS);
    err = appendPacket(cpu, st, skb);
    if (err !== 0) return appendFail(cpu, st, cork, err);
  }
  sk.sk_wmem_alloc += st.wmem_alloc_delta;
  return 0;
}

/** @helper What is left of sock_alloc_send_pskb when it may not sleep. */
export function allocNow(cpu: Cpu, st: append_state): sk_buff | null {
  if (sk_wmem_alloc_get(st.sk) >= st.sk.sk_sndbuf) return null;
  const skb = alloc_skb_with_frags(cpu, st.alloclen, 0, 0, st.lineage);
  skb_set_owner_w(cpu, skb, st.sk);
  return skb;
}

/** @helper The error end of __ip_append_data: what is queued is the caller's to flush. */
export function appendFail(cpu: Cpu, st: append_state, cork: inet_cork, err: number): number {
  cork.length -= st.length;
  if (st.hold_tskey) st.sk.sk_tskey = (st.sk.sk_tskey - 1) >>> 0;
  if (st.in6) cpu.host.mib.Ip6.OutDiscards++;
  else cpu.host.mib.Ip.OutDiscards++;
  st.sk.sk_wmem_alloc += st.wmem_alloc_delta;
  return err;
}
