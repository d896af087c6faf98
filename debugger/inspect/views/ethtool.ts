/** `ethtool -S`, `-g`, `-c`, `-k` of a device with a driver of hardware. */
import type { net_device } from '../../kernel/include/linux/netdevice.ts';
import { ethtoolCounters } from '../deviceCounters.ts';
import { bitNames } from '../summary.ts';
import { nicOf } from '../nicOf.ts';

export function ethtoolStatistics(dev: net_device): string {
  const counters = ethtoolCounters(dev);
  if (counters.length === 0) return 'no stats available';
  return ['NIC statistics:', ...counters.map(([name, value]) => `     ${name}: ${value}`)].join('\n');
}

export function ethtoolRings(dev: net_device): string {
  const nic = nicOf(dev);
  if (nic === null) return 'netlink error: Operation not supported';
  return `Ring parameters for ${dev.name}:\nCurrent hardware settings:\nRX:\t\t${nic.rx[0]?.count ?? 0}\nTX:\t\t${nic.tx[0]?.count ?? 0}`;
}

export function ethtoolFeatures(dev: net_device): string {
  return `Features for ${dev.name}:\n${bitNames(dev.features, 'features', 'none').replaceAll('|', ' ')}`;
}
