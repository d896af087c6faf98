/** `ethtool`, `-S`, `-g`, `-c`, `-k`, `-l` of a device (ethtool 6.x). */
import type { igb_adapter } from '../../kernel/drivers/net/ethernet/intel/igb/igb.ts';
import { hasCarrier } from '../deviceState.ts';
import { igbStatistics } from '../igbStatistics.ts';
import type { net_device } from '../../kernel/include/linux/netdevice.ts';
import { FEATURE_BITS } from '../../kernel/net/core/dev/features.ts';
import { nicOf } from '../nicOf.ts';

/** What a device without a driver of hardware answers. */
const UNSUPPORTED = 'netlink error: Operation not supported';
/** Largest ring of the 82576. */
const IGB_MAX_RING = 4096;

const adapterOf = (dev: net_device): igb_adapter | null => (nicOf(dev) === null ? null : (dev.priv as igb_adapter));

/** What the driver knows of the link, and (igb_get_link) what the PHY says when there is no carrier. */
export function ethtoolSettings(dev: net_device): string {
  const adapter = adapterOf(dev);
  const detected = hasCarrier(dev) || (adapter?.nic.link ?? false);
  return [`Settings for ${dev.name}:`, ...mode(dev, adapter), `\tLink detected: ${detected ? 'yes' : 'no'}`].join('\n');
}

/** lo has none, veth says that it is fast (veth_get_link_ksettings). */
function mode(dev: net_device, adapter: igb_adapter | null): string[] {
  if (dev.netdev_ops === 'loopback') return [];
  const speed = adapter === null ? 10_000 : adapter.link_speed;
  return [
    `\tSpeed: ${speed === 0 ? 'Unknown!' : `${speed}Mb/s`}`,
    `\tDuplex: ${speed === 0 ? 'Unknown! (255)' : 'Full'}`,
    `\tAuto-negotiation: ${adapter === null ? 'off' : 'on'}`,
    '\tPort: Twisted Pair',
    `\tPHYAD: ${adapter === null ? 0 : 1}`,
    '\tTransceiver: internal',
  ];
}

export function ethtoolStatistics(dev: net_device): string {
  const adapter = adapterOf(dev);
  if (adapter === null) return 'no stats available';
  return ['NIC statistics:', ...igbStatistics(adapter).map(({ name, value }) => `     ${name}: ${value}`)].join('\n');
}

export function ethtoolRings(dev: net_device): string {
  const nic = nicOf(dev);
  if (nic === null) return UNSUPPORTED;
  const sizes = (rx: number, tx: number): string => `RX:\t\t\t${rx}\nRX Mini:\t\tn/a\nRX Jumbo:\t\tn/a\nTX:\t\t\t${tx}`;
  return [
    `Ring parameters for ${dev.name}:`,
    'Pre-set maximums:',
    sizes(IGB_MAX_RING, IGB_MAX_RING),
    'Current hardware settings:',
    sizes(nic.rx[0]?.count ?? 0, nic.tx[0]?.count ?? 0),
  ].join('\n');
}

/** igb knows microseconds only; with paired queues those of transmission follow those of reception and are not told. */
export function ethtoolCoalesce(dev: net_device): string {
  const adapter = adapterOf(dev);
  if (adapter === null) return UNSUPPORTED;
  const paired = adapter.q_vector.some(({ rx, tx }) => rx.ring !== null && tx.ring !== null);
  const usecs = (setting: number): number => (setting <= 3 ? setting : setting >> 2);
  return [
    `Coalesce parameters for ${dev.name}:`,
    'Adaptive RX: n/a  TX: n/a',
    'stats-block-usecs:\tn/a\nsample-interval:\tn/a\npkt-rate-low:\t\tn/a\npkt-rate-high:\t\tn/a\n',
    `rx-usecs:\t${usecs(adapter.rx_itr_setting)}\nrx-frames:\tn/a\nrx-usecs-irq:\tn/a\nrx-frames-irq:\tn/a\n`,
    `tx-usecs:\t${paired ? 0 : usecs(adapter.tx_itr_setting)}\ntx-frames:\tn/a\ntx-usecs-irq:\tn/a\ntx-frames-irq:\tn/a`,
  ].join('\n');
}

export function ethtoolChannels(dev: net_device): string {
  const adapter = adapterOf(dev);
  if (adapter === null) return UNSUPPORTED;
  const counts = (combined: number): string => `RX:\t\tn/a\nTX:\t\tn/a\nOther:\t\t1\nCombined:\t${combined}`;
  return [
    `Channel parameters for ${dev.name}:`,
    'Pre-set maximums:',
    counts(dev.num_tx_queues),
    'Current hardware settings:',
    counts(adapter.rx_ring.length),
  ].join('\n');
}

export function ethtoolFeatures(dev: net_device): string {
  const rows = Object.entries(FEATURE_BITS).map(
    ([name, bit]) => `${name}: ${(dev.features & bit) !== 0 ? 'on' : 'off'}`,
  );
  return [`Features for ${dev.name}:`, ...rows, 'large-receive-offload: off [fixed]'].join('\n');
}
