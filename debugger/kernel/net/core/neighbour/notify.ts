/** Tells user space that an entry has changed (rtnetlink): a message is made for each change, though nobody listens here. */
import type { Cpu } from '../../../../machine/types.ts';
import type { neighbour } from '../../../include/net/neighbour.ts';
import { alloc_skb } from '../skbuff/alloc.ts';
import { skb_put } from '../skbuff/data.ts';
import { netlink_broadcast_filtered } from '../../netlink/af_netlink.ts';

/** neigh_nlmsg_size(): header, struct ndmsg, both addresses, cache information and probes. */
const NEIGH_NLMSG_SIZE = 124;

export function __neigh_notify(cpu: Cpu, n: neighbour): void {
  const skb = alloc_skb(cpu, NEIGH_NLMSG_SIZE);
  __neigh_fill_info(skb.head, skb_put(skb, NEIGH_NLMSG_SIZE), n);
  netlink_broadcast_filtered(cpu, skb);
}

/** State and address, as far as anybody could look at them here. */
function __neigh_fill_info(bytes: Uint8Array, at: number, n: neighbour): void {
  bytes[at + 24] = n.nud_state;
  for (let i = 0; i < 6; i++) bytes[at + 40 + i] = n.ha[i]!;
}
