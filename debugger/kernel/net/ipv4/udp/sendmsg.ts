/** Sending datagrams (net/ipv4/udp.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { MSG_CONFIRM, MSG_MORE, MSG_OOB, MSG_PROBE } from '../../../include/linux/socket.ts';
import { SIZEOF_UDPHDR } from '../../../include/linux/udp.ts';
import { RTCF_BROADCAST } from '../../../include/net/dst.ts';
import type { dst_entry, flowi4 } from '../../../include/net/dst.ts';
import { AF_INET, AF_UNSPEC, TCP_ESTABLISHED } from '../../../include/net/sock.ts';
import type { msghdr, sock } from '../../../include/net/sock.ts';
import { EACCES, EAFNOSUPPORT, EDESTADDRREQ, EINVAL, EMSGSIZE, ENETUNREACH, ENOBUFS, EOPNOTSUPP } from '../../../include/uapi/asm-generic/errno.ts';
import { dst_confirm_neigh, sk_dst_check, sk_dst_set } from '../../core/dst.ts';
import { lock_sock_nested, release_sock } from '../../core/sock/lock.ts';
import { ipAppendDataWaiting, ip_make_skb } from '../ip_output/make_skb.ts';
import { ipv4_mtu } from '../route/cache.ts';
import { createFlowi4, ip_route_output_flow } from '../route/output.ts';
import { udp_flush_pending_frames, udp_push_pending_frames, udp_send_skb } from './send_skb.ts';

/** One datagram of msg's bytes; corked ones grow until the cork is taken out. Answers the bytes taken. */
export function* udp_sendmsg(cpu: Cpu, sk: sock, msg: msghdr, len: number): Resumable<number> {
  if (len > 0xffff) return -EMSGSIZE;
  if ((msg.msg_flags & MSG_OOB) !== 0) return -EOPNOTSUPP;
  spend(cpu, cpu.costs.udp_sendmsg);
  const up = sk.udp!;
  const corkreq = up.corkflag || (msg.msg_flags & MSG_MORE) !== 0;
  if (up.pending) {
    const done = yield* appendCorked(cpu, sk, msg, len, corkreq);
    return done === 0 ? len : done;
  }
  const fl4 = udpFlow(sk, msg);
  if (typeof fl4 === 'number') return fl4;
  const connected = msg.msg_name === null;
  const rt = udpRoute(cpu, sk, fl4, connected);
  if (typeof rt === 'number') return rt;
  if ((msg.msg_flags & MSG_CONFIRM) !== 0) {
    dst_confirm_neigh(sk);
    if ((msg.msg_flags & MSG_PROBE) !== 0 && len === 0) return 0;
  }
  const gso_size = msg.cmsg.gso_size !== 0 ? msg.cmsg.gso_size : up.gso_size;
  let err = 0;
  if (corkreq) {
    err = yield* startCork(cpu, sk, msg, len, fl4, rt);
  } else {
    const skb = yield* ip_make_skb(
      cpu, sk, fl4, 'ip_generic_getfrag', msg, msg.lineage, len + SIZEOF_UDPHDR, SIZEOF_UDPHDR, -1, 0, gso_size, rt, msg.msg_flags,
    );
    if (typeof skb === 'number') err = skb;
    else if (skb !== null) err = udp_send_skb(cpu, sk, skb, fl4, gso_size, gso_size === 0 ? 0 : ipv4_mtu(cpu, rt));
  }
  yield;
  if (err === 0) return len;
  if (err === -ENOBUFS) cpu.host.mib.Udp.SndbufErrors++;
  return err;
}

/** A splice has ended before its time: the datagram that waited for more goes. */
export function* udp_splice_eof(cpu: Cpu, sk: sock): Resumable<void> {
  const up = sk.udp!;
  if (!up.pending || up.corkflag) return;
  yield* lock_sock_nested(cpu, sk);
  if (up.pending && !up.corkflag) udp_push_pending_frames(cpu, sk);
  yield* release_sock(cpu, sk);
}

/** @helper Where to: the address given, or the connected peer's. */
function udpFlow(sk: sock, msg: msghdr): flowi4 | number {
  const inet = sk.inet;
  const usin = msg.msg_name;
  if (usin !== null) {
    if (usin.family !== AF_INET && usin.family !== AF_UNSPEC) return -EAFNOSUPPORT;
    if (usin.port === 0) return -EINVAL;
    return createFlowi4(sk.sk_protocol, sk.sk_bound_dev_if, inet.tos, inet.inet_saddr, usin.addr, inet.inet_sport, usin.port);
  }
  if (sk.sk_state !== TCP_ESTABLISHED) return -EDESTADDRREQ;
  return createFlowi4(sk.sk_protocol, sk.sk_bound_dev_if, inet.tos, inet.inet_saddr, inet.inet_daddr, inet.inet_sport, inet.inet_dport);
}

/** @helper A connected socket keeps its route. */
function udpRoute(cpu: Cpu, sk: sock, fl4: flowi4, connected: boolean): dst_entry | number {
  const cached = connected ? sk_dst_check(cpu, sk) : null;
  if (cached !== null) return cached;
  const rt = ip_route_output_flow(cpu, fl4, sk);
  if (typeof rt === 'number') {
    if (rt === -ENETUNREACH) cpu.host.mib.Ip.OutNoRoutes++;
    return rt;
  }
  if ((rt.rt_flags & RTCF_BROADCAST) !== 0 && !sk.sk_broadcast) return -EACCES;
  if (connected) sk_dst_set(sk, rt);
  return rt;
}

/** @helper UDP_CORK, MSG_MORE: the first piece. */
function* startCork(cpu: Cpu, sk: sock, msg: msghdr, len: number, fl4: flowi4, rt: dst_entry): Resumable<number> {
  const up = sk.udp!;
  yield* lock_sock_nested(cpu, sk);
  let err = -EINVAL;
  if (!up.pending) {
    up.pending = true;
    err = yield* ipAppendDataWaiting(
      cpu, sk, fl4, 'ip_generic_getfrag', msg, msg.lineage, len + SIZEOF_UDPHDR, SIZEOF_UDPHDR, -1, rt, msg.msg_flags | MSG_MORE,
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
  let err = yield* ipAppendDataWaiting(cpu, sk, cork.fl4!, 'ip_generic_getfrag', msg, msg.lineage, len, 0, -1, cork.dst!, flags);
  if (err !== 0) udp_flush_pending_frames(cpu, sk);
  else if (!corkreq) err = udp_push_pending_frames(cpu, sk);
  yield* release_sock(cpu, sk);
  return err;
}
