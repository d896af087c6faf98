/** connect(): addresses, route and port, then the SYN (net/ipv4/tcp_ipv4.c). */
import { roll } from '../../../../machine/random.ts';
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sockaddr_in } from '../../../include/linux/socket.ts';
import { RTN_BROADCAST, RTN_MULTICAST } from '../../../include/net/dst.ts';
import { AF_INET, IPPROTO_TCP, TCP_CLOSE, TCP_SYN_SENT } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { SKB_GSO_TCPV4 } from '../../../include/linux/skbuff.ts';
import { TCP_MSS_DEFAULT } from '../../../include/net/tcp.ts';
import { EAFNOSUPPORT, ENETUNREACH } from '../../../include/uapi/asm-generic/errno.ts';
import { local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { sk_setup_caps } from '../../core/sock/caps.ts';
import { inet_hash_connect } from '../inet_connection_sock/port.ts';
import { createFlowi4, ip_route_connect, ip_route_newports } from '../route.ts';
import { tcp_set_state } from '../tcp/state.ts';
import { tcp_connect } from '../tcp_output/connect.ts';
import { tcp_fastopen_defer_connect } from '../tcp_fastopen.ts';
import { net_tx_rndhash, secure_tcp_seq_and_ts_off } from './hash.ts';

/** struct proto's connect. @helper */
export function* tcp_v4_connect_resumable(cpu: Cpu, sk: sock, uaddr: sockaddr_in): Resumable<number> {
  const err = tcp_v4_connect(cpu, sk, uaddr);
  yield;
  return err;
}

/** The attempt has failed before anything was sent. @helper */
export function connectFailed(cpu: Cpu, sk: sock, err: number): number {
  tcp_set_state(cpu, sk, TCP_CLOSE);
  sk.sk_route_caps = 0;
  sk.inet.inet_dport = 0;
  return err;
}

export function tcp_v4_connect(cpu: Cpu, sk: sock, uaddr: sockaddr_in): number {
  const inet = sk.inet;
  const tp = sk.tcp!;
  if (uaddr.family !== AF_INET) return -EAFNOSUPPORT;
  const orig_sport = inet.inet_sport;
  const orig_dport = uaddr.port;
  const fl4 = createFlowi4(IPPROTO_TCP, sk.sk_bound_dev_if, inet.tos, inet.inet_saddr, uaddr.addr, orig_sport, orig_dport);
  const first = ip_route_connect(cpu, fl4, sk);
  if (typeof first === 'number') {
    if (first === -ENETUNREACH) cpu.host.mib.Ip.OutNoRoutes++;
    return first;
  }
  if (first.rt_type === RTN_BROADCAST || first.rt_type === RTN_MULTICAST) return -ENETUNREACH;
  if (inet.inet_saddr === 0) {
    inet.inet_saddr = fl4.saddr;
    inet.inet_rcv_saddr = fl4.saddr;
  }
  if (tp.rx_opt.ts_recent_stamp !== 0 && inet.inet_daddr !== fl4.daddr) {
    tp.rx_opt.ts_recent = 0;
    tp.rx_opt.ts_recent_stamp = 0;
    tp.write_seq = 0;
  }
  inet.inet_dport = uaddr.port;
  inet.inet_daddr = fl4.daddr;
  sk.icsk!.icsk_ext_hdr_len = 0;
  tp.rx_opt.mss_clamp = TCP_MSS_DEFAULT;
  tcp_set_state(cpu, sk, TCP_SYN_SENT);
  local_bh_disable(cpu);
  const hashed = inet_hash_connect(cpu, sk);
  local_bh_enable(cpu);
  if (hashed !== 0) return connectFailed(cpu, sk, hashed);
  sk.sk_txhash = net_tx_rndhash(cpu);
  const rt = ip_route_newports(cpu, fl4, first, orig_sport, orig_dport, inet.inet_sport, inet.inet_dport, sk);
  if (typeof rt === 'number') return connectFailed(cpu, sk, rt);
  sk.sk_gso_type = SKB_GSO_TCPV4;
  sk_setup_caps(cpu, sk, rt);
  const st = secure_tcp_seq_and_ts_off(cpu, inet.inet_saddr, inet.inet_daddr, inet.inet_sport, inet.inet_dport);
  if (tp.write_seq === 0) tp.write_seq = st.seq;
  tp.tsoffset = st.ts_off;
  inet.inet_id = roll(cpu.host, 65536);
  if (tcp_fastopen_defer_connect(cpu, sk)) return 0;
  const err = tcp_connect(cpu, sk);
  return err !== 0 ? connectFailed(cpu, sk, err) : 0;
}
