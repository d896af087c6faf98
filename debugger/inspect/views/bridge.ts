/** `bridge fdb show` and `bridge link`: what bridges have learnt, and their ports. */
import type { Host } from '../../kernel/include/linux/host.ts';
import type { net_device } from '../../kernel/include/linux/netdevice.ts';
import type { net_bridge, net_bridge_fdb_entry, net_bridge_port } from '../../kernel/net/bridge/br_private.ts';
import { mac } from '../format/address.ts';

/** The bridge that a device is a port of. */
export function masterOf(dev: net_device): net_device | null {
  return dev.rx_handler_data === null ? null : (dev.rx_handler_data as net_bridge_port).br.dev;
}

function bridgesOf(host: Host): net_bridge[] {
  return host.devices.flatMap((dev) => (dev.netdev_ops === 'bridge' ? [dev.priv as net_bridge] : []));
}

/** An address with the device that leads there; `br`: the bridge that has no port for its own. */
export function fdbLine({ addr, dst, is_local }: net_bridge_fdb_entry, br: net_bridge | null): string {
  if (dst === null)
    return `${mac(addr)} dev ${br?.dev.name ?? 'the bridge'} master ${br?.dev.name ?? 'itself'} permanent`;
  return `${mac(addr)} dev ${dst.dev.name} master ${dst.br.dev.name}${is_local ? ' permanent' : ''}`;
}

export function bridgeFdb(host: Host): string {
  return bridgesOf(host)
    .flatMap((br) => br.fdb_list.map((fdb) => fdbLine(fdb, br)))
    .join('\n');
}

export function bridgeLink(host: Host): string {
  return bridgesOf(host)
    .flatMap((br) => [...br.port_list].sort((a, b) => a.port_no - b.port_no))
    .map(
      ({ dev, br, state }) =>
        `${dev.ifindex}: ${dev.name}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu ${dev.mtu} master ${br.dev.name} state ${state === 3 ? 'forwarding' : 'disabled'} priority 32 cost 2`,
    )
    .join('\n');
}
