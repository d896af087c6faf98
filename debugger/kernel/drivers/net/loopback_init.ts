/** lo of a host (drivers/net/loopback.c loopback_net_init). */
import type { Host } from '../../include/linux/host.ts';
import type { in_device } from '../../include/linux/inetdevice.ts';
import { IFF_LOOPBACK, IFF_NOARP, IFF_UP, NETIF_F_FRAGLIST, NETIF_F_GSO_SOFTWARE, NETIF_F_LLTX } from '../../include/linux/netdevice.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import { alloc_netdev, attach_noqueue, register_netdevice } from '../../net/core/dev/netdev.ts';

const LOOPBACK_MTU = 65536;

/** @helper Up, with ifindex 1: make it first. */
export function loopback_net_init(host: Host, in_dev: in_device): net_device {
  const dev = alloc_netdev(host, 'lo', 'loopback', [0, 0, 0, 0, 0, 0], 1, 1, in_dev);
  dev.flags = IFF_UP | IFF_LOOPBACK | IFF_NOARP;
  dev.priv_flags = 0;
  dev.broadcast = [0, 0, 0, 0, 0, 0];
  dev.mtu = LOOPBACK_MTU;
  dev.features |= NETIF_F_LLTX | NETIF_F_FRAGLIST | NETIF_F_GSO_SOFTWARE;
  register_netdevice(dev);
  attach_noqueue(dev);
  return dev;
}
