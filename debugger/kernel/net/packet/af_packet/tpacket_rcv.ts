/** Packets for a packet socket's ring, memory that it shares with its process (net/packet/af_packet.c). */
import { perKib } from '../../../../machine/costs.ts';
import { take_bytes } from '../../../../machine/memory.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import {
  TPACKET_ALIGN, TP_STATUS_CSUMNOTREADY, TP_STATUS_CSUM_VALID, TP_STATUS_KERNEL, TP_STATUS_LOSING, TP_STATUS_TS_SOFTWARE, TP_STATUS_USER,
} from '../../../include/linux/if_packet.ts';
import type { tpacket2_hdr } from '../../../include/linux/if_packet.ts';
import type { net_device, packet_type } from '../../../include/linux/netdevice.ts';
import { CHECKSUM_PARTIAL, PACKET_OUTGOING } from '../../../include/linux/skbuff.ts';
import type { sk_buff, skb_drop_reason } from '../../../include/linux/skbuff.ts';
import { SOCK_DGRAM } from '../../../include/net/sock.ts';
import { skb_csum_unnecessary } from '../../core/skbuff/checksum.ts';
import { skb_copy_bits, skb_network_offset } from '../../core/skbuff/data.ts';
import { sk_skb_reason_drop } from '../../core/skbuff/free.ts';
import { skDataReady } from '../../core/sock_callbacks.ts';
import { pkt_sk } from '../internal.ts';
import type { packet_sock } from '../internal.ts';
import { linkAddress, restoreHeader, showHeader } from './rcv.ts';
import { ROOM_NONE, __packet_rcv_has_room, packet_current_rx_frame, packet_increment_rx_head } from './ring.ts';

const MIN_MACLEN = 16;

/** When the packet came or left, if that was noted; else the caller takes the time of now. Answers TP_STATUS_TS_SOFTWARE or 0. */
function tpacket_get_timestamp(_cpu: Cpu, skb: sk_buff): number {
  return skb.tstamp !== 0 ? TP_STATUS_TS_SOFTWARE : 0;
}

/** @helper What is known of the packet's checksum. */
function checksumStatus(skb: sk_buff): number {
  if (skb.ip_summed === CHECKSUM_PARTIAL) return TP_STATUS_CSUMNOTREADY;
  return skb.pkt_type !== PACKET_OUTGOING && skb_csum_unnecessary(skb) ? TP_STATUS_CSUM_VALID : 0;
}

/** @helper Where the network header is to stand in the frame. */
function networkOffset(po: packet_sock, type: number, maclen: number): number {
  if (type === SOCK_DGRAM) return TPACKET_ALIGN(po.tp_hdrlen) + MIN_MACLEN + po.tp_reserve;
  return TPACKET_ALIGN(po.tp_hdrlen + Math.max(maclen, MIN_MACLEN)) + po.tp_reserve;
}

/**
 * Copies the packet into the ring's next frame, hands that to the process (TP_STATUS_USER) and wakes it. Whatever does not fit the frame is
 * cut off. While the frame is still the process's the packet is lost for the tap: counted in tp_drops, and no drop to the kernel's tracepoint.
 */
export function tpacket_rcv(cpu: Cpu, skb: sk_buff, dev: net_device, pt: packet_type, orig_dev: net_device): void {
  spend(cpu, cpu.costs.packet_rcv);
  const sk = pt.af_packet_priv!;
  const po = pkt_sk(sk);
  const skb_head = skb.data;
  const skb_len = skb.len;
  let drop_reason: skb_drop_reason | 'CONSUMED' = 'CONSUMED';
  showHeader(skb, sk);
  if (__packet_rcv_has_room(cpu, po, skb) === ROOM_NONE) {
    po.tp_drops++;
  } else {
    const maclen = sk.sk_type === SOCK_DGRAM ? 0 : skb_network_offset(skb);
    const netoff = networkOffset(po, sk.sk_type, maclen);
    const macoff = netoff - maclen;
    const snaplen = Math.max(0, Math.min(skb.len, po.rx_ring.frame_size - macoff));
    const h = packet_current_rx_frame(cpu, po, TP_STATUS_KERNEL);
    if (h === null) {
      po.tp_drops++;
      drop_reason = 'PACKET_SOCK_ERROR';
    } else {
      packet_increment_rx_head(po.rx_ring);
      let status = TP_STATUS_USER | checksumStatus(skb);
      if (po.tp_drops > 0) status |= TP_STATUS_LOSING;
      po.tp_packets++;
      fillFrame(cpu, h, skb, snaplen);
      const ts_status = tpacket_get_timestamp(cpu, skb);
      const ts = ts_status !== 0 ? skb.tstamp : cpu.now;
      h.tp_len = skb.len;
      h.tp_snaplen = snaplen;
      h.tp_mac = macoff;
      h.tp_net = netoff;
      h.tp_sec = Math.floor(ts / 1_000_000_000);
      h.tp_nsec = ts % 1_000_000_000;
      h.sll = linkAddress(cpu, skb, po, dev, orig_dev);
      __packet_set_status(h, status | ts_status);
    }
    skDataReady(cpu, sk);
  }
  restoreHeader(skb, skb_head, skb_len);
  sk_skb_reason_drop(cpu, sk, skb, drop_reason, drop_reason === 'CONSUMED' ? null : { condition: '!h.raw', values: { head: po.rx_ring.head } });
}

/** @helper The packet's bytes, and whose they are. */
function fillFrame(cpu: Cpu, h: tpacket2_hdr, skb: sk_buff, snaplen: number): void {
  spend(cpu, perKib(cpu.costs.copy_from_user_kib, snaplen));
  h.data = take_bytes(cpu.world.memory, snaplen);
  h.lineage = skb.lineage;
  skb_copy_bits(skb, 0, h.data, 0, snaplen);
}

/** @helper */
function __packet_set_status(h: tpacket2_hdr, status: number): void {
  h.tp_status = status;
}
