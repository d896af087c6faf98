/** Data of a datagram become packets (net/ipv6/ip6_output.c). The pieces are made as those of IPv4 are: see net/ipv4/ip_output/append.ts. */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { IPV6_MAXPLEN, IPV6_MIN_MTU, SIZEOF_IPV6HDR } from '../../../include/linux/ipv6.ts';
import { NETIF_F_CSUM_MASK } from '../../../include/linux/netdevice.ts';
import { CHECKSUM_NONE, CHECKSUM_PARTIAL } from '../../../include/linux/skbuff.ts';
import type { Lineage, sk_buff } from '../../../include/linux/skbuff.ts';
import { MSG_DONTWAIT, MSG_MORE } from '../../../include/linux/socket.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import type { flowi6 } from '../../../include/net/ip6_fib.ts';
import { IPPROTO_UDP } from '../../../include/net/sock.ts';
import type { inet_cork, ipcm_cookie, sock } from '../../../include/net/sock.ts';
import { EINVAL, EMSGSIZE, ENOBUFS } from '../../../include/uapi/asm-generic/errno.ts';
import { sock_alloc_send_pskb } from '../../core/sock/wmem.ts';
import { appendAlloc, appendFail, appendMore, appendPacket, appendPlan, appendRoom, allocNow } from '../../ipv4/ip_output/append.ts';
import type { append_state } from '../../ipv4/ip_output/append.ts';
import type { GetfragName } from '../../ipv4/ip_output/getfrag.ts';
import { LL_RESERVED_SPACE } from '../../ipv4/ip_output/output.ts';
import { IPV6_PMTUDISC_DO, IPV6_PMTUDISC_OMIT, IPV6_PMTUDISC_PROBE, ipv6_local_error } from '../datagram.ts';
import { ip6_mtu } from '../route/nexthop.ts';
import { SIZEOF_FRAG_HDR } from './fragment.ts';
import { __sock_tx_timestamp } from '../../socket/timestamp.ts';
import { SOF_TIMESTAMPING_OPT_ID } from '../../../include/linux/net_tstamp.ts';

/** Whether this host may fragment the socket's packets. */
export function ip6_sk_ignore_df(sk: sock): boolean {
  const np = sk.inet.pinet6;
  return np === null || np.pmtudisc < IPV6_PMTUDISC_DO || np.pmtudisc === IPV6_PMTUDISC_OMIT;
}

/** Prepares a cork for a datagram by route `rt`; `tclass`, `hlimit`: of its packets. */
export function ip6_setup_cork(cpu: Cpu, sk: sock, cork: inet_cork, rt: dst_entry, fl6: flowi6, tclass: number, hlimit: number, gso_size: number, ipc: ipcm_cookie | null): number {
  const np = sk.inet.pinet6;
  const mtu = np !== null && np.pmtudisc >= IPV6_PMTUDISC_PROBE ? rt.dev.mtu : ip6_mtu(cpu, rt);
  if (mtu < IPV6_MIN_MTU) return -EINVAL;
  cork.active = true;
  cork.fragsize = mtu;
  cork.gso_size = gso_size;
  cork.dst = rt;
  cork.fl6 = fl6;
  cork.length = 0;
  const tsflags = ipc === null ? sk.sk_tsflags : ipc.tsflags;
  cork.tx_flags = tsflags === 0 ? 0 : __sock_tx_timestamp(cpu, tsflags);
  cork.ttl = hlimit;
  cork.tos = tclass;
  cork.mark = ipc === null ? sk.sk_mark : ipc.mark;
  cork.priority = ipc === null ? sk.sk_priority : ipc.priority;
  return 0;
}

/** @helper The start of __ip6_append_data; a negative errno when the datagram is too long. */
function appendBegin6(
  cpu: Cpu, sk: sock, queue: sk_buff[], cork: inet_cork, getfrag: GetfragName, from: unknown, lineage: Lineage | null, length: number, transhdrlen: number, flags: number,
): append_state | number {
  const rt = cork.dst!;
  const fragheaderlen = SIZEOF_IPV6HDR;
  const path = cork.gso_size !== 0 ? IPV6_MAXPLEN + fragheaderlen : cork.fragsize;
  const maxfraglen = ((path - fragheaderlen) & ~7) + fragheaderlen - SIZEOF_FRAG_HDR;
  const dontfrag = sk.inet.pinet6?.dontfrag === true;
  const longest = ip6_sk_ignore_df(sk) && !dontfrag ? IPV6_MAXPLEN + fragheaderlen : path;
  if (cork.length + length > longest - fragheaderlen) {
    ipv6_local_error(cpu, sk, EMSGSIZE, cork.fl6!.daddr, cork.fl6!.fl6_dport, path);
    return -EMSGSIZE;
  }
  const offload = transhdrlen !== 0 && sk.sk_protocol === IPPROTO_UDP && length <= path - fragheaderlen && (rt.dev.features & NETIF_F_CSUM_MASK) !== 0
    && ((flags & MSG_MORE) === 0 || cork.gso_size !== 0);
  cork.length += length;
  const mtu = cork.length <= path - fragheaderlen ? path : maxfraglen;
  const hold_tskey = cork.tx_flags !== 0 && (sk.sk_tsflags & SOF_TIMESTAMPING_OPT_ID) !== 0;
  const tskey = hold_tskey ? sk.sk_tskey : 0;
  if (hold_tskey) sk.sk_tskey = (tskey + 1) >>> 0;
  const { tx_flags } = cork;
  cork.tx_flags = 0;
  return {
    in6: true, sk, queue, rt, getfrag, from, lineage, flags, mtu, hh_len: LL_RESERVED_SPACE(rt.dev.hard_header_len) + SIZEOF_FRAG_HDR, fragheaderlen, maxfraglen,
    csummode: offload ? CHECKSUM_PARTIAL : CHECKSUM_NONE, paged: cork.gso_size !== 0, offset: 0, length, transhdrlen, wmem_alloc_delta: 0,
    fraggap: 0, datalen: 0, fraglen: 0, pagedlen: 0, alloclen: 0, tx_flags, tskey, hold_tskey,
  };
}

/** Packets on `queue` for `length` bytes (transport header included) of `from`. */
export function* __ip6_append_data(
  cpu: Cpu, sk: sock, queue: sk_buff[], cork: inet_cork, getfrag: GetfragName, from: unknown, lineage: Lineage | null, length: number, transhdrlen: number, flags: number,
): Resumable<number> {
  const st = appendBegin6(cpu, sk, queue, cork, getfrag, from, lineage, length, transhdrlen, flags);
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

/** __ip6_append_data for softirqs: fails where the other would sleep. @helper */
export function ip6AppendDataAtomic(
  cpu: Cpu, sk: sock, queue: sk_buff[], cork: inet_cork, getfrag: GetfragName, from: unknown, lineage: Lineage | null, length: number, transhdrlen: number, flags: number,
): number {
  const st = appendBegin6(cpu, sk, queue, cork, getfrag, from, lineage, length, transhdrlen, flags);
  if (typeof st === 'number') return st;
  while (st.length > 0) {
    const room = appendRoom(st);
    let err = 0;
    if (room > 0) err = appendMore(cpu, st, room);
    else {
      appendPlan(st);
      const skb = st.transhdrlen !== 0 ? allocNow(cpu, st) : appendAlloc(cpu, st);
      err = skb === null ? -ENOBUFS : appendPacket(cpu, st, skb);
    }
    if (err !== 0) return appendFail(cpu, st, cork, err);
  }
  sk.sk_wmem_alloc += st.wmem_alloc_delta;
  return 0;
}
