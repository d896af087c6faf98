/** Sending to a neighbour: with the cached header, or after asking for its address (net/core/neighbour.c). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { NUD_CONNECTED, NUD_DELAY, NUD_PROBE } from '../../../include/net/neighbour.ts';
import type { neighbour } from '../../../include/net/neighbour.ts';
import { jiffies } from '../../../kernel/time/timer.ts';
import { dev_hard_header } from '../../ethernet/eth.ts';
import { dev_queue_xmit } from '../dev/xmit.ts';
import { __skb_pull, skb_network_offset } from '../skbuff/data.ts';
import { skb_cow_head } from '../skbuff/clone.ts';
import { kfree_skb_reason } from '../skbuff/free.ts';
import { __neigh_event_send } from './event.ts';

const ENETDOWN = 100;
const ETH_HLEN = 14;
/** LL_RESERVED_SPACE of Ethernet. */
const HH_DATA_ALIGNED = 16;

const outputs = { neigh_resolve_output, neigh_connected_output, neigh_direct_output, neigh_blackhole } satisfies
  Record<string, (cpu: Cpu, neigh: neighbour, skb: sk_buff) => number>;

/** The cached header when the entry is connected and has one; else the entry's own output function. */
export function neigh_output(cpu: Cpu, n: neighbour, skb: sk_buff, skip_cache: boolean): number {
  if (!skip_cache && (n.nud_state & NUD_CONNECTED) !== 0 && n.hh_len !== 0) return neigh_hh_output(cpu, n, skb);
  return neighOutputFunction(cpu, n, skb);
}

/** n->output @helper */
export function neighOutputFunction(cpu: Cpu, n: neighbour, skb: sk_buff): number {
  return outputs[n.output as keyof typeof outputs](cpu, n, skb);
}

export function neigh_hh_output(cpu: Cpu, n: neighbour, skb: sk_buff): number {
  skb_cow_head(cpu, skb, HH_DATA_ALIGNED);
  dev_hard_header(cpu, skb, n.dev, skb.protocol, n.ha, null);
  return dev_queue_xmit(cpu, skb);
}

/** Asks for the address if it is not known (the packet then waits), else builds the header and sends. */
export function neigh_resolve_output(cpu: Cpu, neigh: neighbour, skb: sk_buff): number {
  spend(cpu, cpu.costs.neigh_resolve);
  if (neigh_event_send(cpu, neigh, skb)) return 0;
  if (neigh.hh_len === 0) neigh_hh_init(neigh);
  return withHeader(cpu, neigh, skb);
}

export function neigh_connected_output(cpu: Cpu, neigh: neighbour, skb: sk_buff): number {
  return withHeader(cpu, neigh, skb);
}

export function neigh_direct_output(cpu: Cpu, _neigh: neighbour, skb: sk_buff): number {
  return dev_queue_xmit(cpu, skb);
}

export function neigh_blackhole(cpu: Cpu, neigh: neighbour, skb: sk_buff): number {
  kfree_skb_reason(cpu, skb, 'NEIGH_DEAD', { condition: 'neigh->output == neigh_blackhole', values: { nud_state: neigh.nud_state } });
  return -ENETDOWN;
}

/** @helper */
function withHeader(cpu: Cpu, neigh: neighbour, skb: sk_buff): number {
  skb_cow_head(cpu, skb, HH_DATA_ALIGNED);
  __skb_pull(skb, skb_network_offset(skb));
  dev_hard_header(cpu, skb, neigh.dev, skb.protocol, neigh.ha, null);
  return dev_queue_xmit(cpu, skb);
}

/** From now on connected entries need not pass here. */
export function neigh_hh_init(neigh: neighbour): void {
  neigh.hh_len = ETH_HLEN;
}

/** True: the packet waits for the address (or was dropped). */
export function neigh_event_send(cpu: Cpu, neigh: neighbour, skb: sk_buff | null): boolean {
  neigh.used = jiffies(cpu);
  if ((neigh.nud_state & (NUD_CONNECTED | NUD_DELAY | NUD_PROBE)) !== 0) return false;
  return __neigh_event_send(cpu, neigh, skb);
}

/** A transport heard from the peer: the entry is good. */
export function neigh_confirm(cpu: Cpu, n: neighbour): void {
  n.confirmed = jiffies(cpu);
}

export function sock_confirm_neigh(cpu: Cpu, skb: sk_buff, n: neighbour): void {
  if (!skb.dst_pending_confirm) return;
  if (skb.sk !== null) skb.sk.sk_dst_pending_confirm = false;
  neigh_confirm(cpu, n);
}
