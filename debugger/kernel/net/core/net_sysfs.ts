/** Settings of a device under /sys/class/net (net/core/net-sysfs.c). */
import type { napi_struct, net_device } from '../../include/linux/netdevice.ts';
import { napi_kthread_create } from './dev/napi_threaded.ts';
import { store_rps_dev_flow_table_cnt } from './dev/rps.ts';

/** The files' names; lists of CPUs instead of masks. */
export interface DeviceSysfs {
  /** CPUs that may get the packets of any receive queue. */
  rps_cpus: readonly number[];
  rps_flow_cnt: number;
  /** CPUs that send by each transmit queue. */
  xps_cpus: readonly { queue: number; cpus: readonly number[] }[];
  /** ns */
  gro_flush_timeout: number;
  napi_defer_hard_irqs: number;
  threaded: boolean;
}

/** What echo into the files does to a device with the NAPI instances `napis`. @helper */
export function storeSysfs(dev: net_device, sysfs: DeviceSysfs, napis: readonly napi_struct[]): void {
  dev.rps_cpus = sysfs.rps_cpus.slice();
  store_rps_dev_flow_table_cnt(dev, sysfs.rps_flow_cnt);
  for (const { queue, cpus } of sysfs.xps_cpus) xps_cpus_store(dev, queue, cpus);
  dev.gro_flush_timeout = sysfs.gro_flush_timeout;
  dev.napi_defer_hard_irqs = sysfs.napi_defer_hard_irqs;
  if (!sysfs.threaded) return;
  for (const napi of napis) napi_kthread_create(dev.host.cpus[0]!, napi);
}

/** The map that transmission reads is the other way round: queues by CPU. */
function xps_cpus_store(dev: net_device, queue: number, cpus: readonly number[]): void {
  if (dev.xps_cpus.length === 0) for (let i = 0; i < dev.host.cpus.length; i++) dev.xps_cpus.push([]);
  for (const cpu of cpus) dev.xps_cpus[cpu]!.push(queue);
}
