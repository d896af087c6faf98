/** Routes of connections over IPv6, and their segments' way down (net/ipv6/inet6_connection_sock.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import type { dst_entry } from '../../include/net/dst.ts';
import type { flowi6 } from '../../include/net/ip6_fib.ts';
import type { sock } from '../../include/net/sock.ts';
import type { request_sock } from '../../include/net/tcp_sock.ts';
import { __sk_dst_check } from '../core/dst.ts';
import { kfree_skb_reason } from '../core/skbuff/free.ts';
import { sk_setup_caps } from '../core/sock/caps.ts';
import { ip6_dst_lookup_flow } from './ip6_output/dst_lookup.ts';
import { ip6_xmit } from './ip6_output/xmit.ts';
import { createFlowi6 } from './route/lookup.ts';
import { __ip6_rt_update_pmtu } from './route/pmtu.ts';

/** Route of the answer to a SYN; null when there is none. */
export function inet6_csk_route_req(cpu: Cpu, sk: sock, fl6: flowi6, req: request_sock): dst_entry | null {
  Object.assign(fl6, requestFlow(sk, req));
  const dst = ip6_dst_lookup_flow(cpu, sk, fl6);
  return typeof dst === 'number' ? null : dst;
}

/** The flow of a request's answers. @helper */
export function requestFlow(sk: sock, req: request_sock): flowi6 {
  return createFlowi6(sk.sk_protocol, req.ir_iif, sk.inet.pinet6!.tclass, req.ir_v6_loc_addr!, req.ir_v6_rmt_addr!, req.ir_num, req.ir_rmt_port);
}

/** The flow of a connection. @helper */
export function connectionFlow(sk: sock): flowi6 {
  const inet = sk.inet;
  const np = inet.pinet6!;
  return createFlowi6(sk.sk_protocol, sk.sk_bound_dev_if, np.tclass, np.saddr, sk.sk_v6_daddr!, inet.inet_sport, inet.inet_dport);
}

/** The connection's route, looked up anew when it has gone stale; a negative errno when there is none. */
function inet6_csk_route_socket(cpu: Cpu, sk: sock): dst_entry | number {
  const known = __sk_dst_check(cpu, sk);
  if (known !== null) return known;
  const fl6 = connectionFlow(sk);
  const dst = ip6_dst_lookup_flow(cpu, sk, fl6);
  if (typeof dst !== 'number') ip6_dst_store(cpu, sk, dst, fl6);
  return dst;
}

/** The socket remembers route and flow. */
export function ip6_dst_store(cpu: Cpu, sk: sock, dst: dst_entry, fl6: flowi6): void {
  sk.inet.cork.fl6 = fl6;
  sk_setup_caps(cpu, sk, dst);
}

/** A segment of a connected socket gets its IPv6 header. */
export function inet6_csk_xmit(cpu: Cpu, sk: sock, skb: sk_buff): number {
  const dst = inet6_csk_route_socket(cpu, sk);
  if (typeof dst === 'number') {
    sk.sk_err_soft = -dst;
    sk.sk_route_caps = 0;
    kfree_skb_reason(cpu, skb, 'IP_OUTNOROUTES', { condition: 'IS_ERR(dst)', values: { daddr: sk.sk_v6_daddr!, err: dst } });
    return dst;
  }
  skb.dst = dst;
  const np = sk.inet.pinet6!;
  return ip6_xmit(cpu, sk, skb, sk.inet.cork.fl6 ?? connectionFlow(sk), sk.sk_mark, np.tclass, sk.sk_priority);
}

/** The path takes no more than `mtu` bytes: the route that knows it, null without one. */
export function inet6_csk_update_pmtu(cpu: Cpu, sk: sock, mtu: number): dst_entry | null {
  const dst = inet6_csk_route_socket(cpu, sk);
  if (typeof dst === 'number') return null;
  __ip6_rt_update_pmtu(cpu, dst, sk.sk_v6_daddr!, mtu);
  sk.sk_dst_cache = null;
  const fresh = inet6_csk_route_socket(cpu, sk);
  return typeof fresh === 'number' ? null : fresh;
}
