/** Packets on their way past taps: packet sockets see what goes out and what comes in (net/core/dev.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { net_device, packet_type } from '../../../include/linux/netdevice.ts';
import { PACKET_OUTGOING } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { skb_clone } from '../skbuff/clone.ts';
import { skb_reset_mac_header, skb_reset_network_header } from '../skbuff/data.ts';
import { skb_orphan_frags_rx } from '../skbuff/zerocopy.ts';
import { callPacketFunction } from './ptype.ts';

/** The packet to one of several handlers: it holds the packet with the others, without a copy. */
export function deliver_skb(cpu: Cpu, skb: sk_buff, pt_prev: packet_type, orig_dev: net_device): void {
  if (skb.shinfo.destructor_arg !== null) skb_orphan_frags_rx(cpu, skb);
  skb.users++;
  callPacketFunction(cpu, skb, pt_prev, orig_dev);
}

/** Goes on through a list: who was found before gets the packet as soon as another is found. Answers the last, who has not got it yet. */
export function deliver_ptype_list_skb(cpu: Cpu, skb: sk_buff, pt: packet_type | null, orig_dev: net_device, type: number, ptype_list: packet_type[]): packet_type | null {
  let pt_prev = pt;
  for (const ptype of ptype_list) {
    if (ptype.type !== type) continue;
    if (pt_prev !== null) deliver_skb(cpu, skb, pt_prev, orig_dev);
    pt_prev = ptype;
  }
  return pt_prev;
}

/** @helper The part of __netif_receive_skb_core that hands out a packet while there are taps: those of all packets first. */
export function passTaps(cpu: Cpu, skb: sk_buff, dev: net_device): packet_type | null {
  let pt_prev: packet_type | null = null;
  for (const list of [cpu.host.ptype_all, dev.ptype_all]) {
    for (const ptype of list) {
      if (pt_prev !== null) deliver_skb(cpu, skb, pt_prev, dev);
      pt_prev = ptype;
    }
  }
  const type = skb.protocol;
  pt_prev = deliver_ptype_list_skb(cpu, skb, pt_prev, dev, type, cpu.host.ptype_base);
  pt_prev = deliver_ptype_list_skb(cpu, skb, pt_prev, dev, type, cpu.host.ptype_specific);
  return deliver_ptype_list_skb(cpu, skb, pt_prev, dev, type, dev.ptype_specific);
}

/** @helper Only the taps of all packets: the packet goes on to the device's rx_handler, which will find it shared. */
export function passToAll(cpu: Cpu, skb: sk_buff, dev: net_device): void {
  for (const list of [cpu.host.ptype_all, dev.ptype_all]) for (const ptype of list) deliver_skb(cpu, skb, ptype, dev);
}

/** @helper Whether somebody wants to see what leaves by this device; the kernel's build has dev_nit_active_rcu() in line. */
export function dev_nit_active_rcu(dev: net_device): boolean {
  return dev.host.ptype_all.length > 0 || dev.ptype_all.length > 0;
}

/** @helper The socket's own packets are not shown to it. */
function skb_loop_sk(ptype: packet_type, skb: sk_buff): boolean {
  return skb.sk !== null && ptype.af_packet_priv === skb.sk;
}

/** @helper */
function net_timestamp_set(cpu: Cpu, skb: sk_buff): void {
  skb.tstamp = cpu.host.netstamp_needed === 0 ? 0 : cpu.now;
}

/** A socket more that wants packets stamped. */
export function net_enable_timestamp(cpu: Cpu): void {
  cpu.host.netstamp_needed++;
}

export function net_disable_timestamp(cpu: Cpu): void {
  cpu.host.netstamp_needed--;
}

/** @helper Of a packet that has come: somebody on this host wants to know when. `prequeue`: asked before RPS, which net.core.netdev_tstamp_prequeue wants, else behind it. */
export function net_timestamp_check(cpu: Cpu, skb: sk_buff, prequeue: boolean): void {
  if (skb.tstamp === 0 && (cpu.host.knobs.netdev_tstamp_prequeue! !== 0) === prequeue) skb.tstamp = cpu.now;
}

/** Shows a packet to the taps before the driver has it: one clone for all of them, marked PACKET_OUTGOING. */
export function dev_queue_xmit_nit(cpu: Cpu, skb: sk_buff, dev: net_device): void {
  let skb2: sk_buff | null = null;
  let pt_prev: packet_type | null = null;
  for (const list of [cpu.host.ptype_all, dev.ptype_all]) {
    for (const ptype of list) {
      if (ptype.ignore_outgoing || skb_loop_sk(ptype, skb)) continue;
      if (pt_prev !== null) deliver_skb(cpu, skb2!, pt_prev, dev);
      else skb2 = outgoing_clone(cpu, skb);
      pt_prev = ptype;
    }
  }
  if (pt_prev === null) return;
  if (skb2!.shinfo.destructor_arg !== null) skb_orphan_frags_rx(cpu, skb2!);
  callPacketFunction(cpu, skb2!, pt_prev, dev);
}

/** @helper */
function outgoing_clone(cpu: Cpu, skb: sk_buff): sk_buff {
  const skb2 = skb_clone(cpu, skb);
  net_timestamp_set(cpu, skb2);
  skb_reset_mac_header(skb2);
  if (skb2.network_header < skb2.data || skb2.network_header > skb2.tail) skb_reset_network_header(skb2);
  skb2.transport_header = skb2.network_header;
  skb2.pkt_type = PACKET_OUTGOING;
  return skb2;
}
