/** Counters of a device by the names that `ip -s link` and `ethtool -S` give them. */
import type { net_device } from '../kernel/include/linux/netdevice.ts';
import type { Nic } from '../machine/nic.ts';
import { nicOf } from './nicOf.ts';

/** igb's statistics registers under the names of igb_ethtool.c. */
function hardware(nic: Nic): [string, number][] {
  return [
    ['rx_packets', nic.GPRC],
    ['tx_packets', nic.GPTC],
    ['rx_bytes', nic.GORC],
    ['tx_bytes', nic.GOTC],
    ['rx_broadcast', nic.BPRC],
    ['tx_broadcast', nic.BPTC],
    ['rx_multicast', nic.MPRC],
    ['rx_errors', nic.CRCERRS + nic.RLEC],
    ['rx_length_errors', nic.RLEC],
    ['rx_crc_errors', nic.CRCERRS],
    ['rx_no_buffer_count', nic.RNBC],
    ['rx_missed_errors', nic.MPC],
  ];
}

/** `ethtool -S`: the registers, then each transmit queue. */
export function ethtoolCounters(dev: net_device): [string, number][] {
  const nic = nicOf(dev);
  if (nic === null) return [];
  const queues = dev._tx.flatMap((queue): [string, number][] => [
    [`tx_queue_${queue.index}_packets`, queue.tx_packets],
    [`tx_queue_${queue.index}_bytes`, queue.tx_bytes],
  ]);
  return [...hardware(nic), ...queues];
}

/** One counter by name: what the hardware counts goes first, since drivers fill `ip -s link` from it. */
export function deviceCounter(dev: net_device, name: string): number | undefined {
  const nic = nicOf(dev);
  const counted = nic === null ? undefined : hardware(nic).find(([each]) => each === name)?.[1];
  return counted ?? (dev.stats as unknown as Record<string, number>)[name] ?? (name === 'collisions' ? 0 : undefined);
}

export function deviceCounterNames(dev: net_device): string[] {
  return [...new Set([...Object.keys(dev.stats), ...ethtoolCounters(dev).map(([name]) => name)])];
}
