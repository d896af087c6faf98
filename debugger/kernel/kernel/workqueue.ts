/** Queueing work (kernel/workqueue.c): for TASKLET softirq of the CPU that queued it (system_bh_wq), or for tasks (see workqueue/pool.ts). */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import { igb_reset_task } from '../drivers/net/ethernet/intel/igb/igb_reset.ts';
import { igb_watchdog_task } from '../drivers/net/ethernet/intel/igb/igb_watchdog.ts';
import type { work_struct, workqueue_struct } from '../include/linux/workqueue.ts';
import { linkwatch_event } from '../net/core/link_watch.ts';
import { br_fdb_cleanup } from '../net/bridge/br_fdb.ts';
import { gc_worker } from '../net/netfilter/nf_conntrack_core/gc.ts';
import { tcp_tsq_workfn } from '../net/ipv4/tcp_output/tsq.ts';
import { TASKLET_SOFTIRQ, __raise_softirq_irqoff } from './softirq.ts';
import { insert_work, kick_pool, poolOf } from './workqueue/pool.ts';

/** Work functions by name. */
const work_functions = { tcp_tsq_workfn, igb_watchdog_task, igb_reset_task, linkwatch_event, gc_worker, br_fdb_cleanup } satisfies Record<string, (cpu: Cpu, data: never) => Resumable<void>>;
export type WorkFunction = keyof typeof work_functions;

/** Work that is not queued. */
export function INIT_WORK(func: WorkFunction, data: unknown): work_struct {
  return { func, pending: false, data };
}

/** Queues `work` for this CPU; false when it is queued already. */
export function queue_work_on(cpu: Cpu, work: work_struct, wq: workqueue_struct = 'system_bh_wq'): boolean {
  if (work.pending) return false;
  work.pending = true;
  __queue_work(cpu, work, wq);
  return true;
}

/** For a task of this CPU. */
export function schedule_work(cpu: Cpu, work: work_struct): boolean {
  return queue_work_on(cpu, work, 'system_percpu_wq');
}

export function __queue_work(cpu: Cpu, work: work_struct, wq: workqueue_struct): void {
  if (wq !== 'system_bh_wq') {
    const pool = poolOf(cpu, wq);
    insert_work(pool, work);
    kick_pool(cpu, pool);
    return;
  }
  cpu.bh_work.push(work);
  __raise_softirq_irqoff(cpu, TASKLET_SOFTIRQ);
}

export function* workqueue_softirq_action(cpu: Cpu): Resumable<void> {
  yield* bh_worker(cpu);
}

export function* bh_worker(cpu: Cpu): Resumable<void> {
  while (cpu.bh_work.length > 0) {
    const work = cpu.bh_work.shift() as work_struct;
    yield* process_one_work(cpu, work);
    yield;
  }
}

/** It may be queued again from now on, by itself too. */
export function* process_one_work(cpu: Cpu, work: work_struct): Resumable<void> {
  work.pending = false;
  yield* work_functions[work.func](cpu, work.data as never);
}
