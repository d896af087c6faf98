/** Sending datagrams of sockets of AF_INET6 (net/ipv6/udp.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { put_unaligned_be16 } from '../../../include/asm-generic/unaligned.ts';
import { IPV6_ADDR_LINKLOCAL, __ipv6_addr_type, in6addr_loopback, ipv6_addr_any, ipv6_addr_v4mapped, mappedIpv4 } from '../../../include/linux/in6.ts';
import type { In6Addr } from '../../../include/linux/in6.ts';
import { CHECKSUM_NONE, CHECKSUM_PARTIAL, SKB_GSO_UDP_L4 } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { IPV6_HOPLIMIT, IPV6_TCLASS, MSG_MORE, SOL_IPV6, SOL_SOCKET } from '../../../include/linux/socket.ts';
import { CSUM_MANGLED_0, SIZEOF_UDPHDR } from '../../../include/linux/udp.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import type { flowi6 } from '../../../include/net/ip6_fib.ts';
import { AF_INET, AF_INET6, AF_UNSPEC, IPPROTO_UDP, TCP_ESTABLISHED } from '../../../include/net/sock.ts';
import type { cmsghdr, ipcm_cookie, msghdr, sock } from '../../../include/net/sock.ts';
import { EDESTADDRREQ, EINVAL, EMSGSIZE, ENETUNREACH, ENOBUFS } from '../../../include/uapi/asm-generic/errno.ts';
import { sk_dst_set } from '../../core/dst.ts';
import { kfree_skb_reason } from '../../core/skbuff/free.ts';
import { __sock_cmsg_send } from '../../core/sock/cmsg.ts';
import { lock_sock_nested, release_sock } from '../../core/sock/lock.ts';
import { udp_csum, udp_flush_pending_frames } from '../../ipv4/udp/send_skb.ts';
import { udpSent, udp_cmsg_send, udp_sendmsg } from '../../ipv4/udp/sendmsg.ts';
import { csum_ipv6_magic } from '../ip6_checksum.ts';
import { ip6_sk_dst_lookup_flow } from '../ip6_output/dst_lookup.ts';
import { __ip6_make_skb, ip6AppendDataWaiting, ip6_make_skb, ip6_send_skb } from '../ip6_output/make_skb.ts';
import { ip6_sk_dst_hoplimit } from '../ip6_output/xmit.ts';
import { createFlowi6 } from '../route/lookup.ts';
import { ip6_mtu } from '../route/nexthop.ts';

const UDP_MAX_SEGMENTS = 128;

/** Where a send goes: an address and a port, or to IPv4. @helper */
interface destination { daddr: In6Addr; port: number; connected: boolean }

/** A negative errno, or null: by IPv4 (::ffff:a.b.c.d, or an address of AF_INET). @helper */
function destinationOf(sk: sock, { msg_name }: msghdr): destination | null | number {
  if (msg_name === null || msg_name.family === AF_UNSPEC) {
    if (sk.sk_state !== TCP_ESTABLISHED) return -EDESTADDRREQ;
    return ipv6_addr_v4mapped(sk.sk_v6_daddr!) ? null : { daddr: sk.sk_v6_daddr!, port: sk.inet.inet_dport, connected: true };
  }
  if (msg_name.family === AF_INET) return null;
  if (msg_name.family !== AF_INET6) return -EINVAL;
  const daddr = msg_name.sin6_addr!;
  if (ipv6_addr_v4mapped(daddr)) return null;
  if (msg_name.port === 0) return -EINVAL;
  return { daddr: ipv6_addr_any(daddr) ? in6addr_loopback : daddr, port: msg_name.port, connected: false };
}

/** To an IPv4 address: what udp_sendmsg() does. @helper */
function* sendMapped(cpu: Cpu, sk: sock, msg: msghdr, len: number): Resumable<number> {
  if (sk.sk_ipv6only) return -ENETUNREACH;
  const name = msg.msg_name;
  if (name !== null && name.sin6_addr !== null) {
    name.family = AF_INET;
    name.addr = mappedIpv4(name.sin6_addr);
  }
  return yield* udp_sendmsg(cpu, sk, msg, len);
}

/** One datagram of msg's bytes; corked ones grow until the cork is taken out. Answers the bytes taken. */
export function* udpv6_sendmsg(cpu: Cpu, sk: sock, msg: msghdr, len: number): Resumable<number> {
  const up = sk.udp!;
  if (up.pending && sk.inet.cork.fl6 === null) return yield* udp_sendmsg(cpu, sk, msg, len);
  const to = up.pending ? null : destinationOf(sk, msg);
  if (typeof to === 'number') return to;
  if (to === null && !up.pending) return yield* sendMapped(cpu, sk, msg, len);
  if (len > 0x7fffffff - SIZEOF_UDPHDR) return -EMSGSIZE;
  spend(cpu, cpu.costs.udp_sendmsg);
  const corkreq = up.corkflag || (msg.msg_flags & MSG_MORE) !== 0;
  if (up.pending) {
    const done = yield* appendCorked(cpu, sk, msg, len, corkreq);
    return udpSent(cpu, sk, len, done);
  }
  const np = sk.inet.pinet6!;
  const ipc: ipcm_cookie = { addr: 0, oif: sk.sk_bound_dev_if, gso_size: up.gso_size, ttl: np.hop_limit, tos: np.tclass, mark: sk.sk_mark, priority: sk.sk_priority, tsflags: sk.sk_tsflags };
  const failed = msg.msg_control === null ? 0 : udpv6Control(cpu, sk, msg.msg_control, ipc);
  if (failed < 0) return failed;
  const daddr = to!.daddr;
  const port = to!.port;
  const connected = to!.connected;
  if ((__ipv6_addr_type(daddr) & IPV6_ADDR_LINKLOCAL) !== 0 && ipc.oif === 0) return -EINVAL;
  const fl6 = createFlowi6(sk.sk_protocol, ipc.oif, ipc.tos, np.saddr, daddr, sk.inet.inet_sport, port);
  const dst = ip6_sk_dst_lookup_flow(cpu, sk, fl6, connected);
  if (typeof dst === 'number') return udpSent(cpu, sk, len, dst);
  if (connected && sk.sk_dst_cache !== dst) sk_dst_set(sk, dst);
  const hlimit = ipc.ttl === np.hop_limit ? ip6_sk_dst_hoplimit(np.hop_limit, np.mcast_hops, fl6, dst) : ipc.ttl;
  let err = 0;
  if (corkreq) {
    err = yield* startCork(cpu, sk, msg, len, fl6, dst, hlimit, ipc);
  } else {
    const skb = yield* ip6_make_skb(
      cpu, sk, fl6, 'ip_generic_getfrag', msg, msg.lineage, len + SIZEOF_UDPHDR, SIZEOF_UDPHDR, ipc.tos, hlimit, ipc.gso_size, dst, msg.msg_flags, ipc,
    );
    if (typeof skb === 'number') err = skb;
    else if (skb !== null) err = udp_v6_send_skb(cpu, sk, skb, fl6, ipc.gso_size, ip6_mtu(cpu, dst));
  }
  yield;
  return udpSent(cpu, sk, len, err);
}

/** Control messages of a datagram (ip6_datagram_send_ctl): 0, or a negative errno. @helper */
function udpv6Control(cpu: Cpu, sk: sock, control: readonly cmsghdr[], ipc: ipcm_cookie): number {
  const need = udp_cmsg_send(control, ipc);
  if (need <= 0) return need;
  for (const cmsg of control) {
    const { cmsg_level, cmsg_type, data } = cmsg;
    let err = 0;
    if (cmsg_level === SOL_SOCKET) err = __sock_cmsg_send(cpu, sk, cmsg, ipc);
    else if (cmsg_level === SOL_IPV6) {
      if (typeof data !== 'number' || data < -1 || data > 255) return -EINVAL;
      if (cmsg_type === IPV6_HOPLIMIT) ipc.ttl = data;
      else if (cmsg_type === IPV6_TCLASS) ipc.tos = data;
      else return -EINVAL;
    }
    if (err !== 0) return err;
  }
  return 0;
}

/** @helper UDP_CORK, MSG_MORE: the first piece. */
function* startCork(cpu: Cpu, sk: sock, msg: msghdr, len: number, fl6: flowi6, dst: dst_entry, hlimit: number, ipc: ipcm_cookie): Resumable<number> {
  const up = sk.udp!;
  yield* lock_sock_nested(cpu, sk);
  let err = -EINVAL;
  if (!up.pending) {
    up.pending = true;
    err = yield* ip6AppendDataWaiting(
      cpu, sk, fl6, 'ip_generic_getfrag', msg, msg.lineage, len + SIZEOF_UDPHDR, SIZEOF_UDPHDR, ipc.tos, hlimit, dst, msg.msg_flags | MSG_MORE, ipc.gso_size, ipc,
    );
    if (err !== 0) udp_flush_pending_frames(cpu, sk);
    else if (sk.sk_write_queue.length === 0) up.pending = false;
  }
  yield* release_sock(cpu, sk);
  return err;
}

/** @helper A further piece; the last one sends the datagram. */
function* appendCorked(cpu: Cpu, sk: sock, msg: msghdr, len: number, corkreq: boolean): Resumable<number> {
  yield* lock_sock_nested(cpu, sk);
  const cork = sk.inet.cork;
  const flags = corkreq ? msg.msg_flags | MSG_MORE : msg.msg_flags;
  let err = yield* ip6AppendDataWaiting(cpu, sk, cork.fl6!, 'ip_generic_getfrag', msg, msg.lineage, len, 0, cork.tos, cork.ttl, cork.dst!, flags, 0, null);
  if (err !== 0) udp_flush_pending_frames(cpu, sk);
  else if (!corkreq) err = udp_v6_push_pending_frames(cpu, sk);
  yield* release_sock(cpu, sk);
  return err;
}

/** Off with what was corked. */
export function udp_v6_push_pending_frames(cpu: Cpu, sk: sock): number {
  const cork = sk.inet.cork;
  const { gso_size, fragsize } = cork;
  const fl6 = cork.fl6!;
  const skb = __ip6_make_skb(cpu, sk, sk.sk_write_queue, cork);
  const err = skb === null ? 0 : udp_v6_send_skb(cpu, sk, skb, fl6, gso_size, fragsize);
  sk.udp!.pending = false;
  return err;
}

/** A datagram gets its UDP header and leaves. */
function udp_v6_send_skb(cpu: Cpu, sk: sock, skb: sk_buff, fl6: flowi6, gso_size: number, fragsize: number): number {
  const head = skb.head;
  const at = skb.transport_header;
  const len = skb.len - (at - skb.data);
  const datalen = len - SIZEOF_UDPHDR;
  put_unaligned_be16(sk.inet.inet_sport, head, at);
  put_unaligned_be16(fl6.fl6_dport, head, at + 2);
  put_unaligned_be16(len, head, at + 4);
  put_unaligned_be16(0, head, at + 6);
  if (gso_size !== 0) {
    const hlen = at - skb.network_header + SIZEOF_UDPHDR;
    const first = Math.min(datalen, gso_size);
    if (hlen + first > fragsize) return refuse(cpu, skb, -EMSGSIZE, 'hlen + min(datalen, cork->gso_size) > cork->fragsize', { hlen, first, fragsize });
    if (datalen > gso_size * UDP_MAX_SEGMENTS) return refuse(cpu, skb, -EINVAL, 'datalen > cork->gso_size * UDP_MAX_SEGMENTS', { datalen, gso_size });
    if (datalen > gso_size) {
      skb.shinfo.gso_size = gso_size;
      skb.shinfo.gso_type = SKB_GSO_UDP_L4;
      skb.shinfo.gso_segs = Math.ceil(datalen / gso_size);
    }
  }
  if (skb.ip_summed === CHECKSUM_PARTIAL || skb.shinfo.gso_size !== 0) udp6_hwcsum(skb, fl6, len);
  else {
    const check = csum_ipv6_magic(fl6.saddr, fl6.daddr, len, IPPROTO_UDP, udp_csum(skb));
    put_unaligned_be16(check === 0 ? CSUM_MANGLED_0 : check, head, at + 6);
  }
  const err = ip6_send_skb(cpu, skb);
  const mib = cpu.host.mib.Udp6;
  if (err === 0) mib.OutDatagrams++;
  else if (err === -ENOBUFS && !sk.inet.pinet6!.recverr) {
    mib.SndbufErrors++;
    return 0;
  }
  return err;
}

/** @helper */
function refuse(cpu: Cpu, skb: sk_buff, err: number, condition: string, values: Record<string, number>): number {
  kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition, values });
  return err;
}

/** The device will sum, starting from the pseudo-header; a datagram in several pieces is summed here. */
function udp6_hwcsum(skb: sk_buff, fl6: flowi6, len: number): void {
  const at = skb.transport_header;
  if (skb.shinfo.frag_list.length === 0) {
    skb.ip_summed = CHECKSUM_PARTIAL;
    skb.csum_start = at;
    skb.csum_offset = 6;
    put_unaligned_be16(~csum_ipv6_magic(fl6.saddr, fl6.daddr, len, IPPROTO_UDP, 0) & 0xffff, skb.head, at + 6);
    return;
  }
  skb.ip_summed = CHECKSUM_NONE;
  const check = csum_ipv6_magic(fl6.saddr, fl6.daddr, len, IPPROTO_UDP, udp_csum(skb));
  put_unaligned_be16(check === 0 ? CSUM_MANGLED_0 : check, skb.head, at + 6);
}

