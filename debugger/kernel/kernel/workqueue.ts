/** Bottom-half workqueues (system_bh_wq): work that runs in TASKLET softirq of the CPU that queued it (kernel/workqueue.c). */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import { TASKLET_SOFTIRQ, __raise_softirq_irqoff } from './softirq.ts';
import { tcp_tsq_workfn } from '../net/ipv4/tcp_output/tsq.ts';

/** Work functions by name. */
const work_functions = { tcp_tsq_workfn } satisfies Record<string, (cpu: Cpu, data: unknown) => Resumable<void>>;
export type WorkFunction = keyof typeof work_functions;

export interface work_struct { func: WorkFunction; pending: boolean; data: unknown }

/** Queues `work` on this CPU's bottom-half pool; false when it is queued already. */
export function queue_work_on(cpu: Cpu, work: work_struct): boolean {
  if (work.pending) return false;
  work.pending = true;
  __queue_work(cpu, work);
  return true;
}

export function __queue_work(cpu: Cpu, work: work_struct): void {
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

export function* process_one_work(cpu: Cpu, work: work_struct): Resumable<void> {
  work.pending = false;
  yield* work_functions[work.func](cpu, work.data);
}
