/** Sending datagrams (net/ipv4/udp.c). */
import { udp_v6_push_pending_frames } from '../../ipv6/udp/sendmsg.ts';
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { MSG_CONFIRM, MSG_MORE, MSG_OOB, MSG_PROBE, SOL_UDP, UDP_SEGMENT } from '../../../include/linux/socket.ts';
import { SIZEOF_UDPHDR } from '../../../include/linux/udp.ts';
import { RTCF_BROADCAST } from '../../../include/net/dst.ts';
import type { dst_entry, flowi4 } from '../../../include/net/dst.ts';
import { AF_INET, AF_UNSPEC, TCP_ESTABLISHED } from '../../../include/net/sock.ts';
import type { cmsghdr, ipcm_cookie, msghdr, sock } from '../../../include/net/sock.ts';
import { SOCK_NOSPACE } from '../../../include/net/tcp.ts';
import { EACCES, EAFNOSUPPORT, EDESTADDRREQ, EINVAL, EMSGSIZE, ENETUNREACH, ENOBUFS, EOPNOTSUPP } from '../../../include/uapi/asm-generic/errno.ts';
import { dst_confirm_neigh, sk_dst_check, sk_dst_set } from '../../core/dst.ts';
import { lock_sock_nested, release_sock } from '../../core/sock/lock.ts';
import { ip_cmsg_send } from '../ip_sockglue/cmsg.ts';
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
    return udpSent(cpu, sk, len, done);
  }
  let gso_size = up.gso_size;
  let ipc: ipcm_cookie | null = null;
  const unknown = checkAddress(sk, msg);
  if (unknown !== 0) return unknown;
  if (msg.msg_control !== null) {
    ipc = ipcm_init_sk(sk, gso_size);
    const failed = udpControl(cpu, sk, msg.msg_control, ipc);
    if (failed < 0) return failed;
    gso_size = ipc.gso_size;
    if (failed === 0) ipc = null;
  }
  const fl4 = udpFlow(sk, msg, ipc);
  const connected = msg.msg_name === null && ipc === null;
  const rt = udpRoute(cpu, sk, fl4, connected);
  if (typeof rt === 'number') return udpSent(cpu, sk, len, rt);
  if ((msg.msg_flags & MSG_CONFIRM) !== 0 && (msg.msg_flags & MSG_PROBE) !== 0) {
    dst_confirm_neigh(cpu, rt, fl4.daddr);
    if (len === 0) return 0;
  }
  let err = 0;
  if (corkreq) {
    err = yield* startCork(cpu, sk, msg, len, fl4, rt, gso_size, ipc);
  } else {
    const skb = yield* ip_make_skb(
      cpu, sk, fl4, 'ip_generic_getfrag', msg, msg.lineage, len + SIZEOF_UDPHDR, SIZEOF_UDPHDR, -1, 0, gso_size, rt, msg.msg_flags, ipc,
    );
    if (typeof skb === 'number') err = skb;
    else if (skb !== null) err = udp_send_skb(cpu, sk, skb, fl4, gso_size, gso_size === 0 ? 0 : ipv4_mtu(cpu, rt));
  }
  yield;
  return udpSent(cpu, sk, len, err);
}

/** @helper The end of udp_sendmsg: no room in the send buffer is counted, and with it whatever fails after it once was full. */
export function udpSent(cpu: Cpu, sk: sock, len: number, err: number): number {
  if (err === 0) return len;
  if (err === -ENOBUFS || (sk.sk_socket!.flags & SOCK_NOSPACE) !== 0) udpMib(cpu, sk).SndbufErrors++;
  return err;
}

/** The counters of the socket's family (UDP_INC_STATS). @helper */
function udpMib(cpu: Cpu, sk: sock): Cpu['host']['mib']['Udp'] {
  return sk.inet.pinet6 === null ? cpu.host.mib.Udp : cpu.host.mib.Udp6;
}

/** @helper What control messages start from: the socket's own. */
function ipcm_init_sk(sk: sock, gso_size: number): ipcm_cookie {
  return { addr: sk.inet.inet_saddr, oif: sk.sk_bound_dev_if, gso_size, ttl: 0, tos: -1, mark: sk.sk_mark, priority: sk.sk_priority, tsflags: sk.sk_tsflags };
}

/** @helper Control messages of a datagram: 0 when all were UDP's own, 1 when the route may be another, or a negative errno. */
function udpControl(cpu: Cpu, sk: sock, control: readonly cmsghdr[], ipc: ipcm_cookie): number {
  const need_ip = udp_cmsg_send(control, ipc);
  if (need_ip <= 0) return need_ip;
  const err = ip_cmsg_send(cpu, sk, control, ipc);
  return err < 0 ? err : 1;
}

/** UDP_SEGMENT for this send. Answers 1 when there are messages of other layers, 0, or a negative errno. */
export function udp_cmsg_send(control: readonly cmsghdr[], ipc: ipcm_cookie): number {
  let need_ip = 0;
  for (const { cmsg_level, cmsg_type, data } of control) {
    if (cmsg_level !== SOL_UDP) need_ip = 1;
    else if (cmsg_type !== UDP_SEGMENT || typeof data !== 'number' || data < 0 || data > 0xffff) return -EINVAL;
    else ipc.gso_size = data;
  }
  return need_ip;
}

/** A splice has ended before its time: the datagram that waited for more goes. */
export function* udp_splice_eof(cpu: Cpu, sk: sock): Resumable<void> {
  const up = sk.udp!;
  if (!up.pending || up.corkflag) return;
  yield* lock_sock_nested(cpu, sk);
  if (up.pending && !up.corkflag) {
    if (sk.inet.cork.fl6 !== null) udp_v6_push_pending_frames(cpu, sk);
    else udp_push_pending_frames(cpu, sk);
  }
  yield* release_sock(cpu, sk);
}

/** @helper Whether it is known where to send: 0 or a negative errno. */
function checkAddress(sk: sock, { msg_name }: msghdr): number {
  if (msg_name === null) return sk.sk_state === TCP_ESTABLISHED ? 0 : -EDESTADDRREQ;
  if (msg_name.family !== AF_INET && msg_name.family !== AF_UNSPEC) return -EAFNOSUPPORT;
  return msg_name.port === 0 ? -EINVAL : 0;
}

/** @helper Where to: the address given, or the connected peer's. */
function udpFlow(sk: sock, msg: msghdr, ipc: ipcm_cookie | null): flowi4 {
  const inet = sk.inet;
  const usin = msg.msg_name;
  const saddr = ipc === null ? inet.inet_saddr : ipc.addr;
  const oif = ipc === null ? sk.sk_bound_dev_if : ipc.oif;
  const tos = ipc === null || ipc.tos === -1 ? inet.tos : ipc.tos;
  if (usin === null) return createFlowi4(sk.sk_protocol, oif, tos, saddr, inet.inet_daddr, inet.inet_sport, inet.inet_dport);
  return createFlowi4(sk.sk_protocol, oif, tos, saddr, usin.addr, inet.inet_sport, usin.port);
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
function* startCork(
  cpu: Cpu, sk: sock, msg: msghdr, len: number, fl4: flowi4, rt: dst_entry, gso_size: number, ipc: ipcm_cookie | null,
): Resumable<number> {
  const up = sk.udp!;
  yield* lock_sock_nested(cpu, sk);
  let err = -EINVAL;
  if (!up.pending) {
    up.pending = true;
    err = yield* ipAppendDataWaiting(
      cpu, sk, fl4, 'ip_generic_getfrag', msg, msg.lineage, len + SIZEOF_UDPHDR, SIZEOF_UDPHDR, -1, rt, msg.msg_flags | MSG_MORE, gso_size, ipc,
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
  let err = yield* ipAppendDataWaiting(cpu, sk, cork.fl4!, 'ip_generic_getfrag', msg, msg.lineage, len, 0, -1, cork.dst!, flags, 0, null);
  if (err !== 0) udp_flush_pending_frames(cpu, sk);
  else if (!corkreq) err = udp_push_pending_frames(cpu, sk);
  yield* release_sock(cpu, sk);
  return err;
}
