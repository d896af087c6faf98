/** Where a packet's route sends it (include/net/dst.h): input and output functions by name. */
import { RTAX_ADVMSS } from '../../include/linux/rtnetlink.ts';
import { dst_metric_raw } from '../../include/net/dst.ts';
import { ipv4_default_advmss, ipv4_mtu } from '../ipv4/route/cache.ts';
import { ip6_forward } from '../ipv6/ip6_forward.ts';
import { ip6_input, ip6_mc_input } from '../ipv6/ip6_input.ts';
import { ip6_output } from '../ipv6/ip6_output/output.ts';
import { ip6_pkt_discard, ip6_pkt_discard_out } from '../ipv6/route/discard.ts';
import { ip6_default_advmss, ip6_dst_check, ip6_mtu } from '../ipv6/route/nexthop.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import type { sock } from '../../include/net/sock.ts';
import type { dst_entry } from '../../include/net/dst.ts';
import { ip_forward } from '../ipv4/ip_forward.ts';
import { ip_local_deliver } from '../ipv4/ip_input.ts';
import { ip_mc_output, ip_output } from '../ipv4/ip_output/output.ts';
import { ip_error } from '../ipv4/route/error.ts';
import { ipv4_dst_check } from '../ipv4/route/cache.ts';
import { ipv4_confirm_neigh } from '../ipv4/route/confirm.ts';
import { kfree_skb_reason } from './skbuff/free.ts';

const inputs = { ip_local_deliver, ip_forward, ip_error, ip6_input, ip6_mc_input, ip6_forward, ip6_pkt_discard, dst_discard } satisfies Record<string, (cpu: Cpu, skb: sk_buff) => number>;
const outputs = { ip_output, ip_mc_output, ip6_output, ip6_pkt_discard_out, dst_discard_out } satisfies Record<string, (cpu: Cpu, sk: sock | null, skb: sk_buff) => number>;

/** On with a received packet: to this host, or onwards. */
export function dst_input(cpu: Cpu, skb: sk_buff): number {
  return inputs[skb.dst!.input as keyof typeof inputs](cpu, skb);
}

/** On with a packet to be sent. */
export function dst_output(cpu: Cpu, sk: sock | null, skb: sk_buff): number {
  return outputs[skb.dst!.output as keyof typeof outputs](cpu, sk, skb);
}

export function dst_discard(cpu: Cpu, skb: sk_buff): number {
  kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: 'dst->input == dst_discard', values: {} });
  return 0;
}

export function dst_discard_out(cpu: Cpu, _sk: sock | null, skb: sk_buff): number {
  return dst_discard(cpu, skb);
}

/** The route if it is still good, else null: it has to be looked up again. */
export function dst_check(cpu: Cpu, dst: dst_entry): dst_entry | null {
  return dst.rt6 === null ? ipv4_dst_check(cpu, dst) : ip6_dst_check(cpu, dst);
}

/** The largest packet that may leave by the route. @helper */
export function dst_mtu(cpu: Cpu, dst: dst_entry): number {
  return dst.rt6 === null ? ipv4_mtu(cpu, dst) : ip6_mtu(cpu, dst);
}

/** The largest segment to announce. @helper */
export function dst_metric_advmss(cpu: Cpu, dst: dst_entry): number {
  return dst_metric_raw(dst, RTAX_ADVMSS) || (dst.rt6 === null ? ipv4_default_advmss(cpu, dst) : ip6_default_advmss(cpu, dst));
}

/** The route that the socket remembers, if it is still good. */
export function sk_dst_check(cpu: Cpu, sk: sock): dst_entry | null {
  const dst = sk.sk_dst_cache;
  if (dst === null || dst_check(cpu, dst) !== null) return dst;
  sk.sk_dst_cache = null;
  return null;
}

/** The same, by the socket's owner: a stale route also lets the sending queue be chosen anew. */
export function __sk_dst_check(cpu: Cpu, sk: sock): dst_entry | null {
  const dst = sk.sk_dst_cache;
  if (dst === null || dst_check(cpu, dst) !== null) return dst;
  sk.sk_tx_queue_mapping = -1;
  sk.sk_dst_pending_confirm = false;
  sk.sk_dst_cache = null;
  return null;
}

/** @helper */
export function sk_dst_set(sk: sock, dst: dst_entry | null): void {
  sk.sk_tx_queue_mapping = -1;
  sk.sk_dst_pending_confirm = false;
  sk.sk_dst_cache = dst;
}

/** @helper */
export function sk_dst_reset(sk: sock): void {
  sk_dst_set(sk, null);
}

/** A program has heard from `daddr` (MSG_CONFIRM with MSG_PROBE): its neighbour is reachable. */
export function dst_confirm_neigh(cpu: Cpu, dst: dst_entry, daddr: number): void {
  ipv4_confirm_neigh(cpu, dst, daddr);
}
