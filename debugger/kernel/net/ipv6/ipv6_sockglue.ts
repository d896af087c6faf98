/** Options at IPPROTO_IPV6 (net/ipv6/ipv6_sockglue.c), those that IPv4 has too. */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import {
  IPV6_AUTOFLOWLABEL, IPV6_FREEBIND, IPV6_MINHOPCOUNT, IPV6_MTU, IPV6_MTU_DISCOVER, IPV6_RECVERR, IPV6_RECVHOPLIMIT, IPV6_RECVPKTINFO, IPV6_RECVTCLASS, IPV6_TCLASS,
  IPV6_UNICAST_HOPS, IPV6_V6ONLY, SOL_IP, SOL_IPV6,
} from '../../include/linux/socket.ts';
import type { sockopt_value } from '../../include/linux/socket.ts';
import { SOCK_STREAM } from '../../include/net/sock.ts';
import type { sock } from '../../include/net/sock.ts';
import { EINVAL, ENOPROTOOPT, ENOTCONN } from '../../include/uapi/asm-generic/errno.ts';
import { dst_mtu, sk_dst_reset } from '../core/dst.ts';
import { ip_getsockopt, ip_setsockopt } from '../ipv4/ip_sockglue.ts';
import { IPV6_PMTUDISC_DONT, IPV6_PMTUDISC_OMIT } from './datagram.ts';
import { ip6_dst_hoplimit } from './route/nexthop.ts';

/** A socket of both families has the options of IPv4, too. */
export function* ipv6_setsockopt(cpu: Cpu, sk: sock, level: number, optname: number, optval: sockopt_value): Resumable<number> {
  if (level === SOL_IP) return yield* ip_setsockopt(cpu, sk, level, optname, optval);
  return level === SOL_IPV6 ? do_ipv6_setsockopt(cpu, sk, optname, optval.words[0] ?? 0) : -ENOPROTOOPT;
}

function do_ipv6_setsockopt(_cpu: Cpu, sk: sock, optname: number, val: number): number {
  const np = sk.inet.pinet6!;
  switch (optname) {
    case IPV6_V6ONLY:
      if (sk.inet.inet_num !== 0) return -EINVAL;
      sk.sk_ipv6only = val !== 0;
      return 0;
    case IPV6_UNICAST_HOPS:
      if (val > 255 || val < -1) return -EINVAL;
      np.hop_limit = val;
      return 0;
    case IPV6_MINHOPCOUNT:
      if (val < 0 || val > 255) return -EINVAL;
      np.min_hopcount = val;
      return 0;
    case IPV6_TCLASS:
      if (val < -1 || val > 0xff) return -EINVAL;
      __ipv6_sock_set_tclass(sk, val === -1 ? 0 : val);
      return 0;
    case IPV6_MTU_DISCOVER:
      if (val < IPV6_PMTUDISC_DONT || val > IPV6_PMTUDISC_OMIT) return -EINVAL;
      np.pmtudisc = val;
      return 0;
    case IPV6_RECVERR:
      np.recverr = val !== 0;
      return 0;
    case IPV6_AUTOFLOWLABEL:
      np.autoflowlabel = val !== 0;
      np.autoflowlabel_set = true;
      return 0;
    case IPV6_FREEBIND:
      sk.inet.freebind = val !== 0;
      return 0;
    case IPV6_RECVPKTINFO:
      np.rxopt.rxinfo = val !== 0;
      return 0;
    case IPV6_RECVHOPLIMIT:
      np.rxopt.rxhlim = val !== 0;
      return 0;
    case IPV6_RECVTCLASS:
      np.rxopt.rxtclass = val !== 0;
      return 0;
    default:
      return -ENOPROTOOPT;
  }
}

/** Of a stream the ECN bits are the connection's. @helper */
function __ipv6_sock_set_tclass(sk: sock, val: number): void {
  const np = sk.inet.pinet6!;
  const tclass = sk.sk_type === SOCK_STREAM ? (val & ~3) | (np.tclass & 3) : val;
  if (np.tclass === tclass) return;
  np.tclass = tclass;
  sk_dst_reset(sk);
}

export function ipv6_getsockopt(cpu: Cpu, sk: sock, level: number, optname: number, optval: sockopt_value): number {
  if (level === SOL_IP) return ip_getsockopt(cpu, sk, level, optname, optval);
  if (level !== SOL_IPV6) return -ENOPROTOOPT;
  const val = do_ipv6_getsockopt(cpu, sk, optname);
  if (val === null) return -ENOPROTOOPT;
  if (optname === IPV6_MTU && val === 0) return -ENOTCONN;
  optval.words = [val];
  return 0;
}

/** null: there is no such option. */
function do_ipv6_getsockopt(cpu: Cpu, sk: sock, optname: number): number | null {
  const np = sk.inet.pinet6!;
  switch (optname) {
    case IPV6_V6ONLY:
      return Number(sk.sk_ipv6only);
    case IPV6_UNICAST_HOPS:
      return np.hop_limit >= 0 ? np.hop_limit : sk.sk_dst_cache === null || sk.sk_dst_cache.rt6 === null ? 64 : ip6_dst_hoplimit(sk.sk_dst_cache);
    case IPV6_MINHOPCOUNT:
      return np.min_hopcount;
    case IPV6_TCLASS:
      return np.tclass;
    case IPV6_MTU_DISCOVER:
      return np.pmtudisc;
    case IPV6_MTU:
      return sk.sk_dst_cache === null ? 0 : dst_mtu(cpu, sk.sk_dst_cache);
    case IPV6_RECVERR:
      return Number(np.recverr);
    case IPV6_AUTOFLOWLABEL:
      return Number(np.autoflowlabel_set ? np.autoflowlabel : cpu.host.knobs.ipv6_auto_flowlabels! === 1);
    case IPV6_FREEBIND:
      return Number(sk.inet.freebind);
    case IPV6_RECVPKTINFO:
      return Number(np.rxopt.rxinfo);
    case IPV6_RECVHOPLIMIT:
      return Number(np.rxopt.rxhlim);
    case IPV6_RECVTCLASS:
      return Number(np.rxopt.rxtclass);
    default:
      return null;
  }
}
