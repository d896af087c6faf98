/** IPv6's part of opening a connection from the other side (net/ipv6/tcp_ipv6.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { INET_ECN_MASK } from '../../../include/linux/ip.ts';
import { ETH_P_IP } from '../../../include/linux/if_ether.ts';
import { LOOPBACK4_IPV6, ipv6_addr_is_linklocal, ipv6_addr_is_multicast, ipv6_addr_v4mapped, mappedIn6Addr } from '../../../include/linux/in6.ts';
import { ipv6_daddr, ipv6_saddr } from '../../../include/linux/ipv6.ts';
import { SKB_GSO_TCPV6 } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { th_dest, th_source } from '../../../include/linux/tcp.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import type { sock } from '../../../include/net/sock.ts';
import type { request_sock, tcp_synack_type } from '../../../include/net/tcp_sock.ts';
import type { tcp_fastopen_cookie } from '../../../include/net/tcp_fastopen.ts';
import { sk_acceptq_is_full } from '../../../include/net/inet_connection_sock.ts';
import { dst_metric_advmss, dst_mtu } from '../../core/dst.ts';
import { __inet_inherit_port } from '../../ipv4/inet_connection_sock/port.ts';
import { inet_ehash_nolisten } from '../../ipv4/inet_hashtables.ts';
import { tcp_conn_request, tcp_listendrop } from '../../ipv4/tcp_input/conn_request.ts';
import { tcp_initialize_rcv_mss } from '../../ipv4/tcp_input/rcv_mss.ts';
import { tcp_v4_conn_request, tcp_v4_syn_recv_sock } from '../../ipv4/tcp_ipv4/conn_request.ts';
import type { SynRecvResult } from '../../ipv4/tcp_ipv4/conn_request.ts';
import { inet_sk_rx_dst_set } from '../../ipv4/tcp_ipv4/rx_dst.ts';
import type { tcp_seq_and_ts_off } from '../../ipv4/tcp_ipv4/hash.ts';
import { tcp_ca_openreq_child, tcp_create_openreq_child } from '../../ipv4/tcp_minisocks/child.ts';
import { tcp_move_syn } from '../../ipv4/saved_syn.ts';
import { tcp_mss_clamp } from '../../../include/net/tcp_inlines/window.ts';
import { tcp_sync_mss } from '../../ipv4/tcp_output/mss.ts';
import { tcp_make_synack } from '../../ipv4/tcp_output/synack.ts';
import { connectionFlow, inet6_csk_route_req, ip6_dst_store, requestFlow } from '../inet6_connection_sock.ts';
import { ip6_xmit } from '../ip6_output/xmit.ts';
import { secure_tcpv6_seq_and_ts_off } from '../secure_seq.ts';
import { __tcp_v6_send_check } from './checksum.ts';

export function tcp_v6_init_seq_and_ts_off(cpu: Cpu, skb: sk_buff): tcp_seq_and_ts_off {
  return secure_tcpv6_seq_and_ts_off(cpu, ipv6_daddr(skb), ipv6_saddr(skb), th_dest(skb), th_source(skb));
}

/** Both ends of a request, from its SYN; an address of one link binds it to its device. */
export function tcp_v6_init_req(req: request_sock, sk_listener: sock, skb: sk_buff): void {
  req.ir_v6_rmt_addr = ipv6_saddr(skb);
  req.ir_v6_loc_addr = ipv6_daddr(skb);
  req.ir_rmt_addr = LOOPBACK4_IPV6;
  req.ir_loc_addr = LOOPBACK4_IPV6;
  if (sk_listener.sk_bound_dev_if === 0 && ipv6_addr_is_linklocal(req.ir_v6_rmt_addr)) req.ir_iif = skb.skb_iif;
}

/** Route of the SYN-ACK; null when there is none. */
export function tcp_v6_route_req(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock): dst_entry | null {
  tcp_v6_init_req(req, sk, skb);
  return inet6_csk_route_req(cpu, sk, requestFlow(sk, req), req);
}

/** A SYN to a group is nobody's; one of IPv4 comes to a socket of both families. */
export function tcp_v6_conn_request(cpu: Cpu, sk: sock, skb: sk_buff): number {
  if (skb.protocol === ETH_P_IP) return tcp_v4_conn_request(cpu, sk, skb);
  if (ipv6_addr_is_multicast(ipv6_daddr(skb))) {
    tcp_listendrop(cpu, sk);
    return 0;
  }
  if (ipv6_addr_v4mapped(ipv6_saddr(skb))) {
    cpu.host.mib.Ip6.InHdrErrors++;
    return 0;
  }
  return tcp_conn_request(cpu, sk, skb);
}

/** `dst`: the route, null: to be looked up. `foc`: what Fast Open's option says. 0, or an error. */
export function tcp_v6_send_synack(cpu: Cpu, sk: sock, dst: dst_entry | null, req: request_sock, foc: tcp_fastopen_cookie | null, synack_type: tcp_synack_type): number {
  const fl6 = requestFlow(sk, req);
  const route = dst ?? inet6_csk_route_req(cpu, sk, fl6, req);
  if (route === null) return -1;
  const skb = tcp_make_synack(cpu, sk, route, req, foc, synack_type);
  const own = sk.inet.pinet6!.tclass;
  const tclass = cpu.host.knobs.sysctl_tcp_reflect_tos! !== 0 ? (req.syn_tos & ~INET_ECN_MASK) | (own & INET_ECN_MASK) : own;
  req.syn_ect_snt = tclass & INET_ECN_MASK;
  __tcp_v6_send_check(cpu, skb, fl6.saddr, fl6.daddr);
  const err = ip6_xmit(cpu, sk, skb, fl6, sk.sk_mark, tclass & ~INET_ECN_MASK, sk.sk_priority);
  return err === 2 ? 0 : err;
}

/** A connection of IPv4 that a socket of both families has accepted: it shows its addresses as ::ffff:a.b.c.d. */
function tcp_v6_mapped_child_init(newsk: sock): void {
  const { inet } = newsk;
  newsk.sk_v6_daddr = mappedIn6Addr(inet.inet_daddr);
  newsk.sk_v6_rcv_saddr = mappedIn6Addr(inet.inet_saddr);
  inet.pinet6!.saddr = newsk.sk_v6_rcv_saddr;
  newsk.icsk!.icsk_af_ops = 'ipv6_mapped';
  newsk.sk_backlog_rcv = 'tcp_v4_do_rcv';
}

/** The handshake's last ACK makes a full socket of the request; null when there is no room for it. */
export function tcp_v6_syn_recv_sock(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock, req_unhash: request_sock | null): SynRecvResult {
  if (skb.protocol === ETH_P_IP) return tcp_v4_syn_recv_sock(cpu, sk, skb, req, req_unhash, tcp_v6_mapped_child_init);
  if (sk_acceptq_is_full(sk)) {
    NET_INC_STATS(cpu, 'ListenOverflows');
    tcp_listendrop(cpu, sk);
    return { newsk: null, own_req: false };
  }
  const fl6 = requestFlow(sk, req);
  const dst = inet6_csk_route_req(cpu, sk, fl6, req);
  const newsk = tcp_create_openreq_child(cpu, sk, req, skb);
  const tp = newsk.tcp!;
  const np = newsk.inet.pinet6!;
  newsk.sk_gso_type = SKB_GSO_TCPV6;
  inet_sk_rx_dst_set(cpu, newsk, skb);
  newsk.sk_v6_daddr = req.ir_v6_rmt_addr;
  newsk.sk_v6_rcv_saddr = req.ir_v6_loc_addr;
  np.saddr = req.ir_v6_loc_addr!;
  newsk.inet.inet_daddr = LOOPBACK4_IPV6;
  newsk.inet.inet_saddr = LOOPBACK4_IPV6;
  newsk.inet.inet_rcv_saddr = LOOPBACK4_IPV6;
  newsk.sk_bound_dev_if = req.ir_iif;
  newsk.icsk!.icsk_ext_hdr_len = 0;
  if (cpu.host.knobs.sysctl_tcp_reflect_tos! !== 0) np.tclass = req.syn_tos & ~INET_ECN_MASK;
  newsk.sk_txhash = req.txhash;
  if (dst !== null) {
    ip6_dst_store(cpu, newsk, dst, connectionFlow(newsk));
    newsk.inet.cork.fl6!.fl6_sport = req.ir_num;
    tcp_ca_openreq_child(cpu, newsk);
    tcp_sync_mss(cpu, newsk, dst_mtu(cpu, dst));
    tp.advmss = tcp_mss_clamp(tp, dst_metric_advmss(cpu, dst));
    tcp_initialize_rcv_mss(cpu, newsk);
  }
  __inet_inherit_port(cpu, sk, newsk);
  const own_req = inet_ehash_nolisten(cpu, newsk, req_unhash);
  if (own_req) tcp_move_syn(tp, req);
  return { newsk, own_req };
}

