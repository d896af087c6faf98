/** Receiving with igb: from descriptor to skb (drivers/net/ethernet/intel/igb/igb_main.c). */
import type { Resumable } from '../../../../../../machine/frames.ts';
import { nic_rx_tail } from '../../../../../../machine/nic.ts';
import type { RxDescriptor } from '../../../../../../machine/nic.ts';
import { spend } from '../../../../../../machine/spend.ts';
import type { Cpu } from '../../../../../../machine/types.ts';
import { ETH_HLEN } from '../../../../../include/linux/if_ether.ts';
import { NETIF_F_RXCSUM, NETIF_F_RXHASH } from '../../../../../include/linux/netdevice.ts';
import type { net_device } from '../../../../../include/linux/netdevice.ts';
import { CHECKSUM_UNNECESSARY, SKB_HEAD_ALIGN } from '../../../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../../../include/linux/skbuff.ts';
import { gro_receive_skb } from '../../../../../net/core/gro/receive.ts';
import { napi_build_skb } from '../../../../../net/core/skbuff/alloc.ts';
import { eth_type_trans } from '../../../../../net/ethernet/eth.ts';
import { igb_desc_unused, IGB_RX_BUFFER_WRITE, IGB_RXBUFFER_2048 } from './igb.ts';
import type { igb_q_vector, igb_ring } from './igb.ts';

/** Takes up to `budget` packets from the ring, gives each to GRO, and buffers back to the hardware. */
export function* igb_clean_rx_irq(cpu: Cpu, q_vector: igb_q_vector, budget: number): Resumable<number> {
  const rx_ring = q_vector.rx.ring!;
  const descriptors = rx_ring.rx!.descriptors;
  let total_bytes = 0;
  let total_packets = 0;
  let cleaned_count = igb_desc_unused(rx_ring);
  while (total_packets < budget) {
    if (cleaned_count >= IGB_RX_BUFFER_WRITE) {
      igb_alloc_rx_buffers(cpu, rx_ring, cleaned_count);
      cleaned_count = 0;
    }
    const rx_desc = descriptors[rx_ring.next_to_clean] ?? null;
    if (rx_desc === null || rx_desc.ready > cpu.now) break;
    spend(cpu, cpu.costs.driver_rx_packet);
    const skb = igb_build_skb(cpu, rx_desc);
    descriptors[rx_ring.next_to_clean] = null;
    rx_ring.next_to_clean = (rx_ring.next_to_clean + 1) % rx_ring.count;
    cleaned_count++;
    total_bytes += skb.len;
    igb_process_skb_fields(cpu, rx_ring, rx_desc, skb);
    yield* gro_receive_skb(cpu, q_vector.napi, skb);
    total_packets++;
    yield;
  }
  count_received(q_vector, rx_ring, total_packets, total_bytes);
  if (cleaned_count > 0) igb_alloc_rx_buffers(cpu, rx_ring, cleaned_count);
  return total_packets;
}

/** @helper */
function count_received(q_vector: igb_q_vector, rx_ring: igb_ring, packets: number, bytes: number): void {
  rx_ring.packets += packets;
  rx_ring.bytes += bytes;
  q_vector.rx.total_packets += packets;
  q_vector.rx.total_bytes += bytes;
  const stats = rx_ring.netdev.stats;
  stats.rx_packets += packets;
  stats.rx_bytes += bytes;
}

/** An skb around the half page that the frame was written to: nothing is copied. */
export function igb_build_skb(cpu: Cpu, rx_desc: RxDescriptor): sk_buff {
  const frame = rx_desc.frame!;
  const needed = SKB_HEAD_ALIGN(frame.headroom + frame.length);
  let frag_size = IGB_RXBUFFER_2048;
  while (frag_size < needed) frag_size *= 2;
  const skb = napi_build_skb(cpu, frame.bytes, frag_size, frame.lineage);
  skb.data = frame.headroom;
  skb.tail = frame.headroom + frame.length;
  skb.len = frame.length;
  return skb;
}

/** What the descriptor says of the packet: hash, checksum; then queue and protocol. */
export function igb_process_skb_fields(cpu: Cpu, rx_ring: igb_ring, rx_desc: RxDescriptor, skb: sk_buff): void {
  const dev = rx_ring.netdev;
  igb_rx_hash(dev, rx_desc, skb);
  igb_rx_checksum(cpu, rx_ring, rx_desc, skb);
  skb.queue_mapping = rx_ring.queue_index + 1;
  skb.protocol = eth_type_trans(cpu, skb, dev);
}

/** The NIC's hash counts as one over addresses alone (PKT_HASH_TYPE_L3), even where ports are in it: who needs a flow's hash computes another. */
function igb_rx_hash(dev: net_device, rx_desc: RxDescriptor, skb: sk_buff): void {
  if ((dev.features & NETIF_F_RXHASH) !== 0) skb.hash = rx_desc.hash;
}

/** The device has verified the checksums: nobody needs to do it again. Bad ones are left for the stack to find. */
export function igb_rx_checksum(_cpu: Cpu, rx_ring: igb_ring, rx_desc: RxDescriptor, skb: sk_buff): void {
  if ((rx_ring.netdev.features & NETIF_F_RXCSUM) === 0) return;
  const b = skb.head;
  const ip = skb.data + ETH_HLEN;
  const in6 = b[ip - 2] === 0x86 && b[ip - 1] === 0xdd;
  if (!in6 && (b[ip - 2] !== 8 || b[ip - 1] !== 0)) return;
  if (!rx_desc.csum_ok) {
    rx_ring.csum_err++;
    return;
  }
  const proto = b[in6 ? ip + 6 : ip + 9];
  const fragment = !in6 && ((b[ip + 6]! & 0x3f) | b[ip + 7]!) !== 0;
  if (!fragment && (proto === 6 || proto === 17)) skb.ip_summed = CHECKSUM_UNNECESSARY;
}

/** Gives `cleaned_count` buffers to the hardware: the tail register moves on. */
export function igb_alloc_rx_buffers(cpu: Cpu, rx_ring: igb_ring, cleaned_count: number): void {
  if (cleaned_count === 0) return;
  rx_ring.next_to_use = (rx_ring.next_to_use + cleaned_count) % rx_ring.count;
  nic_rx_tail(cpu.host, rx_ring.adapter.nic, rx_ring.queue_index, rx_ring.next_to_use, cpu.now);
}
