/**
 * What TCP does by the family that its segments go over: struct inet_connection_sock_af_ops (icsk->icsk_af_ops: 'ipv4_specific', 'ipv6_specific',
 * and 'ipv6_mapped' for a socket of AF_INET6 that speaks IPv4) and tcp_request_sock_ops.
 */
import type { Cpu } from '../../../../machine/types.ts';
import { ETH_P_IPV6 } from '../../../include/linux/if_ether.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import { AF_INET6 } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import type { tcp_fastopen_cookie } from '../../../include/net/tcp_fastopen.ts';
import type { inet_timewait_sock, request_sock, tcp_synack_type } from '../../../include/net/tcp_sock.ts';
import { inet6_csk_route_req, requestFlow } from '../../ipv6/inet6_connection_sock.ts';
import { inet6_sk_rebuild_header } from '../../ipv6/af_inet6.ts';
import { tcp_v6_conn_request, tcp_v6_init_seq_and_ts_off, tcp_v6_route_req, tcp_v6_send_synack, tcp_v6_syn_recv_sock } from '../../ipv6/tcp_ipv6/conn_request.ts';
import { tcp_v6_mtu_reduced } from '../../ipv6/tcp_ipv6/err.ts';
import { tcp_v6_reqsk_send_ack, tcp_v6_send_reset } from '../../ipv6/tcp_ipv6/reset.ts';
import { inet_sk_rebuild_header } from '../af_inet_stream.ts';
import { inet_csk_route_req } from '../inet_connection_sock/request.ts';
import { tcp_v4_conn_request, tcp_v4_init_seq_and_ts_off, tcp_v4_route_req, tcp_v4_syn_recv_sock } from '../tcp_ipv4/conn_request.ts';
import type { SynRecvResult } from '../tcp_ipv4/conn_request.ts';
import { tcp_v4_mtu_reduced } from '../tcp_ipv4/icmp.ts';
import type { tcp_seq_and_ts_off } from '../tcp_ipv4/hash.ts';
import { tcp_v4_reqsk_send_ack, tcp_v4_send_reset } from '../tcp_ipv4/reset.ts';
import { tcp_v4_send_synack } from '../tcp_ipv4/synack.ts';

/** Whether the socket's segments go over IPv6. @helper */
export function overIpv6(sk: sock): boolean {
  return sk.icsk!.icsk_af_ops === 'ipv6_specific';
}

/** icsk->icsk_af_ops->rebuild_header(sk) @helper */
export function rebuildHeader(cpu: Cpu, sk: sock): number {
  return overIpv6(sk) ? inet6_sk_rebuild_header(cpu, sk) : inet_sk_rebuild_header(cpu, sk);
}

/** icsk->icsk_af_ops->mtu_reduced(sk) @helper */
export function mtuReduced(cpu: Cpu, sk: sock): void {
  if (overIpv6(sk)) tcp_v6_mtu_reduced(cpu, sk);
  else tcp_v4_mtu_reduced(cpu, sk);
}

/** icsk->icsk_af_ops->conn_request(sk, skb) @helper */
export function connRequest(cpu: Cpu, sk: sock, skb: sk_buff): number {
  return sk.sk_family === AF_INET6 ? tcp_v6_conn_request(cpu, sk, skb) : tcp_v4_conn_request(cpu, sk, skb);
}

/** icsk->icsk_af_ops->syn_recv_sock(sk, skb, req, ...) @helper */
export function synRecvSock(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock, req_unhash: request_sock | null): SynRecvResult {
  return sk.sk_family === AF_INET6 ? tcp_v6_syn_recv_sock(cpu, sk, skb, req, req_unhash) : tcp_v4_syn_recv_sock(cpu, sk, skb, req, req_unhash);
}

/** af_ops->route_req(sk, skb, &fl, req, isn) @helper */
export function routeSyn(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock): dst_entry | null {
  return skb.protocol === ETH_P_IPV6 ? tcp_v6_route_req(cpu, sk, skb, req) : tcp_v4_route_req(cpu, sk, req);
}

/** The route of a request's answers; null without one. @helper */
export function routeReq(cpu: Cpu, sk: sock, req: request_sock): dst_entry | null {
  return req.ir_v6_rmt_addr !== null ? inet6_csk_route_req(cpu, sk, requestFlow(sk, req), req) : inet_csk_route_req(cpu, sk, req);
}

/** af_ops->init_seq_and_ts_off(net, skb) @helper */
export function initSeqAndTsOff(cpu: Cpu, skb: sk_buff): tcp_seq_and_ts_off {
  return skb.protocol === ETH_P_IPV6 ? tcp_v6_init_seq_and_ts_off(cpu, skb) : tcp_v4_init_seq_and_ts_off(cpu, skb);
}

/** af_ops->send_synack(sk, dst, &fl, req, foc, type, skb) @helper */
export function sendSynack(cpu: Cpu, sk: sock, dst: dst_entry | null, req: request_sock, foc: tcp_fastopen_cookie | null, synack_type: tcp_synack_type): number {
  return req.ir_v6_rmt_addr !== null ? tcp_v6_send_synack(cpu, sk, dst, req, foc, synack_type) : tcp_v4_send_synack(cpu, sk, dst, req, foc, synack_type);
}

/** req->rsk_ops->send_ack(sk, skb, req) @helper */
export function reqskSendAck(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock): void {
  if (skb.protocol === ETH_P_IPV6) tcp_v6_reqsk_send_ack(cpu, sk, skb, req);
  else tcp_v4_reqsk_send_ack(cpu, sk, skb, req);
}

/** req->rsk_ops->send_reset(sk, skb) @helper */
export function sendReset(cpu: Cpu, sk: sock | inet_timewait_sock | null, skb: sk_buff): void {
  if (skb.protocol === ETH_P_IPV6) tcp_v6_send_reset(cpu, sk, skb);
  else tcp_v4_send_reset(cpu, sk, skb);
}
