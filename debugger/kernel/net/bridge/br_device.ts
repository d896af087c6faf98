/** The bridge's own device: what this host sends by it (net/bridge/br_device.c). */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { ETH_HLEN } from '../../include/linux/if_ether.ts';
import { NETDEV_TX_OK } from '../../include/linux/netdevice.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { __skb_pull, skb_reset_mac_header } from '../core/skbuff/data.ts';
import { br_fdb_find_rcu } from './br_fdb.ts';
import { br_flood, br_forward } from './br_forward.ts';
import type { net_bridge } from './br_private.ts';

/** To the port behind which the destination is, or to all. */
export function br_dev_xmit(cpu: Cpu, skb: sk_buff, dev: net_device): number {
  spend(cpu, cpu.costs.br_forward);
  const br = dev.priv as net_bridge;
  dev.stats.tx_packets++;
  dev.stats.tx_bytes += skb.len;
  skb_reset_mac_header(skb);
  __skb_pull(skb, ETH_HLEN);
  const dest = skb.mac_header;
  const dst = (skb.head[dest]! & 1) === 1 ? null : br_fdb_find_rcu(cpu, br, skb.head, dest);
  if (dst !== null && dst.dst !== null) br_forward(cpu, dst.dst, skb, false, true);
  else br_flood(cpu, br, skb, false, true);
  return NETDEV_TX_OK;
}
