/** Options at IPPROTO_IP (net/ipv4/ip_sockglue.c). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import {
  IP_BIND_ADDRESS_NO_PORT, IP_FREEBIND, IP_LOCAL_PORT_RANGE, IP_MINTTL, IP_MTU, IP_MTU_DISCOVER, IP_ORIGDSTADDR, IP_PKTINFO, IP_PMTUDISC_DONT, IP_PMTUDISC_OMIT, IP_RECVERR, IP_RECVTOS, IP_RECVTTL, IP_TOS, IP_TTL, SOL_IP,
} from '../../include/linux/socket.ts';
import type { sockopt_value } from '../../include/linux/socket.ts';
import { SOCK_STREAM } from '../../include/net/sock.ts';
import { rt_tos2priority } from '../../include/net/route.ts';
import type { sock } from '../../include/net/sock.ts';
import { EINVAL, ENOPROTOOPT, ENOTCONN } from '../../include/uapi/asm-generic/errno.ts';
import { skb_errqueue_purge } from '../core/skbuff/errqueue.ts';
import { sk_dst_reset } from '../core/dst.ts';
import { sockopt_lock_sock, sockopt_release_sock } from '../core/sock/options.ts';
import { IP_CMSG_ORIGDSTADDR, IP_CMSG_PKTINFO, IP_CMSG_TOS, IP_CMSG_TTL } from './ip_sockglue/cmsg.ts';
import { ipv4_mtu } from './route/cache.ts';
import { ip_select_ttl } from './ip_output/ident.ts';

export function* ip_setsockopt(cpu: Cpu, sk: sock, level: number, optname: number, optval: sockopt_value): Resumable<number> {
  if (level !== SOL_IP) return -ENOPROTOOPT;
  return yield* do_ip_setsockopt(cpu, sk, optname, optval);
}

/** IP_TOS; of a stream the ECN bits are the connection's. */
export function* ip_sock_set_tos(cpu: Cpu, sk: sock, val: number): Resumable<void> {
  yield* sockopt_lock_sock(cpu, sk);
  __ip_sock_set_tos(cpu, sk, val);
  yield* sockopt_release_sock(cpu, sk);
}

function __ip_sock_set_tos(_cpu: Cpu, sk: sock, val: number): void {
  const inet = sk.inet;
  const tos = (sk.sk_type === SOCK_STREAM ? (val & ~3) | (inet.tos & 3) : val) & 0xff;
  if (inet.tos === tos) return;
  inet.tos = tos;
  sk.sk_priority = rt_tos2priority(tos);
  sk_dst_reset(sk);
}

export function* do_ip_setsockopt(cpu: Cpu, sk: sock, optname: number, optval: sockopt_value): Resumable<number> {
  if (optname !== IP_TOS) return setLockless(cpu, sk, optname, optval);
  yield* ip_sock_set_tos(cpu, sk, optval.words[0] ?? 0);
  return 0;
}

/** @helper Options that the kernel sets without the socket's lock. */
function setLockless(cpu: Cpu, sk: sock, optname: number, optval: sockopt_value): number {
  const inet = sk.inet;
  const val = optval.words[0] ?? 0;
  switch (optname) {
    case IP_TTL:
      if (val !== -1 && (val < 1 || val > 255)) return -EINVAL;
      inet.uc_ttl = val;
      return 0;
    case IP_MTU_DISCOVER:
      if (val < IP_PMTUDISC_DONT || val > IP_PMTUDISC_OMIT) return -EINVAL;
      inet.pmtudisc = val;
      return 0;
    case IP_RECVERR:
      inet.recverr = val !== 0;
      if (val === 0) skb_errqueue_purge(cpu, sk.sk_error_queue);
      return 0;
    case IP_MINTTL:
      if (val < 0 || val > 255) return -EINVAL;
      inet.min_ttl = val;
      return 0;
    case IP_FREEBIND:
      inet.freebind = val !== 0;
      return 0;
    case IP_BIND_ADDRESS_NO_PORT:
      inet.bind_address_no_port = val !== 0;
      return 0;
    case IP_LOCAL_PORT_RANGE: {
      const low = val & 0xffff;
      const high = val >>> 16;
      if (low !== 0 && high !== 0 && low > high) return -EINVAL;
      inet.local_port_range = val >>> 0;
      return 0;
    }
    case IP_PKTINFO:
    case IP_RECVTTL:
    case IP_RECVTOS:
    case IP_ORIGDSTADDR:
      if (val !== 0) inet.cmsg_flags |= cmsgFlag(optname);
      else inet.cmsg_flags &= ~cmsgFlag(optname);
      return 0;
    default:
      return -ENOPROTOOPT;
  }
}

/** The bit of cmsg_flags that an option stands for, 0 for others. @helper */
function cmsgFlag(optname: number): number {
  if (optname === IP_PKTINFO) return IP_CMSG_PKTINFO;
  if (optname === IP_RECVTTL) return IP_CMSG_TTL;
  if (optname === IP_RECVTOS) return IP_CMSG_TOS;
  return optname === IP_ORIGDSTADDR ? IP_CMSG_ORIGDSTADDR : 0;
}

export function ip_getsockopt(cpu: Cpu, sk: sock, level: number, optname: number, optval: sockopt_value): number {
  return level === SOL_IP ? do_ip_getsockopt(cpu, sk, optname, optval) : -ENOPROTOOPT;
}

export function do_ip_getsockopt(cpu: Cpu, sk: sock, optname: number, optval: sockopt_value): number {
  const inet = sk.inet;
  if (optname === IP_TTL) optval.words = [ip_select_ttl(cpu, inet)];
  else if (optname === IP_TOS) optval.words = [inet.tos];
  else if (optname === IP_MTU_DISCOVER) optval.words = [inet.pmtudisc];
  else if (optname === IP_RECVERR) optval.words = [Number(inet.recverr)];
  else if (optname === IP_MINTTL) optval.words = [inet.min_ttl];
  else if (optname === IP_FREEBIND) optval.words = [Number(inet.freebind)];
  else if (optname === IP_BIND_ADDRESS_NO_PORT) optval.words = [Number(inet.bind_address_no_port)];
  else if (optname === IP_LOCAL_PORT_RANGE) optval.words = [inet.local_port_range];
  else if (cmsgFlag(optname) !== 0) optval.words = [Number((inet.cmsg_flags & cmsgFlag(optname)) !== 0)];
  else if (optname === IP_MTU) {
    if (sk.sk_dst_cache === null) return -ENOTCONN;
    optval.words = [ipv4_mtu(cpu, sk.sk_dst_cache)];
  } else return -ENOPROTOOPT;
  return 0;
}
