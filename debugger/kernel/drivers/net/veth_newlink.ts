/** Both ends of a veth pair (drivers/net/veth.c veth_newlink). */
import type { Host } from '../../include/linux/host.ts';
import type { in_device } from '../../include/linux/inetdevice.ts';
import { NETIF_F_FRAGLIST, NETIF_F_GRO, NETIF_F_GSO_SOFTWARE, NETIF_F_LLTX } from '../../include/linux/netdevice.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import { napi_hash_add } from '../../net/core/dev/busy_poll.ts';
import { withOffloads } from '../../net/core/dev/features.ts';
import { createNapi } from '../../net/core/dev/softnet.ts';
import { alloc_netdev, attach_noqueue, register_netdevice } from '../../net/core/dev/netdev.ts';
import type { veth_priv } from './veth.ts';

export interface VethEnd { host: Host; name: string; mac: readonly number[]; mtu: number; in_dev: in_device; rps_cpus: readonly number[]; offloads: Readonly<Record<string, boolean>> }

/** @helper Two devices, up and registered, each the other's peer; their hosts may differ. */
export function veth_newlink(first: VethEnd, second: VethEnd): net_device[] {
  const a = veth_setup(first);
  const b = veth_setup(second);
  (a.priv as veth_priv).peer = b;
  (b.priv as veth_priv).peer = a;
  return [a, b];
}

/** @helper GRO was switched on: from now on there is something to poll. */
function veth_napi_enable(dev: net_device): void {
  const napi = createNapi(dev.name, dev, 'veth_poll', null);
  napi_hash_add(dev.host, napi);
  (dev.priv as veth_priv).rq.napi = napi;
}

/** @helper */
function veth_setup(end: VethEnd): net_device {
  const dev = alloc_netdev(end.host, end.name, 'veth', end.mac, 1, 1, end.in_dev);
  dev.mtu = end.mtu;
  dev.rps_cpus = end.rps_cpus.slice();
  dev.features |= NETIF_F_LLTX | NETIF_F_FRAGLIST | NETIF_F_GSO_SOFTWARE;
  dev.features &= ~NETIF_F_GRO;
  dev.features = withOffloads(dev.features, end.offloads);
  dev.priv = { peer: null, dropped: 0, incoming: [], rq: { napi: null, dev, rx_notify_masked: false, xdp_ring: [] } } satisfies veth_priv;
  register_netdevice(dev);
  if ((dev.features & NETIF_F_GRO) !== 0) veth_napi_enable(dev);
  attach_noqueue(dev);
  return dev;
}
