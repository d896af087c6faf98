/** From the device to the protocol: taps, the handler of the protocol, lists and single packets (net/core/dev.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { net_device, packet_type } from '../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { skb_reset_mac_len, skb_reset_network_header, skb_reset_transport_header, skb_transport_header_was_set } from '../skbuff/data.ts';
import { kfree_skb_reason } from '../skbuff/free.ts';
import { net_timestamp_check } from './taps.ts';
import { enqueue_to_backlog } from './backlog.ts';
import { callPacketFunction, list_functions, packetType } from './ptype.ts';
import { get_rps_cpu, rps_needed } from './rps.ts';
import { passTaps, passToAll } from './taps.ts';
import { RX_HANDLER_CONSUMED, br_handle_frame } from '../../bridge/br_input.ts';

/**
 * Prepares a packet for its protocol and finds the handler, which the caller then calls (for lists: once for several packets).
 * Null: a bridge has taken it, or nobody wants it and it has been dropped.
 */
export function __netif_receive_skb_core(cpu: Cpu, skb: sk_buff): packet_type | null {
  spend(cpu, cpu.costs.netif_receive_skb_core);
  const dev = skb.dev!;
  if (cpu.host.netstamp_needed !== 0) net_timestamp_check(cpu, skb, false);
  skb_reset_network_header(skb);
  if (!skb_transport_header_was_set(skb)) skb_reset_transport_header(skb);
  skb_reset_mac_len(skb);
  skb.skb_iif = dev.ifindex;
  cpu.host.softnet[cpu.id]!.processed++;
  if (dev.rx_handler !== null && handled(cpu, skb, dev)) return null;
  const pt_prev = cpu.host.netdev_nit === 0 || dev.rx_handler !== null ? packetType(cpu.host, skb.protocol) : passTaps(cpu, skb, dev);
  if (pt_prev === null) {
    dev.stats.rx_dropped++;
    kfree_skb_reason(cpu, skb, 'UNHANDLED_PROTO', { condition: 'pt_prev == NULL', values: { protocol: skb.protocol } });
  }
  return pt_prev;
}

/** @helper The taps, then the device's rx_handler: whether that has taken the packet. */
function handled(cpu: Cpu, skb: sk_buff, dev: net_device): boolean {
  if (cpu.host.netdev_nit !== 0) passToAll(cpu, skb, dev);
  return br_handle_frame(cpu, skb) === RX_HANDLER_CONSUMED;
}

export function __netif_receive_skb_one_core(cpu: Cpu, skb: sk_buff): void {
  const orig_dev = skb.dev!;
  const pt_prev = __netif_receive_skb_core(cpu, skb);
  if (pt_prev !== null) callPacketFunction(cpu, skb, pt_prev, orig_dev);
}

export function __netif_receive_skb(cpu: Cpu, skb: sk_buff): void {
  __netif_receive_skb_one_core(cpu, skb);
}

/** One packet from a driver without GRO. */
export function netif_receive_skb(cpu: Cpu, skb: sk_buff): void {
  netif_receive_skb_internal(cpu, skb);
}

export function netif_receive_skb_internal(cpu: Cpu, skb: sk_buff): void {
  if (cpu.host.netstamp_needed !== 0) net_timestamp_check(cpu, skb, true);
  if (!rps_needed(skb.dev!) || !steered(cpu, skb)) __netif_receive_skb(cpu, skb);
}

/** A list from GRO. With RPS each packet goes to the backlog of its CPU instead. */
export function* netif_receive_skb_list_internal(cpu: Cpu, head: sk_buff[]): Resumable<void> {
  let here = head;
  if (cpu.host.netstamp_needed !== 0) for (let i = 0; i < head.length; i++) net_timestamp_check(cpu, head[i]!, true);
  if (rps_needed(head[0]!.dev!)) here = steer(cpu, head);
  if (here.length > 0) yield* __netif_receive_skb_list(cpu, here);
}

/** @helper RPS: what stays on this CPU without a backlog (packets without a hash). */
function steer(cpu: Cpu, head: sk_buff[]): sk_buff[] {
  const here: sk_buff[] = [];
  for (const skb of head) if (!steered(cpu, skb)) here.push(skb);
  return here;
}

/** @helper Whether the packet has gone to a backlog. */
function steered(cpu: Cpu, skb: sk_buff): boolean {
  const rflowp = { rflow: null };
  const target = get_rps_cpu(cpu, skb.dev!, skb, rflowp);
  if (target >= 0) enqueue_to_backlog(cpu, skb, target, rflowp.rflow);
  return target >= 0;
}

export function* __netif_receive_skb_list(cpu: Cpu, head: sk_buff[]): Resumable<void> {
  yield* __netif_receive_skb_list_core(cpu, head);
}

/** Packets that follow each other with the same handler and device go up together. */
export function* __netif_receive_skb_list_core(cpu: Cpu, head: sk_buff[]): Resumable<void> {
  let pt_curr: packet_type | null = null;
  let od_curr: net_device | null = null;
  let sublist: sk_buff[] = [];
  for (let i = 0; i < head.length; i++) {
    const skb = head[i]!;
    const orig_dev = skb.dev!;
    const pt_prev = __netif_receive_skb_core(cpu, skb);
    if (pt_prev === null) continue;
    if (pt_curr !== pt_prev || od_curr !== orig_dev) {
      if (sublist.length > 0) yield* __netif_receive_skb_list_ptype(cpu, sublist, pt_curr!, od_curr!);
      sublist = [];
      pt_curr = pt_prev;
      od_curr = orig_dev;
    }
    sublist.push(skb);
  }
  if (sublist.length > 0) yield* __netif_receive_skb_list_ptype(cpu, sublist, pt_curr!, od_curr!);
}

/** To the handler: as a list where it takes one, else one by one. */
export function* __netif_receive_skb_list_ptype(cpu: Cpu, head: sk_buff[], pt: packet_type, orig_dev: net_device): Resumable<void> {
  if (pt.list_func !== null) {
    yield* list_functions[pt.list_func]!(cpu, head, pt, orig_dev);
    return;
  }
  for (let i = 0; i < head.length; i++) {
    callPacketFunction(cpu, head[i]!, pt, orig_dev);
    yield;
  }
}
