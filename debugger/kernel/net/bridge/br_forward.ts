/** Out by one port, or by all others (net/bridge/br_forward.c). */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { ETH_HLEN } from '../../include/linux/if_ether.ts';
import { CHECKSUM_COMPLETE, CHECKSUM_NONE } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { __is_skb_forwardable } from '../core/dev/forward.ts';
import { dev_queue_xmit } from '../core/dev/xmit.ts';
import { skb_clone } from '../core/skbuff/clone.ts';
import { skb_push } from '../core/skbuff/data.ts';
import { kfree_skb_reason } from '../core/skbuff/free.ts';
import { BR_STATE_FORWARDING } from './br_private.ts';
import type { net_bridge, net_bridge_port } from './br_private.ts';

/** Never back to where it came from, and only by a port that forwards. */
export function should_deliver(p: net_bridge_port, skb: sk_buff): boolean {
  return skb.dev !== p.dev && p.state === BR_STATE_FORWARDING;
}

/** The frame with its Ethernet header, to the port's device. */
export function br_dev_queue_push_xmit(cpu: Cpu, skb: sk_buff): number {
  skb_push(skb, ETH_HLEN);
  const dev = skb.dev!;
  if (__is_skb_forwardable(dev, skb)) return dev_queue_xmit(cpu, skb);
  kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: '!is_skb_forwardable(skb->dev, skb)', values: { len: skb.len, mtu: dev.mtu, flags: dev.flags } });
  return 0;
}

export function br_forward_finish(cpu: Cpu, skb: sk_buff): number {
  return br_dev_queue_push_xmit(cpu, skb);
}

/** `local_orig`: this host sends it; else a checksum over the whole frame, which the receiving device gave, holds no longer. */
export function __br_forward(cpu: Cpu, to: net_bridge_port, skb: sk_buff, local_orig: boolean): void {
  spend(cpu, cpu.costs.br_forward);
  skb.dev = to.dev;
  if (!local_orig && skb.ip_summed === CHECKSUM_COMPLETE) skb.ip_summed = CHECKSUM_NONE;
  br_forward_finish(cpu, skb);
}

/** A copy of the struct goes, the packet itself is still needed. */
export function deliver_clone(cpu: Cpu, prev: net_bridge_port, skb: sk_buff, local_orig: boolean): void {
  __br_forward(cpu, prev, skb_clone(cpu, skb), local_orig);
}

/** To the port that the database names. `local_rcv`: this host wants it, too, and has it still. */
export function br_forward(cpu: Cpu, to: net_bridge_port, skb: sk_buff, local_rcv: boolean, local_orig: boolean): void {
  if (!should_deliver(to, skb)) {
    if (!local_rcv) kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: '!should_deliver(to, skb)', values: { port_no: to.port_no, state: to.state } });
  } else if (local_rcv) deliver_clone(cpu, to, skb, local_orig);
  else __br_forward(cpu, to, skb, local_orig);
}

/** To every port but its own: a broadcast, or an address that nobody has been heard from. The last gets the packet, the others clones. */
export function br_flood(cpu: Cpu, br: net_bridge, skb: sk_buff, local_rcv: boolean, local_orig: boolean): void {
  let prev: net_bridge_port | null = null;
  for (const p of br.port_list) {
    if (!should_deliver(p, skb)) continue;
    if (prev !== null) deliver_clone(cpu, prev, skb, local_orig);
    prev = p;
  }
  if (prev === null) {
    if (!local_rcv) kfree_skb_reason(cpu, skb, 'NO_TX_TARGET', { condition: '!prev: no port to deliver to', values: { ports: br.port_list.length } });
  } else if (local_rcv) deliver_clone(cpu, prev, skb, local_orig);
  else __br_forward(cpu, prev, skb, local_orig);
}
