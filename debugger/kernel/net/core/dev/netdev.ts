/** Network devices: made, registered, their queues given disciplines (net/core/dev.c alloc_netdev_mqs, net/sched/sch_generic.c attach_default_qdiscs). */
import type { Host } from '../../../include/linux/host.ts';
import type { in_device } from '../../../include/linux/inetdevice.ts';
import { ETH_DATA_LEN, ETH_HLEN } from '../../../include/linux/if_ether.ts';
import {
  IF_OPER_UP, IFF_BROADCAST, IFF_UP, IFF_XMIT_DST_RELEASE, NETIF_F_GRO, NETIF_F_GSO, NETIF_F_GSO_UDP_L4, NETIF_F_HW_CSUM, NETIF_F_RXCSUM, NETIF_F_RXHASH,
  NETIF_F_SG, NETIF_F_TSO,
} from '../../../include/linux/netdevice.ts';
import type { net_device, netdev_queue } from '../../../include/linux/netdevice.ts';
import { TCQ_F_ONETXQUEUE } from '../../../include/net/sch_generic.ts';
import type { Qdisc } from '../../../include/net/sch_generic.ts';
import { HZ } from '../../../kernel/time/jiffies.ts';
import { createDql } from '../../../lib/dynamic_queue_limits.ts';
import { qdisc_create } from '../../sched/qdisc_ops.ts';
import type { QdiscOptions } from '../../sched/qdisc_ops.ts';

const GSO_MAX_SIZE = 65536;
const GSO_MAX_SEGS = 65535;
const TX_QUEUE_LEN = 1000;
const NO_OPTIONS: QdiscOptions = {};

/** A discipline to attach: its kind and options, null for the system's default. */
export interface QdiscSetup { kind: string; options: QdiscOptions }

/** @helper An Ethernet device that is up, with `queues` transmit queues of which `real` are used; no discipline yet. */
export function alloc_netdev(
  host: Host, name: string, netdev_ops: net_device['netdev_ops'], mac: readonly number[], queues: number, real: number, in_dev: in_device,
): net_device {
  const dev: net_device = {
    name, ifindex: 0, host, netdev_ops, flags: IFF_UP | IFF_BROADCAST, state: 0, operstate: IF_OPER_UP, carrier_up_count: 0, carrier_down_count: 0, priv_flags: IFF_XMIT_DST_RELEASE, mtu: ETH_DATA_LEN,
    hard_header_len: ETH_HLEN, dev_addr: [...mac], broadcast: [255, 255, 255, 255, 255, 255],
    features: NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_TSO | NETIF_F_GSO | NETIF_F_GRO | NETIF_F_RXCSUM | NETIF_F_RXHASH | NETIF_F_GSO_UDP_L4,
    gso_max_size: GSO_MAX_SIZE, gso_max_segs: GSO_MAX_SEGS, tso_max_size: GSO_MAX_SIZE, tx_queue_len: TX_QUEUE_LEN, num_tx_queues: queues,
    real_num_tx_queues: real, _tx: [], qdisc: null as unknown as Qdisc, ip_ptr: in_dev, ip6_ptr: null, priv: null, rx_handler: null, rx_handler_data: null,
    stats: {
      rx_packets: 0, tx_packets: 0, rx_bytes: 0, tx_bytes: 0, rx_errors: 0, tx_errors: 0, rx_dropped: 0, tx_dropped: 0, rx_missed_errors: 0,
      rx_fifo_errors: 0, rx_crc_errors: 0, rx_length_errors: 0, multicast: 0,
    },
    gro_flush_timeout: 0, napi_defer_hard_irqs: 0, watchdog_timeo: 5 * HZ, promiscuity: 0, ptype_all: [], ptype_specific: [], rps_cpus: [], rps_flow_table: [], xps_cpus: [],
  };
  for (let i = 0; i < queues; i++) dev._tx.push(createTxQueue(dev, i));
  return dev;
}

/** @helper */
function createTxQueue(dev: net_device, index: number): netdev_queue {
  return {
    dev, index, qdisc: null as unknown as Qdisc, qdisc_sleeping: null as unknown as Qdisc, state: 0, dql: createDql(), trans_start: 0, xmit_lock_owner: -1, xmit_lock_released: 0,
    tx_packets: 0, tx_bytes: 0, trans_timeout: 0,
  };
}

/** @helper Gives the device its ifindex and makes it one of the host's. */
export function register_netdevice(dev: net_device): void {
  dev.host.devices.push(dev);
  dev.ifindex = dev.host.devices.length;
}

/** @helper Devices without a queue of their own (lo, veth, bridges) take every packet at once. */
export function attach_noqueue(dev: net_device): void {
  const q = qdisc_create('noqueue', dev, dev._tx[0]!, 0, NO_OPTIONS);
  for (const txq of dev._tx) graft(txq, q);
  dev.qdisc = q;
}

/** @helper The queue has this discipline from now on, carrier or not. */
function graft(txq: netdev_queue, q: Qdisc): void {
  txq.qdisc = q;
  txq.qdisc_sleeping = q;
}

/**
 * @helper Attaches disciplines: mq with one `by_default` (net.core.default_qdisc) each queue, as a device with several queues has, or one
 * discipline for the whole device when `setup` names it.
 */
export function attach_default_qdiscs(dev: net_device, by_default: string, setup: QdiscSetup | null): void {
  const multiqueue = dev.num_tx_queues > 1;
  if (setup === null ? multiqueue : setup.kind === 'mq') attach_mq(dev, by_default);
  else attach_root(dev, setup?.kind ?? by_default, setup?.options ?? NO_OPTIONS, setup === null ? 0 : 0x8001, multiqueue);
}

/** @helper */
function attach_mq(dev: net_device, by_default: string): void {
  const root = qdisc_create('mq', dev, null, 0, NO_OPTIONS);
  const children: Qdisc[] = [];
  for (const txq of dev._tx) {
    if (txq.index >= dev.real_num_tx_queues) {
      graft(txq, children[0]!);
      continue;
    }
    graft(txq, qdisc_create(by_default, dev, txq, 0, NO_OPTIONS));
    txq.qdisc.flags |= TCQ_F_ONETXQUEUE;
    children.push(txq.qdisc);
  }
  root.priv = { children };
  dev.qdisc = root;
}

/** @helper */
function attach_root(dev: net_device, kind: string, options: QdiscOptions, handle: number, multiqueue: boolean): void {
  const q = qdisc_create(kind, dev, dev._tx[0]!, handle, options);
  if (!multiqueue) q.flags |= TCQ_F_ONETXQUEUE;
  for (const txq of dev._tx) graft(txq, q);
  dev.qdisc = q;
}
