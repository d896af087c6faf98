/** Bridges and their ports, made and joined (net/bridge/br_if.c, br_stp_if.c). */
import type { Host } from '../../include/linux/host.ts';
import type { in_device } from '../../include/linux/inetdevice.ts';
import { NETIF_F_FRAGLIST, NETIF_F_GRO, NETIF_F_GSO_SOFTWARE, NETIF_F_LLTX } from '../../include/linux/netdevice.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import { HZ } from '../../kernel/time/jiffies.ts';
import { INIT_DELAYED_WORK, mod_delayed_work } from '../../kernel/workqueue/delayed.ts';
import { alloc_netdev, attach_noqueue, register_netdevice } from '../core/dev/netdev.ts';
import { dev_set_promiscuity } from '../core/dev/promiscuity.ts';
import { fdb_create } from './br_fdb.ts';
import { BR_STATE_FORWARDING } from './br_private.ts';
import type { net_bridge, net_bridge_port } from './br_private.ts';

const BR_DEFAULT_AGEING_TIME = 300 * HZ;

/** A bridge that is up, without ports and without spanning tree. `mac` null: it takes the lowest of its ports'. */
export function br_add_bridge(host: Host, name: string, mac: readonly number[] | null, mtu: number, in_dev: in_device): net_device {
  const dev = alloc_netdev(host, name, 'bridge', mac ?? [0, 0, 0, 0, 0, 0], 1, 1, in_dev);
  dev.mtu = mtu;
  dev.features = (dev.features | NETIF_F_LLTX | NETIF_F_FRAGLIST | NETIF_F_GSO_SOFTWARE) & ~NETIF_F_GRO;
  const br: net_bridge = { dev, port_list: [], fdb_list: [], ageing_time: BR_DEFAULT_AGEING_TIME, gc_work: INIT_DELAYED_WORK('br_fdb_cleanup', null) };
  br.gc_work.work.data = br;
  dev.priv = br;
  register_netdevice(dev);
  attach_noqueue(dev);
  mod_delayed_work(host.cpus[0]!, 'system_percpu_wq', br.gc_work, HZ / 10);
  return dev;
}

/** Makes a device a port: all it receives is the bridge's from now on, also what is for others. */
export function br_add_if(br: net_bridge, dev: net_device): net_bridge_port {
  const p: net_bridge_port = { br, dev, port_no: br.port_list.length + 1, state: BR_STATE_FORWARDING };
  dev_set_promiscuity(dev.host.cpus[0]!, dev, 1);
  dev.rx_handler = 'br_handle_frame';
  dev.rx_handler_data = p;
  br.port_list.unshift(p);
  fdb_create(br, p, dev.dev_addr, true, 0);
  return p;
}

/** The bridge's address, once its ports are known (br_stp_recalculate_bridge_id): frames for it go up. */
export function br_stp_recalculate_bridge_id(br: net_bridge): void {
  const { dev } = br;
  if (dev.dev_addr.every((byte) => byte === 0)) dev.dev_addr = lowest(br.port_list.map((p) => p.dev.dev_addr));
  fdb_create(br, null, dev.dev_addr, true, 0);
}

/** @helper Of addresses of equal length. */
function lowest(addresses: readonly number[][]): number[] {
  const sorted = addresses.map((each) => [...each]).sort((a, b) => {
    const at = a.findIndex((byte, i) => byte !== b[i]);
    return at < 0 ? 0 : a[at]! - b[at]!;
  });
  return sorted[0] ?? [0, 0, 0, 0, 0, 0];
}
