/** connect(): addresses, route and port, then the SYN (net/ipv6/tcp_ipv6.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import {
  IPV6_ADDR_LINKLOCAL, IPV6_ADDR_MULTICAST, LOOPBACK4_IPV6, __ipv6_addr_type, in6addr_loopback, ipv6_addr_any, ipv6_addr_v4mapped, mappedIn6Addr, mappedIpv4,
} from '../../../include/linux/in6.ts';
import type { In6Addr } from '../../../include/linux/in6.ts';
import { SKB_GSO_TCPV6 } from '../../../include/linux/skbuff.ts';
import type { sockaddr_in } from '../../../include/linux/socket.ts';
import { AF_INET, AF_INET6, IPPROTO_TCP, TCP_CLOSE, TCP_SYN_SENT } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCP_MSS_DEFAULT } from '../../../include/net/tcp.ts';
import { EAFNOSUPPORT, EINVAL, ENETUNREACH } from '../../../include/uapi/asm-generic/errno.ts';
import { local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { roll } from '../../../../machine/random.ts';
import { connectFailed, tcp_v4_connect } from '../../ipv4/tcp_ipv4/connect.ts';
import { net_tx_rndhash } from '../../ipv4/tcp_ipv4/hash.ts';
import { tcp_fastopen_defer_connect } from '../../ipv4/tcp_fastopen/client.ts';
import { tcp_connect } from '../../ipv4/tcp_output/connect.ts';
import { tcp_set_state } from '../../ipv4/tcp/state.ts';
import { ip6_dst_store } from '../inet6_connection_sock.ts';
import { inet6_hash_connect } from '../inet6_hashtables.ts';
import { ip6_dst_lookup_flow } from '../ip6_output/dst_lookup.ts';
import { createFlowi6 } from '../route/lookup.ts';
import { secure_tcpv6_seq_and_ts_off } from '../secure_seq.ts';

/** struct proto's connect. @helper */
export function* tcp_v6_connect_resumable(cpu: Cpu, sk: sock, uaddr: sockaddr_in): Resumable<number> {
  const err = tcp_v6_connect(cpu, sk, uaddr);
  yield;
  return err;
}

/** To ::ffff:a.b.c.d the socket speaks IPv4. @helper */
function connectMapped(cpu: Cpu, sk: sock, daddr: In6Addr, port: number): number {
  const icsk = sk.icsk!;
  if (sk.sk_ipv6only) return -ENETUNREACH;
  icsk.icsk_af_ops = 'ipv6_mapped';
  sk.sk_backlog_rcv = 'tcp_v4_do_rcv';
  const err = tcp_v4_connect(cpu, sk, { family: AF_INET, addr: mappedIpv4(daddr), port, ll: null, sin6_addr: null });
  if (err !== 0) {
    icsk.icsk_af_ops = 'ipv6_specific';
    sk.sk_backlog_rcv = 'tcp_v6_do_rcv';
    return err;
  }
  sk.inet.pinet6!.saddr = mappedIn6Addr(sk.inet.inet_saddr);
  sk.sk_v6_rcv_saddr = mappedIn6Addr(sk.inet.inet_rcv_saddr);
  return 0;
}

export function tcp_v6_connect(cpu: Cpu, sk: sock, uaddr: sockaddr_in): number {
  const inet = sk.inet;
  const np = inet.pinet6!;
  const tp = sk.tcp!;
  if (uaddr.family === AF_INET) return -EINVAL;
  if (uaddr.family !== AF_INET6) return -EAFNOSUPPORT;
  let daddr = uaddr.sin6_addr!;
  if (ipv6_addr_any(daddr)) daddr = sk.sk_v6_rcv_saddr !== null && ipv6_addr_v4mapped(sk.sk_v6_rcv_saddr) ? mappedIn6Addr(0x7f000001) : in6addr_loopback;
  const addr_type = __ipv6_addr_type(daddr);
  if ((addr_type & IPV6_ADDR_MULTICAST) !== 0) return -ENETUNREACH;
  if ((addr_type & IPV6_ADDR_LINKLOCAL) !== 0 && sk.sk_bound_dev_if === 0) return -EINVAL;
  if (tp.rx_opt.ts_recent_stamp !== 0 && sk.sk_v6_daddr !== daddr) {
    tp.rx_opt.ts_recent = 0;
    tp.rx_opt.ts_recent_stamp = 0;
    tp.write_seq = 0;
  }
  sk.sk_v6_daddr = daddr;
  if (ipv6_addr_v4mapped(daddr)) return connectMapped(cpu, sk, daddr, uaddr.port);
  const bound = !ipv6_addr_any(sk.sk_v6_rcv_saddr!);
  const fl6 = createFlowi6(IPPROTO_TCP, sk.sk_bound_dev_if, np.tclass, bound ? sk.sk_v6_rcv_saddr! : np.saddr, daddr, inet.inet_sport, uaddr.port);
  const dst = ip6_dst_lookup_flow(cpu, sk, fl6);
  if (typeof dst === 'number') return connectFailed(cpu, sk, dst);
  if (!bound) sk.sk_v6_rcv_saddr = fl6.saddr;
  np.saddr = fl6.saddr;
  inet.inet_rcv_saddr = LOOPBACK4_IPV6;
  sk.sk_gso_type = SKB_GSO_TCPV6;
  ip6_dst_store(cpu, sk, dst, fl6);
  sk.icsk!.icsk_ext_hdr_len = 0;
  tp.rx_opt.mss_clamp = TCP_MSS_DEFAULT - 20;
  inet.inet_dport = uaddr.port;
  tcp_set_state(cpu, sk, TCP_SYN_SENT);
  local_bh_disable(cpu);
  const hashed = inet6_hash_connect(cpu, sk);
  local_bh_enable(cpu);
  if (hashed !== 0) return lateFailure(cpu, sk, hashed);
  fl6.fl6_sport = inet.inet_sport;
  sk.sk_txhash = net_tx_rndhash(cpu);
  const st = secure_tcpv6_seq_and_ts_off(cpu, np.saddr, daddr, inet.inet_sport, inet.inet_dport);
  if (tp.write_seq === 0) tp.write_seq = st.seq;
  tp.tsoffset = st.ts_off;
  inet.inet_id = roll(cpu.host, 65536);
  if (tcp_fastopen_defer_connect(cpu, sk)) return 0;
  const err = tcp_connect(cpu, sk);
  return err !== 0 ? lateFailure(cpu, sk, err) : 0;
}

/** @helper */
function lateFailure(cpu: Cpu, sk: sock, err: number): number {
  tcp_set_state(cpu, sk, TCP_CLOSE);
  return connectFailed(cpu, sk, err);
}
