/** net/ipv4/route.c: where packets go. */
import type { Cpu } from '../../../machine/types.ts';
import type { dst_entry, flowi4 } from '../../include/net/dst.ts';
import type { sock } from '../../include/net/sock.ts';
import { __ip_route_output_key, ip_route_output_flow } from './route/output.ts';

export {
  find_exception, ipv4_default_advmss, ipv4_dst_check, ipv4_mtu, ipv4_negative_advice, rt_dst_alloc, rt_nexthop,
} from './route/cache.ts';
export { ip_mkroute_input, ip_route_input_noref, ip_route_input_slow, ip_route_use_hint } from './route/input.ts';
export {
  __ip_route_output_key, __mkroute_output, createFlowi4, ip_route_output_flow, ip_route_output_key, ip_route_output_key_hash,
} from './route/output.ts';
export { ip_error, ipv4_link_failure } from './route/error.ts';
export { inet_csk_update_pmtu, ip_rt_update_pmtu, ipv4_sk_update_pmtu, ipv4_update_pmtu } from './route/pmtu.ts';

/** include/net/route.h: for connect(), which may know neither source address nor, yet, source port. */
export function ip_route_connect(cpu: Cpu, fl4: flowi4, sk: sock): dst_entry | number {
  if (fl4.daddr === 0 || fl4.saddr === 0) {
    const rt = __ip_route_output_key(cpu, fl4);
    if (typeof rt === 'number') return rt;
  }
  return ip_route_output_flow(cpu, fl4, sk);
}

/** The route again once the ports are chosen. */
export function ip_route_newports(cpu: Cpu, fl4: flowi4, rt: dst_entry, orig_sport: number, orig_dport: number, sport: number, dport: number, sk: sock): dst_entry | number {
  if (sport === orig_sport && dport === orig_dport) return rt;
  fl4.fl4_sport = sport;
  fl4.fl4_dport = dport;
  return ip_route_output_flow(cpu, fl4, sk);
}
