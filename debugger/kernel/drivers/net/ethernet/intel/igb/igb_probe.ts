/** An igb device is found and brought up: rings, vectors, interrupts, throttles (drivers/net/ethernet/intel/igb/igb_main.c). */
import { createNic } from '../../../../../../machine/nic.ts';
import type { Nic } from '../../../../../../machine/nic.ts';
import type { Host } from '../../../../../include/linux/host.ts';
import type { in_device } from '../../../../../include/linux/inetdevice.ts';
import type { net_device } from '../../../../../include/linux/netdevice.ts';
import { timer_setup } from '../../../../../kernel/time/timer.ts';
import { INIT_WORK } from '../../../../../kernel/workqueue.ts';
import { alloc_netdev, attach_default_qdiscs, register_netdevice } from '../../../../../net/core/dev/netdev.ts';
import type { QdiscSetup } from '../../../../../net/core/dev/netdev.ts';
import { storeSysfs } from '../../../../../net/core/net_sysfs.ts';
import type { DeviceSysfs } from '../../../../../net/core/net_sysfs.ts';
import { withOffloads } from '../../../../../net/core/dev/features.ts';
import { napi_hash_add } from '../../../../../net/core/dev/busy_poll.ts';
import { createNapi } from '../../../../../net/core/dev/softnet.ts';
import { IGB_DEFAULT_TX_WORK, igb_desc_unused, IGB_START_ITR, SPEED_1000 } from './igb.ts';
import type { igb_adapter, igb_q_vector, igb_ring, igb_ring_container } from './igb.ts';
import { igb_write_itr } from './igb_msix.ts';
import { igb_alloc_rx_buffers } from './igb_rx.ts';

/** Queues of the 82576; up to half of them have vectors of their own for each direction. */
const IGB_MAX_QUEUES = 8;

/** What `ethtool`, `ip link` and the affinity of its interrupts make of the device. */
export interface IgbSetup {
  name: string;
  mac: readonly number[];
  in_dev: in_device;
  mtu: number;
  queues: number;
  rx_pending: number;
  tx_pending: number;
  /** 0 off, 1 to 3 dynamic, else microseconds. */
  rx_usecs: number;
  tx_usecs: number;
  tx_queue_len: number;
  /** Queue i is served by irq_cpus[i % length]. */
  irq_cpus: readonly number[];
  offloads: Readonly<Record<string, boolean>>;
  default_qdisc: string;
  /** What stands in sysfs under the device's name. */
  sysfs: DeviceSysfs;
  qdisc: QdiscSetup | null;
}

/** @helper The device, up and registered; its NIC (dev.priv.nic) has no wire yet. */
export function igb_probe(host: Host, setup: IgbSetup): net_device {
  const queues = Math.min(setup.queues, IGB_MAX_QUEUES);
  const paired = queues > IGB_MAX_QUEUES / 2;
  const rx_vector = numbers(queues, 1);
  const tx_vector = numbers(queues, paired ? 1 : 1 + queues);
  const dev = alloc_netdev(host, setup.name, 'igb', setup.mac, IGB_MAX_QUEUES, queues, setup.in_dev);
  dev.mtu = setup.mtu;
  dev.tx_queue_len = setup.tx_queue_len;
  dev.features = withOffloads(dev.features, setup.offloads);
  const nic = createNic(host, setup.name, setup.mac, setup.rx_pending, setup.tx_pending, rx_vector, tx_vector);
  const adapter: igb_adapter = {
    netdev: dev, nic, q_vector: [], tx_ring: [], rx_ring: [], rx_itr_setting: itr_setting(setup.rx_usecs),
    tx_itr_setting: itr_setting(paired ? setup.rx_usecs : setup.tx_usecs), tx_work_limit: IGB_DEFAULT_TX_WORK, lsc_int: 0, state: 0, get_link_status: false, link_speed: SPEED_1000,
    watchdog_timer: timer_setup('igb_watchdog', null), watchdog_task: INIT_WORK('igb_watchdog_task', null), reset_task: INIT_WORK('igb_reset_task', null),
    tx_timeout_count: 0, tx_hwtstamp_skipped: 0,
  };
  for (const each of [adapter.watchdog_timer, adapter.watchdog_task, adapter.reset_task]) each.data = adapter;
  dev.priv = adapter;
  for (let v = 1; v < nic.vectors.length; v++) adapter.q_vector.push(igb_alloc_q_vector(adapter, v, rx_vector, tx_vector));
  register_netdevice(dev);
  dev.carrier_down_count++;
  dev.carrier_up_count++;
  attach_default_qdiscs(dev, setup.default_qdisc, setup.qdisc);
  storeSysfs(dev, setup.sysfs, adapter.q_vector.map(({ napi }) => napi));
  igb_request_msix(host, adapter, setup.irq_cpus);
  igb_open(host, adapter);
  return dev;
}

/** @helper */
function numbers(count: number, first: number): number[] {
  const list: number[] = [];
  for (let i = 0; i < count; i++) list.push(first + i);
  return list;
}

/** @helper As igb_set_coalesce: microseconds in the register's units. */
function itr_setting(usecs: number): number {
  return usecs <= 3 ? usecs : usecs << 2;
}

/** @helper */
function igb_alloc_q_vector(adapter: igb_adapter, v: number, rx_vector: readonly number[], tx_vector: readonly number[]): igb_q_vector {
  const rx_queue = rx_vector.indexOf(v);
  const tx_queue = tx_vector.indexOf(v);
  const setting = rx_queue >= 0 ? adapter.rx_itr_setting : adapter.tx_itr_setting;
  const q_vector: igb_q_vector = {
    adapter, name: vector_name(adapter, rx_queue, tx_queue), vector: v, itr_val: setting > 0 && setting <= 3 ? IGB_START_ITR : setting,
    set_itr: true, rx: container(0), tx: container(adapter.tx_work_limit), napi: createNapi('', adapter.netdev, 'igb_poll', null),
  };
  q_vector.napi.name = q_vector.name;
  q_vector.napi.data = q_vector;
  napi_hash_add(adapter.netdev.host, q_vector.napi);
  if (rx_queue >= 0) {
    q_vector.rx.ring = createRing(adapter, q_vector, rx_queue, true);
    adapter.rx_ring.push(q_vector.rx.ring);
  }
  if (tx_queue >= 0) {
    q_vector.tx.ring = createRing(adapter, q_vector, tx_queue, false);
    adapter.tx_ring.push(q_vector.tx.ring);
  }
  return q_vector;
}

/** @helper */
function vector_name(adapter: igb_adapter, rx_queue: number, tx_queue: number): string {
  const name = adapter.netdev.name;
  if (rx_queue >= 0 && tx_queue >= 0) return `${name}-TxRx-${rx_queue}`;
  return rx_queue >= 0 ? `${name}-rx-${rx_queue}` : `${name}-tx-${tx_queue}`;
}

/** @helper */
function container(work_limit: number): igb_ring_container {
  return { ring: null, total_bytes: 0, total_packets: 0, work_limit };
}

/** @helper */
function createRing(adapter: igb_adapter, q_vector: igb_q_vector, queue_index: number, receive: boolean): igb_ring {
  const nic: Nic = adapter.nic;
  const rx = receive ? nic.rx[queue_index]! : null;
  const tx = receive ? null : nic.tx[queue_index]!;
  const count = receive ? rx!.count : tx!.count;
  return {
    adapter, q_vector, netdev: adapter.netdev, queue_index, count, rx, tx, tx_buffer_info: receive ? [] : new Array<null>(count).fill(null),
    next_to_use: 0, next_to_clean: 0, packets: 0, bytes: 0, restart_queue: 0, csum_err: 0, alloc_failed: 0, drops: 0,
  };
}

/** @helper One line each vector: `eth0` for what is neither, then `eth0-rx-0` ..., each at its CPU. */
function igb_request_msix(host: Host, adapter: igb_adapter, irq_cpus: readonly number[]): void {
  const name = adapter.netdev.name;
  adapter.nic.vectors[0]!.irq = request_irq(host, name, 'igb_msix_other', adapter, cpu_of(irq_cpus, 0));
  for (const q_vector of adapter.q_vector) {
    const ring = q_vector.rx.ring ?? q_vector.tx.ring!;
    const irq = request_irq(host, q_vector.name, 'igb_msix_ring', q_vector, cpu_of(irq_cpus, ring.queue_index));
    adapter.nic.vectors[q_vector.vector]!.irq = irq;
  }
}

/** @helper */
function cpu_of(irq_cpus: readonly number[], queue: number): number {
  return irq_cpus.length === 0 ? 0 : irq_cpus[queue % irq_cpus.length]!;
}

/** @helper */
function request_irq(host: Host, name: string, handler: string, dev_id: unknown, cpu: number): number {
  const irq = host.irq_descs.length;
  host.irq_descs.push({ irq, name, handler, dev_id, cpu, affinity: [cpu], pending_mask: null, kstat: host.cpus.map(() => 0) });
  return irq;
}

/** @helper Receive buffers to the hardware, throttles set, vectors enabled. */
function igb_open(host: Host, adapter: igb_adapter): void {
  const cpu = host.cpus[0]!;
  for (const ring of adapter.rx_ring) igb_alloc_rx_buffers(cpu, ring, igb_desc_unused(ring));
  for (const q_vector of adapter.q_vector) igb_write_itr(cpu, q_vector);
  for (const vector of adapter.nic.vectors) vector.enabled = true;
}
