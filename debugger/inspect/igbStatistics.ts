/** What `ethtool -S` tells of an igb device: the pure twin of igb_get_ethtool_stats (drivers/net/ethernet/intel/igb/igb_ethtool.c). */
import type { igb_adapter } from '../kernel/drivers/net/ethernet/intel/igb/igb.ts';

export interface EthtoolStat {
  name: string;
  value: number;
}

/** The statistics in the driver's order and names. */
export function igbStatistics(adapter: igb_adapter): EthtoolStat[] {
  const nic = adapter.nic;
  const net = adapter.netdev.stats;
  const stats: EthtoolStat[] = [
    stat('rx_packets', nic.GPRC),
    stat('tx_packets', nic.GPTC),
    stat('rx_bytes', nic.GORC),
    stat('tx_bytes', nic.GOTC),
    stat('rx_broadcast', nic.BPRC),
    stat('tx_broadcast', nic.BPTC),
    stat('rx_multicast', nic.MPRC),
    stat('tx_multicast', nic.MPTC),
    stat('multicast', nic.MPRC),
    stat('collisions', 0),
    stat('rx_crc_errors', nic.CRCERRS),
    stat('rx_no_buffer_count', nic.RNBC),
    stat('rx_missed_errors', nic.MPC),
    ...zeros(LINK_ERRORS),
    stat('tx_timeout_count', adapter.tx_timeout_count),
    stat('rx_long_length_errors', 0),
    stat('rx_short_length_errors', nic.RLEC),
    stat('rx_align_errors', 0),
    stat('tx_tcp_seg_good', nic.TSCTC),
    stat('tx_tcp_seg_failed', 0),
    ...zeros(FLOW_CONTROL),
    stat('rx_long_byte_count', nic.GORC),
    ...zeros(MANAGEMENT),
    stat('tx_hwtstamp_skipped', adapter.tx_hwtstamp_skipped),
    stat('rx_hwtstamp_cleared', 0),
    stat('rx_errors', nic.CRCERRS + nic.RLEC),
    stat('tx_errors', net.tx_errors),
    stat('tx_dropped', net.tx_dropped),
    stat('rx_length_errors', nic.RLEC),
    stat('rx_over_errors', 0),
    stat('rx_frame_errors', 0),
    stat('rx_fifo_errors', nic.RQDPC),
    stat('tx_fifo_errors', 0),
    stat('tx_heartbeat_errors', 0),
  ];
  for (const ring of adapter.tx_ring) {
    const q = `tx_queue_${ring.queue_index}`;
    stats.push(
      stat(`${q}_packets`, ring.packets),
      stat(`${q}_bytes`, ring.bytes),
      stat(`${q}_restart`, ring.restart_queue),
    );
  }
  for (const ring of adapter.rx_ring) {
    const q = `rx_queue_${ring.queue_index}`;
    stats.push(
      stat(`${q}_packets`, ring.packets),
      stat(`${q}_bytes`, ring.bytes),
      stat(`${q}_drops`, ring.drops),
      stat(`${q}_csum_err`, ring.csum_err),
      stat(`${q}_alloc_failed`, ring.alloc_failed),
    );
  }
  return stats;
}

/** Registers of events that this hardware never has: the link is full duplex, without pause frames, management or time stamps. */
const LINK_ERRORS = [
  'tx_aborted_errors',
  'tx_carrier_errors',
  'tx_window_errors',
  'tx_abort_late_coll',
  'tx_deferred_ok',
  'tx_single_coll_ok',
  'tx_multi_coll_ok',
];
const FLOW_CONTROL = ['rx_flow_control_xon', 'rx_flow_control_xoff', 'tx_flow_control_xon', 'tx_flow_control_xoff'];
const MANAGEMENT = [
  'tx_dma_out_of_sync',
  'tx_smbus',
  'rx_smbus',
  'dropped_smbus',
  'os2bmc_rx_by_bmc',
  'os2bmc_tx_by_bmc',
  'os2bmc_tx_by_host',
  'os2bmc_rx_by_host',
  'tx_hwtstamp_timeouts',
];

function zeros(names: readonly string[]): EthtoolStat[] {
  return names.map((name) => stat(name, 0));
}

function stat(name: string, value: number): EthtoolStat {
  return { name, value };
}
