/** Workqueues that tasks serve (include/linux/workqueue.h, kernel/workqueue.c struct worker_pool). */
import type { WorkFunction } from '../../kernel/workqueue.ts';
import type { task_struct } from './sched.ts';
import type { timer_list } from './timer.ts';

/** system_bh_wq: in TASKLET softirq; system_percpu_wq: by a task of the CPU that queued it; system_dfl_wq: by a task of any CPU. */
export type workqueue_struct = 'system_bh_wq' | 'system_percpu_wq' | 'system_dfl_wq';

export interface work_struct { func: WorkFunction; pending: boolean; data: unknown }

/** Work that is queued when its timer has run out. */
export interface delayed_work { work: work_struct; timer: timer_list; wq: workqueue_struct }

export interface worker_pool {
  /** The CPU that its workers are bound to; -1: none. */
  cpu: number;
  worklist: work_struct[];
  /** kworker/CPU:n or kworker/uPOOL:n, and those of them that wait for work, the one that had some last in front. */
  workers: task_struct[];
  idle_list: task_struct[];
}
