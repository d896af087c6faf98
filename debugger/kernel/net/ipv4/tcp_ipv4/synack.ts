/** Sending a SYN-ACK (net/ipv4/tcp_ipv4.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import type { sock } from '../../../include/net/sock.ts';
import { INET_ECN_MASK } from '../../../include/net/tcp.ts';
import type { tcp_fastopen_cookie } from '../../../include/net/tcp_fastopen.ts';
import type { request_sock, tcp_synack_type } from '../../../include/net/tcp_sock.ts';
import { inet_csk_route_req } from '../inet_connection_sock/request.ts';
import { ip_build_and_send_pkt } from '../ip_output.ts';
import { tcp_make_synack } from '../tcp_output/synack.ts';
import { __tcp_v4_send_check } from './checksum.ts';

/** `dst`: the route, null: to be looked up. `foc`: what Fast Open's option says. 0, or an error. */
export function tcp_v4_send_synack(cpu: Cpu, sk: sock, dst: dst_entry | null, req: request_sock, foc: tcp_fastopen_cookie | null, synack_type: tcp_synack_type): number {
  const route = dst ?? inet_csk_route_req(cpu, sk, req);
  if (route === null) return -1;
  const skb = tcp_make_synack(cpu, sk, route, req, foc, synack_type);
  const reflect = cpu.host.knobs.sysctl_tcp_reflect_tos! !== 0;
  const tos = reflect ? (req.syn_tos & ~INET_ECN_MASK) | (sk.inet.tos & INET_ECN_MASK) : sk.inet.tos;
  req.syn_ect_snt = tos & INET_ECN_MASK;
  __tcp_v4_send_check(cpu, skb, req.ir_loc_addr, req.ir_rmt_addr);
  const err = ip_build_and_send_pkt(cpu, skb, sk, req.ir_loc_addr, req.ir_rmt_addr, tos & ~INET_ECN_MASK);
  return err === 2 ? 0 : err;
}
