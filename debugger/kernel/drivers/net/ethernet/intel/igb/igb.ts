/** struct igb_adapter, igb_q_vector, igb_ring (drivers/net/ethernet/intel/igb/igb.h). */
import type { Nic, RxRing, TxRing } from '../../../../../../machine/nic.ts';
import type { timer_list } from '../../../../../include/linux/timer.ts';
import type { work_struct } from '../../../../../include/linux/workqueue.ts';
import type { napi_struct, net_device } from '../../../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../../../include/linux/skbuff.ts';

export const IGB_DEFAULT_RXD = 256;
export const IGB_DEFAULT_TXD = 256;
export const IGB_DEFAULT_TX_WORK = 128;
/** Buffers are given back to the hardware this many at a time. */
export const IGB_RX_BUFFER_WRITE = 16;
export const IGB_MAX_DATA_PER_TXD = 1 << 15;
/** A packet of the most frags, its head, the context descriptor, the gap. */
export const DESC_NEEDED = 21;
export const TX_WAKE_THRESHOLD = DESC_NEEDED * 2;
export const IGB_RXBUFFER_2048 = 2048;

/** EITR in units of 256 ns. */
export const IGB_START_ITR = 648;
export const IGB_4K_ITR = 980;
export const IGB_20K_ITR = 196;
export const IGB_ITR_UNIT_NS = 256;

/** Bits of igb_adapter.state. */
export const __IGB_RESETTING = 2;
export const __IGB_DOWN = 4;
export const SPEED_1000 = 1000;

/** A packet on the transmit ring, at the index of its first descriptor. */
export interface igb_tx_buffer {
  skb: sk_buff;
  bytecount: number;
  gso_segs: number;
  /** Descriptors of the packet. */
  count: number;
  /** ns */
  time_stamp: number;
}

export interface igb_ring {
  adapter: igb_adapter;
  q_vector: igb_q_vector;
  netdev: net_device;
  queue_index: number;
  count: number;
  /** The hardware's side; one of the two is null. */
  rx: RxRing | null;
  tx: TxRing | null;
  tx_buffer_info: (igb_tx_buffer | null)[];
  next_to_use: number;
  next_to_clean: number;
  packets: number;
  bytes: number;
  restart_queue: number;
  csum_err: number;
  alloc_failed: number;
  drops: number;
}

/** Rings of one direction at a vector, with what passed since the throttle was looked at. */
export interface igb_ring_container { ring: igb_ring | null; total_bytes: number; total_packets: number; work_limit: number }

export interface igb_q_vector {
  adapter: igb_adapter;
  name: string;
  /** Number of its vector at the NIC: eims_value and itr_register. */
  vector: number;
  itr_val: number;
  set_itr: boolean;
  rx: igb_ring_container;
  tx: igb_ring_container;
  napi: napi_struct;
}

export interface igb_adapter {
  netdev: net_device;
  nic: Nic;
  q_vector: igb_q_vector[];
  tx_ring: igb_ring[];
  rx_ring: igb_ring[];
  /** As ethtool -c has them: 0 off, 1 and 3 dynamic, else EITR units. */
  rx_itr_setting: number;
  tx_itr_setting: number;
  tx_work_limit: number;
  lsc_int: number;
  state: number;
  /** hw.mac: an interrupt has told of a change of the link, and nobody has found one up since. */
  get_link_status: boolean;
  /** Mbit/s; 0 without link. */
  link_speed: number;
  watchdog_timer: timer_list;
  watchdog_task: work_struct;
  reset_task: work_struct;
  tx_timeout_count: number;
  /** Packets that asked for a stamp of the NIC's; it makes none until somebody switches that on (SIOCSHWTSTAMP). */
  tx_hwtstamp_skipped: number;
}

/** @helper Free descriptors of a ring; one always stays unused. */
export function igb_desc_unused(ring: igb_ring): number {
  const free = ring.next_to_clean - ring.next_to_use - 1;
  return free >= 0 ? free : free + ring.count;
}
