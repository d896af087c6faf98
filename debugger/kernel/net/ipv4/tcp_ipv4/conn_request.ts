/** IPv4's part of opening a connection from the other side (net/ipv4/tcp_ipv4.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { iph_daddr, iph_saddr } from '../../../include/linux/ip.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { th_dest, th_source } from '../../../include/linux/tcp.ts';
import { RTN_BROADCAST, RTN_MULTICAST } from '../../../include/net/dst.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import type { sock } from '../../../include/net/sock.ts';
import { INET_ECN_MASK } from '../../../include/net/tcp.ts';
import type { request_sock } from '../../../include/net/tcp_sock.ts';
import { sk_acceptq_is_full } from '../../../include/net/inet_connection_sock.ts';
import { tcp_mss_clamp } from '../../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { roll } from '../../../../machine/random.ts';
import { SKB_GSO_TCPV4 } from '../../../include/linux/skbuff.ts';
import { sk_gso_disable, sk_setup_caps } from '../../core/sock/caps.ts';
import { __inet_inherit_port } from '../inet_connection_sock/port.ts';
import { inet_csk_route_child_sock, inet_csk_route_req } from '../inet_connection_sock/request.ts';
import { inet_ehash_nolisten } from '../inet_hashtables.ts';
import { dst_metric_advmss } from '../../core/dst.ts';
import { ipv4_mtu } from '../route.ts';
import { tcp_move_syn } from '../saved_syn.ts';
import { tcp_conn_request, tcp_listendrop } from '../tcp_input/conn_request.ts';
import { tcp_initialize_rcv_mss } from '../tcp_input/rcv_mss.ts';
import { tcp_ca_openreq_child, tcp_create_openreq_child } from '../tcp_minisocks.ts';
import { tcp_sync_mss } from '../tcp_output/mss.ts';
import { secure_tcp_seq_and_ts_off } from './hash.ts';
import type { tcp_seq_and_ts_off } from './hash.ts';
import { tcp_md5_do_lookup, tcp_md5_key_copy } from './md5_keys.ts';
import { inet_sk_rx_dst_set } from './rx_dst.ts';

export function tcp_v4_init_seq_and_ts_off(cpu: Cpu, skb: sk_buff): tcp_seq_and_ts_off {
  return secure_tcp_seq_and_ts_off(cpu, iph_daddr(skb), iph_saddr(skb), th_dest(skb), th_source(skb));
}

/** Route of the SYN-ACK; null when there is none. */
export function tcp_v4_route_req(cpu: Cpu, sk: sock, req: request_sock): dst_entry | null {
  return inet_csk_route_req(cpu, sk, req);
}

/** A SYN to a broadcast address is nobody's. */
export function tcp_v4_conn_request(cpu: Cpu, sk: sock, skb: sk_buff): number {
  if (skb.dst !== null && (skb.dst.rt_type === RTN_BROADCAST || skb.dst.rt_type === RTN_MULTICAST)) {
    tcp_listendrop(cpu, sk);
    return 0;
  }
  return tcp_conn_request(cpu, sk, skb);
}

/** The handshake's last ACK makes a full socket of the request; null when there is no room for it. `own_req`: it is the only one. `req_unhash`: the request whose place it takes, null after a SYN cookie. `opt_child_init`: what a listener of AF_INET6 does to the child. */
export interface SynRecvResult { newsk: sock | null; own_req: boolean }

export function tcp_v4_syn_recv_sock(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock, req_unhash: request_sock | null, opt_child_init: ((newsk: sock) => void) | null = null): SynRecvResult {
  if (sk_acceptq_is_full(sk)) {
    NET_INC_STATS(cpu, 'ListenOverflows');
    tcp_listendrop(cpu, sk);
    return { newsk: null, own_req: false };
  }
  const newsk = tcp_create_openreq_child(cpu, sk, req, skb);
  const tp = newsk.tcp!;
  const inet = newsk.inet;
  newsk.sk_gso_type = SKB_GSO_TCPV4;
  inet_sk_rx_dst_set(cpu, newsk, skb);
  inet.inet_daddr = req.ir_rmt_addr;
  inet.inet_rcv_saddr = req.ir_loc_addr;
  inet.inet_saddr = req.ir_loc_addr;
  newsk.sk_bound_dev_if = req.ir_iif;
  newsk.icsk!.icsk_ext_hdr_len = 0;
  opt_child_init?.(newsk);
  inet.inet_id = roll(cpu.host, 65536);
  if (cpu.host.knobs.sysctl_tcp_reflect_tos! !== 0) inet.tos = req.syn_tos & ~INET_ECN_MASK;
  newsk.sk_txhash = req.txhash;
  const dst = inet_csk_route_child_sock(cpu, sk, newsk, req);
  if (dst !== null) {
    sk_setup_caps(cpu, newsk, dst);
    tcp_ca_openreq_child(cpu, newsk);
    tcp_sync_mss(cpu, newsk, ipv4_mtu(cpu, dst));
    tp.advmss = tcp_mss_clamp(tp, dst_metric_advmss(cpu, dst));
    tcp_initialize_rcv_mss(cpu, newsk);
  }
  const key = tcp_md5_do_lookup(cpu, sk, inet.inet_daddr);
  if (key !== null) {
    tcp_md5_key_copy(cpu, newsk, inet.inet_daddr, key);
    sk_gso_disable(newsk);
  }
  __inet_inherit_port(cpu, sk, newsk);
  const own_req = inet_ehash_nolisten(cpu, newsk, req_unhash);
  if (own_req) tcp_move_syn(tp, req);
  return { newsk, own_req };
}
