/** The worker that walks the table for connections whose time is over (net/netfilter/nf_conntrack_core.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { IPS_ASSURED, nf_ct_is_confirmed, nf_ct_is_dying } from '../../../include/net/netfilter/nf_conntrack.ts';
import type { conntrack_gc_work, nf_conn, nf_conntrack_net } from '../../../include/net/netfilter/nf_conntrack.ts';
import { HZ, jiffies, msecs_to_jiffies } from '../../../kernel/time/jiffies.ts';
import { INIT_DELAYED_WORK, queue_delayed_work } from '../../../kernel/workqueue/delayed.ts';
import { tcp_can_early_drop } from '../nf_conntrack_proto_tcp/timeout.ts';
import { nf_ct_expires, nf_ct_gc_expired, nf_ct_is_expired, nf_ct_kill } from './lifetime.ts';

const GC_SCAN_INTERVAL_MAX = 60 * HZ;
const GC_SCAN_INTERVAL_MIN = 1 * HZ;
/** Connections that live long do not count for more than this: else new ones with short lives would wait. */
const GC_SCAN_INTERVAL_CLAMP = 300 * HZ;
const GC_SCAN_INTERVAL_INIT = 0x7fffffff;
const GC_SCAN_INITIAL_COUNT = 1;
const GC_SCAN_MAX_DURATION = msecs_to_jiffies(10);
const GC_SCAN_EXPIRED_MAX = 64000 / HZ;
/** Empty buckets that are passed over before others may have the CPU (cond_resched); ours: one by one would be too many events. */
const STRIDE = 1024;

export function conntrack_gc_work_init(): conntrack_gc_work {
  return { dwork: INIT_DELAYED_WORK('gc_worker', null), next_bucket: 0, avg_timeout: 0, count: 0, start_time: 0, early_drop: false };
}

/** A round through the table, or as far as its time goes; plans the next by the mean of the connections' lifetimes. */
export function* gc_worker(cpu: Cpu): Resumable<void> {
  const net = cpu.host.ct!;
  const gc_work = net.gc_work;
  const end_time = jiffies(cpu) + GC_SCAN_MAX_DURATION;
  const max95 = gc_work.early_drop ? Math.floor(cpu.host.knobs.nf_conntrack_max! / 100) * 95 : 0;
  if (gc_work.next_bucket === 0) Object.assign(gc_work, { avg_timeout: GC_SCAN_INTERVAL_INIT, count: GC_SCAN_INITIAL_COUNT, start_time: jiffies(cpu) });
  let expired_count = 0;
  while (gc_work.next_bucket < net.htable_size) {
    const end = Math.min(gc_work.next_bucket + STRIDE, net.htable_size);
    spend(cpu, cpu.costs.nf_ct_gc_bucket * (end - gc_work.next_bucket));
    expired_count += scanBuckets(cpu, net, gc_work.next_bucket, end, max95);
    gc_work.next_bucket = end;
    if (expired_count > GC_SCAN_EXPIRED_MAX) {
      again(cpu, net, jiffies(cpu) - gc_work.start_time < GC_SCAN_INTERVAL_MAX ? 1 : 0);
      return;
    }
    if (jiffies(cpu) > end_time && end < net.htable_size) {
      again(cpu, net, 0);
      return;
    }
    yield;
  }
  gc_work.next_bucket = 0;
  const next_run = Math.max(GC_SCAN_INTERVAL_MIN, Math.min(gc_work.avg_timeout, GC_SCAN_INTERVAL_MAX));
  const delta_time = Math.max(1, jiffies(cpu) - gc_work.start_time);
  again(cpu, net, next_run > delta_time ? next_run - delta_time : 1);
}

/** @helper */
function again(cpu: Cpu, net: nf_conntrack_net, next_run: number): void {
  if (next_run !== 0) net.gc_work.early_drop = false;
  queue_delayed_work(cpu, 'system_percpu_wq', net.gc_work.dwork, next_run);
}

/** Buckets `first` up to `end`, lowest first; answers how many connections it has thrown out. @helper */
function scanBuckets(cpu: Cpu, net: nf_conntrack_net, first: number, end: number, max95: number): number {
  let expired = 0;
  for (const key of Object.keys(net.hash)) {
    const bucket = Number(key);
    if (bucket < first || bucket >= end) continue;
    for (const h of (net.hash[bucket] ?? []).slice()) if (scanEntry(cpu, net, h.ct, max95)) expired++;
  }
  return expired;
}

/** Whether the connection was thrown out; if not, its remaining time goes into the mean. @helper */
function scanEntry(cpu: Cpu, net: nf_conntrack_net, ct: nf_conn, max95: number): boolean {
  spend(cpu, cpu.costs.nf_ct_entry);
  if (nf_ct_is_expired(cpu, ct)) {
    nf_ct_gc_expired(cpu, ct);
    return true;
  }
  const { gc_work } = net;
  const expires = Math.max(GC_SCAN_INTERVAL_MIN, Math.min(nf_ct_expires(cpu, ct), GC_SCAN_INTERVAL_CLAMP));
  gc_work.avg_timeout += Math.trunc((expires - gc_work.avg_timeout) / ++gc_work.count);
  if (max95 === 0 || gc_worker_skip_ct(ct) || net.count < max95 || !gc_worker_can_early_drop(ct)) return false;
  return nf_ct_kill(cpu, ct);
}

export function gc_worker_skip_ct(ct: nf_conn): boolean {
  return !nf_ct_is_confirmed(ct) || nf_ct_is_dying(ct);
}

export function gc_worker_can_early_drop(ct: nf_conn): boolean {
  return (ct.status & IPS_ASSURED) === 0 || (ct.tcp !== null && tcp_can_early_drop(ct.tcp));
}
