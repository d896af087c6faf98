/** The hardware behind a net_device; null for lo and veth. */
import type { Nic } from '../machine/nic.ts';
import type { net_device } from '../kernel/include/linux/netdevice.ts';
import { structOf } from './struct.ts';

/** The driver's private record leads to it under a name that is the driver's business. */
export function nicOf(dev: net_device): Nic | null {
  if (typeof dev.priv !== 'object' || dev.priv === null) return null;
  const found = Object.values(dev.priv as object).find((each) => structOf(each) === 'nic');
  return (found as Nic | undefined) ?? null;
}
