/** Both ends of a veth pair (drivers/net/veth.c veth_newlink). */
import type { Host } from '../../include/linux/host.ts';
import type { in_device } from '../../include/linux/inetdevice.ts';
import { NETIF_F_FRAGLIST, NETIF_F_GSO_ACCECN, NETIF_F_LLTX } from '../../include/linux/netdevice.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import { alloc_netdev, attach_noqueue, register_netdevice } from '../../net/core/dev/netdev.ts';
import type { veth_priv } from './veth.ts';

export interface VethEnd { host: Host; name: string; mac: readonly number[]; mtu: number; in_dev: in_device; rps_cpus: readonly number[] }

/** @helper Two devices, up and registered, each the other's peer; their hosts may differ. */
export function veth_newlink(first: VethEnd, second: VethEnd): net_device[] {
  const a = veth_setup(first);
  const b = veth_setup(second);
  (a.priv as veth_priv).peer = b;
  (b.priv as veth_priv).peer = a;
  return [a, b];
}

/** @helper */
function veth_setup(end: VethEnd): net_device {
  const dev = alloc_netdev(end.host, end.name, 'veth', end.mac, 1, 1, end.in_dev);
  dev.mtu = end.mtu;
  dev.rps_cpus = end.rps_cpus.slice();
  dev.features |= NETIF_F_LLTX | NETIF_F_FRAGLIST | NETIF_F_GSO_ACCECN;
  dev.priv = { peer: null, dropped: 0, incoming: [] } satisfies veth_priv;
  register_netdevice(dev);
  attach_noqueue(dev);
  return dev;
}
