/** The way out: transmit queue, queueing discipline or none, driver (net/core/dev.c). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import {
  __QUEUE_STATE_DRV_XOFF, __QUEUE_STATE_FROZEN, IFF_UP, IFF_XMIT_DST_RELEASE, NETDEV_TX_BUSY, NETDEV_TX_OK, NETIF_F_CSUM_MASK, NETIF_F_FRAGLIST, NETIF_F_GSO_MASK, NETIF_F_SG, net_gso_ok,
} from '../../../include/linux/netdevice.ts';
import type { net_device, netdev_queue } from '../../../include/linux/netdevice.ts';
import { SCM_TSTAMP_SCHED } from '../../../include/linux/net_tstamp.ts';
import { CHECKSUM_PARTIAL, SKBTX_SCHED_TSTAMP } from '../../../include/linux/skbuff.ts';
import type { sk_buff, skb_drop_reason } from '../../../include/linux/skbuff.ts';
import { NET_XMIT_CN, NET_XMIT_DROP, NET_XMIT_SUCCESS, TCQ_F_CAN_BYPASS, TCQ_F_NOLOCK } from '../../../include/net/sch_generic.ts';
import type { Qdisc } from '../../../include/net/sch_generic.ts';
import { ENETDOWN, ENOMEM } from '../../../include/uapi/asm-generic/errno.ts';
import { local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { qdiscEnqueue } from '../../sched/qdisc_ops.ts';
import { __qdisc_run, qdisc_bstats_update, qdisc_run_begin, qdisc_run_end, sch_direct_xmit } from '../../sched/sch_generic.ts';
import { __skb_gso_segment } from '../gso.ts';
import { ndo_start_xmit } from '../net_device_ops.ts';
import { skb_checksum_help } from '../skbuff/checksum.ts';
import { skb_has_frag_list } from '../skbuff/data.ts';
import { __skb_linearize } from '../skbuff/pull.ts';
import { __skb_tstamp_tx } from '../skbuff/tstamp.ts';
import { consume_skb, kfree_skb_list_reason, kfree_skb_reason } from '../skbuff/free.ts';
import { netif_tx_queue_stopped, netif_xmit_stopped } from './netif_schedule.ts';
import { netdev_core_pick_tx } from './pick_tx.ts';
import { this_cpu_softnet } from './softnet.ts';
import { netif_carrier_ok, netif_running } from './state.ts';
import { dev_nit_active_rcu, dev_queue_xmit_nit } from './taps.ts';

const XMIT_RECURSION_LIMIT = 8;

export function dev_queue_xmit(cpu: Cpu, skb: sk_buff): number {
  return __dev_queue_xmit(cpu, skb);
}

/** Sends `skb` on its device. NET_XMIT_* or a negative errno; the skb is consumed in any case. */
export function __dev_queue_xmit(cpu: Cpu, skb: sk_buff): number {
  const dev = skb.dev!;
  skb.mac_header = skb.data;
  if ((skb.shinfo.tx_flags & SKBTX_SCHED_TSTAMP) !== 0) __skb_tstamp_tx(cpu, skb, null, 0, skb.sk, SCM_TSTAMP_SCHED);
  qdisc_pkt_len_segs_init(cpu, skb);
  local_bh_disable(cpu);
  spend(cpu, cpu.costs.dev_queue_xmit);
  if ((dev.priv_flags & IFF_XMIT_DST_RELEASE) !== 0) skb.dst = null;
  const txq = netdev_core_pick_tx(cpu, dev, skb);
  const q = txq.qdisc;
  const rc = q.ops === 'noqueue' ? xmitWithoutQueue(cpu, skb, dev, txq) : __dev_xmit_skb(cpu, skb, q, dev, txq);
  local_bh_enable(cpu);
  return rc;
}

/** Segments that a packet will become, for the books of disciplines. */
export function qdisc_pkt_len_segs_init(_cpu: Cpu, skb: sk_buff): void {
  const shinfo = skb.shinfo;
  if (shinfo.gso_size === 0 || shinfo.gso_segs !== 0) return;
  shinfo.gso_segs = Math.ceil((skb.len - (skb.transport_header - skb.data)) / shinfo.gso_size);
}

/** Devices without a discipline (loopback, veth): straight to the driver, whose answer is the caller's. @helper */
function xmitWithoutQueue(cpu: Cpu, skb: sk_buff, dev: net_device, txq: netdev_queue): number {
  if ((dev.flags & IFF_UP) === 0) return dropWithoutQueue(cpu, skb, dev, 'DEV_READY', -ENOMEM, '!(dev->flags & IFF_UP)', { flags: dev.flags });
  const sd = this_cpu_softnet(cpu);
  if (sd.recursion > XMIT_RECURSION_LIMIT) return dropWithoutQueue(cpu, skb, dev, 'RECURSION_LIMIT', -ENETDOWN, 'dev_xmit_recursion()', { recursion: sd.recursion });
  const valid = validate_xmit_skb(cpu, skb, dev);
  if (valid === null) return -ENOMEM;
  if (netif_xmit_stopped(txq)) return dropWithoutQueue(cpu, valid, dev, 'RECURSION_LIMIT', -ENETDOWN, 'netif_xmit_stopped(txq)', { state: txq.state });
  const is_list = valid.next !== null;
  sd.recursion++;
  const rest = dev_hard_start_xmit(cpu, valid, dev, txq);
  sd.recursion--;
  if (rest === null) return is_list ? NETDEV_TX_OK : sd.xmit_rc;
  return dropWithoutQueue(cpu, rest, dev, 'RECURSION_LIMIT', is_list ? NETDEV_TX_OK : -ENETDOWN, 'the driver refuses, and there is no queue', { state: txq.state });
}

/** @helper */
function dropWithoutQueue(cpu: Cpu, skb: sk_buff, dev: net_device, reason: skb_drop_reason, rc: number, condition: string, values: Record<string, number>): number {
  dev.stats.tx_dropped++;
  kfree_skb_list_reason(cpu, skb, reason, { condition, values });
  return rc;
}

/** With a discipline: past it when it is idle and allows so, else into it; and whoever comes first runs it. */
export function __dev_xmit_skb(cpu: Cpu, skb: sk_buff, q: Qdisc, dev: net_device, txq: netdev_queue): number {
  if (q.lock_released > cpu.now) spend(cpu, q.lock_released - cpu.now);
  let rc = NET_XMIT_SUCCESS;
  const nolock = (q.flags & TCQ_F_NOLOCK) !== 0;
  if ((q.flags & TCQ_F_CAN_BYPASS) !== 0 && q.q.qlen === 0 && qdisc_run_begin(q)) {
    qdisc_bstats_update(q, skb);
    if (sch_direct_xmit(cpu, skb, q, dev, txq, true) && !(nolock && q.q.qlen === 0)) __qdisc_run(cpu, q);
    qdisc_run_end(q);
  } else {
    rc = dev_qdisc_enqueue(cpu, skb, q);
    if (qdisc_run_begin(q)) {
      __qdisc_run(cpu, q);
      qdisc_run_end(q);
    }
  }
  q.lock_released = cpu.now;
  return rc;
}

export function dev_qdisc_enqueue(cpu: Cpu, skb: sk_buff, q: Qdisc): number {
  return qdiscEnqueue(cpu, skb, q);
}

/** Makes a list of packets fit the device; null when nothing is left to send. */
export function validate_xmit_skb_list(cpu: Cpu, skb: sk_buff, dev: net_device): sk_buff | null {
  let head: sk_buff | null = null;
  let tail: sk_buff | null = null;
  let each: sk_buff | null = skb;
  while (each !== null) {
    const next: sk_buff | null = each.next;
    each.next = null;
    const valid = validate_xmit_skb(cpu, each, dev);
    if (valid !== null) {
      if (tail === null) head = valid;
      else tail.next = valid;
      tail = lastOf(valid);
    }
    each = next;
  }
  return head;
}

/** @helper */
function lastOf(skb: sk_buff): sk_buff {
  let last = skb;
  while (last.next !== null) last = last.next;
  return last;
}

/** What the device cannot do is done here: segmentation, gathering pieces, checksums. */
export function validate_xmit_skb(cpu: Cpu, skb: sk_buff, dev: net_device): sk_buff | null {
  const features = netif_skb_features(cpu, skb, dev);
  if (netif_needs_gso(skb, features)) return segment(cpu, skb, dev, features);
  fitToDevice(cpu, skb, features);
  return skb;
}

/** What the device can do for this packet: no cutting of packets too large or of too many segments for it. */
export function netif_skb_features(_cpu: Cpu, skb: sk_buff, dev: net_device): number {
  const shinfo = skb.shinfo;
  if (shinfo.gso_size === 0) return dev.features;
  const too_large = shinfo.gso_segs > dev.gso_max_segs || skb.len >= dev.tso_max_size + dev.hard_header_len;
  return too_large ? dev.features & ~NETIF_F_GSO_MASK : dev.features;
}

/** @helper A GSO packet that the device cannot cut itself. */
function netif_needs_gso(skb: sk_buff, features: number): boolean {
  if (skb.shinfo.gso_size === 0) return false;
  return !net_gso_ok(features, skb.shinfo.gso_type) || skb.ip_summed !== CHECKSUM_PARTIAL || (skb_has_frag_list(skb) && (features & NETIF_F_FRAGLIST) === 0);
}

/** @helper */
function segment(cpu: Cpu, skb: sk_buff, dev: net_device, features: number): sk_buff | null {
  const segments = __skb_gso_segment(cpu, skb, features);
  if (segments === null) {
    dev.stats.tx_dropped++;
    kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: 'IS_ERR(segs)', values: { gso_type: skb.shinfo.gso_type, gso_size: skb.shinfo.gso_size } });
    return null;
  }
  consume_skb(cpu, skb);
  return segments;
}

/** @helper */
function fitToDevice(cpu: Cpu, skb: sk_buff, features: number): void {
  if (skb.data_len > 0 && ((features & NETIF_F_SG) === 0 || (skb_has_frag_list(skb) && (features & NETIF_F_FRAGLIST) === 0))) __skb_linearize(cpu, skb);
  if (skb.ip_summed === CHECKSUM_PARTIAL) skb_csum_hwoffload_help(cpu, skb, features);
}

/** The device completes the checksum, or it is done here. */
export function skb_csum_hwoffload_help(cpu: Cpu, skb: sk_buff, features: number): void {
  if ((features & NETIF_F_CSUM_MASK) === 0) skb_checksum_help(cpu, skb);
}

/** Past the discipline into a queue of the device, and past the taps. NETDEV_TX_BUSY: it is the caller's still; NET_XMIT_DROP: dropped; else the driver's answer. */
export function __dev_direct_xmit(cpu: Cpu, skb: sk_buff, queue_id: number): number {
  const dev = skb.dev!;
  if (!netif_running(dev) || !netif_carrier_ok(dev)) return dropDirect(cpu, skb, dev, '!netif_running(dev) || !netif_carrier_ok(dev)');
  const valid = validate_xmit_skb_list(cpu, skb, dev);
  if (valid !== skb) return dropDirect(cpu, valid, dev, 'skb != orig_skb');
  skb.queue_mapping = queue_id;
  const txq = dev._tx[queue_id]!;
  const sd = this_cpu_softnet(cpu);
  local_bh_disable(cpu);
  sd.recursion++;
  const ret = (txq.state & (__QUEUE_STATE_DRV_XOFF | __QUEUE_STATE_FROZEN)) === 0 ? netdev_start_xmit(cpu, skb, dev, txq, false) : NETDEV_TX_BUSY;
  sd.recursion--;
  local_bh_enable(cpu);
  return ret;
}

/** @helper */
function dropDirect(cpu: Cpu, skb: sk_buff | null, dev: net_device, condition: string): number {
  dev.stats.tx_dropped++;
  kfree_skb_list_reason(cpu, skb, 'NOT_SPECIFIED', { condition, values: { state: dev.state, flags: dev.flags } });
  return NET_XMIT_DROP;
}

/** The same, for those who do not try again. */
export function dev_direct_xmit(cpu: Cpu, skb: sk_buff, queue_id: number): number {
  const ret = __dev_direct_xmit(cpu, skb, queue_id);
  if (ret === NETDEV_TX_BUSY) kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: '!dev_xmit_complete(ret)', values: { ret } });
  return ret;
}

/** Hands a list to the driver one by one; what it did not take comes back, null when it took all. Its last answer is in softnet_data.xmit_rc (the kernel's *ret). */
export function dev_hard_start_xmit(cpu: Cpu, first: sk_buff, dev: net_device, txq: netdev_queue): sk_buff | null {
  let skb: sk_buff | null = first;
  let rc = NETDEV_TX_OK;
  while (skb !== null) {
    const next: sk_buff | null = skb.next;
    skb.next = null;
    rc = xmit_one(cpu, skb, dev, txq, next !== null);
    if (rc === NETDEV_TX_BUSY) {
      skb.next = next;
      break;
    }
    skb = next;
    if (skb !== null && netif_tx_queue_stopped(txq)) {
      rc = NETDEV_TX_BUSY;
      break;
    }
  }
  this_cpu_softnet(cpu).xmit_rc = rc;
  return skb;
}

/** One packet into ndo_start_xmit; `more` follow at once, so the device need not be told yet. */
export function xmit_one(cpu: Cpu, skb: sk_buff, dev: net_device, txq: netdev_queue, more: boolean): number {
  spend(cpu, cpu.costs.dev_hard_start_xmit);
  if (cpu.host.netdev_nit !== 0 && dev_nit_active_rcu(dev)) dev_queue_xmit_nit(cpu, skb, dev);
  return netdev_start_xmit(cpu, skb, dev, txq, more);
}

export function netdev_start_xmit(cpu: Cpu, skb: sk_buff, dev: net_device, txq: netdev_queue, more: boolean): number {
  this_cpu_softnet(cpu).xmit_more = more;
  const rc = ndo_start_xmit(cpu, skb, dev);
  if (rc === NETDEV_TX_OK) txq.trans_start = cpu.now;
  return rc;
}

/** What a caller of dev_queue_xmit reports, as an errno: congestion is not an error (include/linux/netdevice.h). @helper */
export function net_xmit_errno(rc: number): number {
  return rc === NET_XMIT_CN ? 0 : rc === NET_XMIT_DROP ? -105 : rc;
}
