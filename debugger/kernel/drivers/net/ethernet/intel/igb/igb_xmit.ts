/** Sending with igb: from skb to descriptors (drivers/net/ethernet/intel/igb/igb_main.c). */
import { ETH_P_IPV6 } from '../../../../../include/linux/if_ether.ts';
import { nic_doorbell } from '../../../../../../machine/nic.ts';
import type { TxDescriptor } from '../../../../../../machine/nic.ts';
import type { TxOffload } from '../../../../../../machine/nic_offload.ts';
import { spend } from '../../../../../../machine/spend.ts';
import type { Cpu } from '../../../../../../machine/types.ts';
import { RX_HEADROOM, take_frame_bytes } from '../../../../../../machine/wire.ts';
import { NETDEV_TX_BUSY, NETDEV_TX_OK } from '../../../../../include/linux/netdevice.ts';
import type { net_device } from '../../../../../include/linux/netdevice.ts';
import { CHECKSUM_PARTIAL, SKBTX_HW_TSTAMP_NOBPF } from '../../../../../include/linux/skbuff.ts';
import type { Lineage, sk_buff } from '../../../../../include/linux/skbuff.ts';
import { dma_map_page_attrs } from '../../../../../kernel/dma/mapping.ts';
import { netdev_tx_sent_queue } from '../../../../../net/core/dev/bql.ts';
import { netif_tx_wake_queue, netif_tx_stop_queue, netif_xmit_stopped } from '../../../../../net/core/dev/netif_schedule.ts';
import { skb_copy_bits, skb_headlen } from '../../../../../net/core/skbuff/data.ts';
import { skb_tx_timestamp } from '../../../../../net/core/skbuff/tstamp.ts';
import { skb_put_padto } from '../../../../../net/core/skbuff/pull.ts';
import { DESC_NEEDED, igb_desc_unused, IGB_MAX_DATA_PER_TXD } from './igb.ts';
import type { igb_adapter, igb_ring, igb_tx_buffer } from './igb.ts';
import { layOut } from '../../../../../../machine/wide_fields.ts';

/** The hardware pads to 60 bytes itself, but takes none below 17. */
const IGB_MIN_XMIT = 17;
const TCP = 6;

export function igb_xmit_frame(cpu: Cpu, skb: sk_buff, netdev: net_device): number {
  const adapter = netdev.priv as igb_adapter;
  skb_put_padto(cpu, skb, IGB_MIN_XMIT);
  return igb_xmit_frame_ring(cpu, skb, igb_tx_queue_mapping(adapter, skb));
}

/** @helper */
function igb_tx_queue_mapping(adapter: igb_adapter, skb: sk_buff): igb_ring {
  return adapter.tx_ring[skb.queue_mapping % adapter.tx_ring.length]!;
}

/** @helper */
function createBuffer(skb: sk_buff, bytecount: number, count: number, time_stamp: number): igb_tx_buffer {
  return { skb, bytecount, gso_segs: 1, count, time_stamp };
}

/** @helper */
function createDescriptor(bytes: Uint8Array, length: number, lineage: Lineage, count: number, offload: TxOffload | null, by_hand: boolean): TxDescriptor {
  return { bytes, headroom: RX_HEADROOM, length, lineage, count, offload, by_hand, frames: [], next: 0, done: false, ready: 0 };
}

layOut(createBuffer(null as unknown as sk_buff, 0, 0, 0), 'time_stamp');
layOut(createDescriptor(new Uint8Array(0), 0, null as unknown as Lineage, 0, null, false), 'ready');

/** Puts a packet on the ring: NETDEV_TX_BUSY when it has no room, which the queue should have known. */
export function igb_xmit_frame_ring(cpu: Cpu, skb: sk_buff, tx_ring: igb_ring): number {
  let count = Math.ceil(skb_headlen(skb) / IGB_MAX_DATA_PER_TXD);
  for (const frag of skb.shinfo.frags) count += Math.ceil(frag.size / IGB_MAX_DATA_PER_TXD);
  if (igb_maybe_stop_tx(cpu, tx_ring, count + 3)) return NETDEV_TX_BUSY;
  spend(cpu, cpu.costs.driver_xmit);
  const first = createBuffer(skb, skb.len, count, 0);
  if ((skb.shinfo.tx_flags & SKBTX_HW_TSTAMP_NOBPF) !== 0) tx_ring.adapter.tx_hwtstamp_skipped++;
  let offload = igb_tso(cpu, skb, first);
  if (offload === null) offload = igb_tx_csum(cpu, skb);
  if (offload !== null) first.count++;
  igb_tx_map(cpu, tx_ring, first, offload);
  return NETDEV_TX_OK;
}

/** The hardware cuts it: the context says where the headers end and how much payload goes into each frame. */
export function igb_tso(_cpu: Cpu, skb: sk_buff, first: igb_tx_buffer): TxOffload | null {
  if (skb.ip_summed !== CHECKSUM_PARTIAL || skb.shinfo.gso_size === 0) return null;
  const ip_offset = skb.network_header - skb.data;
  const l4_offset = skb.transport_header - skb.data;
  const is_tcp = skb.head[skb.network_header + (skb.protocol === ETH_P_IPV6 ? 6 : 9)] === TCP;
  const l4_len = is_tcp ? (skb.head[skb.transport_header + 12]! >> 4) * 4 : 8;
  const hdr_len = l4_offset + l4_len;
  first.gso_segs = skb.shinfo.gso_segs;
  first.bytecount += (first.gso_segs - 1) * hdr_len;
  return { ip_offset, l4_offset, csum_offset: is_tcp ? 16 : 6, mss: skb.shinfo.gso_size, hdr_len };
}

/** The hardware completes the transport checksum. */
export function igb_tx_csum(_cpu: Cpu, skb: sk_buff): TxOffload | null {
  if (skb.ip_summed !== CHECKSUM_PARTIAL) return null;
  return { ip_offset: skb.network_header - skb.data, l4_offset: skb.csum_start - skb.data, csum_offset: skb.csum_offset, mss: 0, hdr_len: 0 };
}

/** Descriptors of the packet; then the tail register is written, unless more packets follow at once. */
export function igb_tx_map(cpu: Cpu, tx_ring: igb_ring, first: igb_tx_buffer, offload: TxOffload | null): void {
  const skb = first.skb;
  const hardware = tx_ring.tx!;
  const txq = tx_ring.netdev._tx[tx_ring.queue_index]!;
  const bytes = take_frame_bytes(cpu.world, skb.len);
  dma_map_page_attrs(cpu, skb_headlen(skb));
  for (let i = 0; i < skb.shinfo.frags.length; i++) dma_map_page_attrs(cpu, skb.shinfo.frags[i]!.size);
  skb_copy_bits(skb, 0, bytes, RX_HEADROOM, skb.len);
  const descriptor = createDescriptor(bytes, skb.len, skb.lineage, first.count, offload, skb.sk !== null && skb.sk.packet !== null);
  hardware.descriptors[tx_ring.next_to_use] = descriptor;
  tx_ring.tx_buffer_info[tx_ring.next_to_use] = first;
  netdev_tx_sent_queue(txq, first.bytecount);
  first.time_stamp = cpu.now;
  skb_tx_timestamp(cpu, skb);
  tx_ring.next_to_use = (tx_ring.next_to_use + first.count) % tx_ring.count;
  igb_maybe_stop_tx(cpu, tx_ring, DESC_NEEDED);
  if (!netif_xmit_stopped(txq) && cpu.host.softnet[cpu.id]!.xmit_more) return;
  hardware.tail = tx_ring.next_to_use;
  nic_doorbell(cpu.host, tx_ring.adapter.nic, hardware, cpu.now);
  spend(cpu, cpu.costs.doorbell);
}

/** @helper Whether the ring lacks `size` descriptors; the queue is stopped then. */
function igb_maybe_stop_tx(cpu: Cpu, tx_ring: igb_ring, size: number): boolean {
  return igb_desc_unused(tx_ring) < size && __igb_maybe_stop_tx(cpu, tx_ring, size);
}

export function __igb_maybe_stop_tx(cpu: Cpu, tx_ring: igb_ring, size: number): boolean {
  const txq = tx_ring.netdev._tx[tx_ring.queue_index]!;
  netif_tx_stop_queue(txq);
  if (igb_desc_unused(tx_ring) < size) return true;
  netif_tx_wake_queue(cpu, txq);
  tx_ring.restart_queue++;
  return false;
}
