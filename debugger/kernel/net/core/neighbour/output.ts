/** Sending to a neighbour (net/core/neighbour.c, include/net/neighbour.h): at once when its address is known, else by way of its queue. */
import { put_unaligned_be16 } from '../../../include/asm-generic/unaligned.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { ETH_HLEN } from '../../../include/linux/if_ether.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { NUD_CONNECTED, NUD_DELAY, NUD_PROBE } from '../../../include/net/neighbour.ts';
import type { neighbour } from '../../../include/net/neighbour.ts';
import { jiffies } from '../../../kernel/time/jiffies.ts';
import { dev_hard_header } from '../../ethernet/eth.ts';
import { dev_queue_xmit } from '../dev/xmit.ts';
import { __skb_pull, __skb_push, skb_network_offset } from '../skbuff/data.ts';
import { kfree_skb_reason } from '../skbuff/free.ts';
import { __neigh_event_send } from './event.ts';

const outputs = { neigh_resolve_output, neigh_connected_output, neigh_direct_output, neigh_blackhole } satisfies
  Record<string, (cpu: Cpu, neigh: neighbour, skb: sk_buff) => number>;

/** @helper neigh->output(neigh, skb) */
export function callNeighOutput(cpu: Cpu, neigh: neighbour, skb: sk_buff): number {
  return outputs[neigh.output as keyof typeof outputs](cpu, neigh, skb);
}

/** Reachable and with a header made before: that header again. Everything else is the entry's output function. */
export function neigh_output(cpu: Cpu, n: neighbour, skb: sk_buff): number {
  if ((n.nud_state & NUD_CONNECTED) !== 0 && n.hh_len !== 0) return neigh_hh_output(cpu, n, skb);
  return callNeighOutput(cpu, n, skb);
}

/** The cached Ethernet header (struct hh_cache) goes in front. */
export function neigh_hh_output(cpu: Cpu, n: neighbour, skb: sk_buff): number {
  const head = skb.head;
  const at = __skb_push(skb, ETH_HLEN);
  const ha = n.ha;
  const own = n.dev.dev_addr;
  for (let i = 0; i < 6; i++) {
    head[at + i] = ha[i]!;
    head[at + 6 + i] = own[i]!;
  }
  put_unaligned_be16(n.tbl.protocol, head, at + 12);
  return dev_queue_xmit(cpu, skb);
}

/** Finds out the address first if need be; keeps the header for the next packet. */
export function neigh_resolve_output(cpu: Cpu, neigh: neighbour, skb: sk_buff): number {
  spend(cpu, cpu.costs.neigh_resolve);
  if (neigh_event_send(cpu, neigh, skb) !== 0) return 0;
  if (neigh.hh_len === 0) neigh_hh_init(neigh);
  return sendWithHeader(cpu, neigh, skb);
}

/** @helper */
function sendWithHeader(cpu: Cpu, neigh: neighbour, skb: sk_buff): number {
  __skb_pull(skb, skb_network_offset(skb));
  dev_hard_header(cpu, skb, neigh.dev, skb.protocol, neigh.ha, null);
  return dev_queue_xmit(cpu, skb);
}

/** From now on neigh_hh_output has a header to copy. */
export function neigh_hh_init(neigh: neighbour): void {
  neigh.hh_len = ETH_HLEN;
}

export function neigh_connected_output(cpu: Cpu, neigh: neighbour, skb: sk_buff): number {
  return sendWithHeader(cpu, neigh, skb);
}

export function neigh_direct_output(cpu: Cpu, _neigh: neighbour, skb: sk_buff): number {
  return dev_queue_xmit(cpu, skb);
}

export function neigh_blackhole(cpu: Cpu, neigh: neighbour, skb: sk_buff): number {
  kfree_skb_reason(cpu, skb, 'NEIGH_DEAD', { condition: 'neigh->output == neigh_blackhole', values: { dead: Number(neigh.dead) } });
  return 1;
}

/** The entry is used. 0: the packet may go now; 1: it waits for the address, or was dropped. */
export function neigh_event_send(cpu: Cpu, neigh: neighbour, skb: sk_buff | null): number {
  neigh.used = jiffies(cpu);
  if ((neigh.nud_state & (NUD_CONNECTED | NUD_DELAY | NUD_PROBE)) !== 0) return 0;
  return __neigh_event_send(cpu, neigh, skb, true);
}

/** A packet whose sender has heard from this neighbour lately confirms the entry. */
export function sock_confirm_neigh(cpu: Cpu, skb: sk_buff, n: neighbour): void {
  if (!skb.dst_pending_confirm) return;
  const sk = skb.sk;
  neigh_confirm(cpu, n);
  if (sk?.sk_dst_pending_confirm === true) sk.sk_dst_pending_confirm = false;
}

/** @helper */
export function neigh_confirm(cpu: Cpu, n: neighbour): void {
  n.confirmed = jiffies(cpu);
}
