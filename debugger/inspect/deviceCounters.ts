/** Counters of a device by the names that `ip -s link` and `ethtool -S` give them. */
import type { net_device } from '../kernel/include/linux/netdevice.ts';
import type { igb_adapter } from '../kernel/drivers/net/ethernet/intel/igb/igb.ts';
import { igbStatistics } from './igbStatistics.ts';
import { nicOf } from './nicOf.ts';

/** `ethtool -S`: name and value in the driver's order; empty for devices without hardware. */
export function ethtoolCounters(dev: net_device): [string, number][] {
  if (nicOf(dev) === null) return [];
  return igbStatistics(dev.priv as igb_adapter).map(({ name, value }) => [name, value]);
}

/** One counter by name: what the hardware counts goes first, since drivers fill `ip -s link` from it. */
export function deviceCounter(dev: net_device, name: string): number | undefined {
  const counted = ethtoolCounters(dev).find(([each]) => each === name)?.[1];
  if (counted !== undefined) return counted;
  if (name === 'carrier_up_count' || name === 'carrier_down_count') return dev[name];
  return (dev.stats as unknown as Record<string, number>)[name] ?? (name === 'collisions' ? 0 : undefined);
}

export function deviceCounterNames(dev: net_device): string[] {
  return [...new Set([...Object.keys(dev.stats), ...ethtoolCounters(dev).map(([name]) => name)])];
}
