/** What `ethtool -S`, `-c` and `-g` print of an igb device (drivers/net/ethernet/intel/igb/igb_ethtool.c). */
import type { igb_adapter } from './igb.ts';

export interface EthtoolStat { name: string; value: number }

/** @helper The statistics in the driver's order and names. */
export function igb_get_ethtool_stats(adapter: igb_adapter): EthtoolStat[] {
  const nic = adapter.nic;
  const stats: EthtoolStat[] = [
    stat('rx_packets', nic.GPRC), stat('tx_packets', nic.GPTC), stat('rx_bytes', nic.GORC), stat('tx_bytes', nic.GOTC),
    stat('rx_broadcast', nic.BPRC), stat('tx_broadcast', nic.BPTC), stat('rx_multicast', nic.MPRC), stat('tx_multicast', nic.MPTC),
    stat('multicast', nic.MPRC), stat('rx_crc_errors', nic.CRCERRS), stat('rx_no_buffer_count', nic.RNBC), stat('rx_missed_errors', nic.MPC),
    stat('tx_tcp_seg_good', nic.TSCTC), stat('rx_long_byte_count', nic.GORC), stat('rx_errors', nic.CRCERRS + nic.RLEC),
    stat('tx_errors', 0), stat('tx_dropped', adapter.netdev.stats.tx_dropped), stat('rx_length_errors', nic.RLEC),
    stat('rx_over_errors', 0), stat('rx_frame_errors', 0), stat('rx_fifo_errors', rx_fifo_errors(adapter)),
  ];
  for (const ring of adapter.tx_ring) {
    const q = `tx_queue_${ring.queue_index}`;
    stats.push(stat(`${q}_packets`, ring.packets), stat(`${q}_bytes`, ring.bytes), stat(`${q}_restart`, ring.restart_queue));
  }
  for (const ring of adapter.rx_ring) {
    const q = `rx_queue_${ring.queue_index}`;
    stats.push(
      stat(`${q}_packets`, ring.packets), stat(`${q}_bytes`, ring.bytes), stat(`${q}_drops`, ring.drops), stat(`${q}_csum_err`, ring.csum_err),
      stat(`${q}_alloc_failed`, ring.alloc_failed),
    );
  }
  return stats;
}

/** @helper */
function stat(name: string, value: number): EthtoolStat {
  return { name, value };
}

/** @helper Frames lost because a ring had no buffer (RQDPC). */
export function rx_fifo_errors(adapter: igb_adapter): number {
  return adapter.nic.RQDPC;
}

/** @helper What the hardware has counted goes into the device's own statistics (igb_update_stats). */
export function igb_update_stats(adapter: igb_adapter): void {
  const stats = adapter.netdev.stats;
  stats.rx_missed_errors = adapter.nic.MPC;
  stats.rx_fifo_errors = adapter.nic.RQDPC;
  stats.rx_crc_errors = adapter.nic.CRCERRS;
  stats.multicast = adapter.nic.MPRC;
}
