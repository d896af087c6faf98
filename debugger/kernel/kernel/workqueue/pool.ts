/**
 * Pools of kernel threads that do queued work, one a CPU and one for all (kernel/workqueue.c). A bound pool has one worker at a time
 * running: only when that one sleeps in the middle of its work another takes the next. Threads are made when they are first needed;
 * the kernel has one idle worker more than it needs.
 */
import { start } from '../../../machine/frames.ts';
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu, Host } from '../../../machine/types.ts';
import { TASK_INTERRUPTIBLE, TASK_RUNNING } from '../../include/linux/sched.ts';
import type { task_struct } from '../../include/linux/sched.ts';
import type { work_struct, worker_pool, workqueue_struct } from '../../include/linux/workqueue.ts';
import { copy_process } from '../fork.ts';
import { schedule } from '../sched/core.ts';
import { wake_up_process } from '../sched/wake.ts';
import { process_one_work } from '../workqueue.ts';

/** @helper The pool that serves `wq` for work queued on this CPU; all are made with the first. */
export function poolOf(cpu: Cpu, wq: workqueue_struct): worker_pool {
  const { worker_pools, cpus } = cpu.host;
  if (worker_pools.length === 0) {
    for (const each of cpus) worker_pools.push({ cpu: each.id, worklist: [], workers: [], idle_list: [] });
    worker_pools.push({ cpu: -1, worklist: [], workers: [], idle_list: [] });
  }
  return worker_pools[wq === 'system_percpu_wq' ? cpu.id : cpus.length]!;
}

export function insert_work(pool: worker_pool, work: work_struct): void {
  pool.worklist.push(work);
}

/** @helper A worker whose work sleeps does not count. */
function nr_running(pool: worker_pool): number {
  return pool.workers.filter((worker) => worker.__state === TASK_RUNNING && !pool.idle_list.includes(worker)).length;
}

/** There is work, and in a bound pool nobody who will come to it. */
function need_more_worker(pool: worker_pool): boolean {
  return pool.worklist.length > 0 && (pool.cpu < 0 || nr_running(pool) === 0);
}

/** Wakes an idle worker if one more is needed. */
export function kick_pool(cpu: Cpu, pool: worker_pool): void {
  if (!need_more_worker(pool)) return;
  if (pool.idle_list.length === 0) create_worker(cpu, pool);
  wake_up_process(cpu, pool.idle_list[0]!);
}

/** One more thread, idle. Bound workers are named after their CPU, the others after their pool, whose number is twice that of the CPUs. */
export function create_worker(cpu: Cpu, pool: worker_pool): task_struct {
  const name = pool.cpu >= 0 ? `${pool.cpu}` : `u${2 * cpu.host.cpus.length}`;
  const task = copy_process(cpu, `kworker/${name}:${pool.workers.length}`, 'kworker', pool.cpu);
  task.__state = TASK_INTERRUPTIBLE;
  start(task.context, worker_thread, cpu, pool);
  pool.workers.push(task);
  pool.idle_list.push(task);
  return task;
}

/** Work until there is none, then sleep until there is. */
export function* worker_thread(cpu: Cpu, pool: worker_pool): Resumable<void> {
  for (;;) {
    worker_leave_idle(cpu, pool);
    while (pool.worklist.length > 0) {
      const work = pool.worklist.shift()!;
      yield* process_one_work(cpu, work);
      yield;
    }
    worker_enter_idle(cpu, pool);
    cpu.current.__state = TASK_INTERRUPTIBLE;
    cpu.current.wait = { what: 'work', until: -1, since: cpu.now, event: cpu.world.event };
    yield* schedule(cpu);
    cpu.current.wait = null;
  }
}

function worker_leave_idle(cpu: Cpu, pool: worker_pool): void {
  pool.idle_list = pool.idle_list.filter((worker) => worker !== cpu.current);
}

function worker_enter_idle(cpu: Cpu, pool: worker_pool): void {
  pool.idle_list.unshift(cpu.current);
}

/** Called from schedule(): a worker is about to sleep in the middle of its work, so somebody else must see to the rest. */
export function wq_worker_sleeping(cpu: Cpu, task: task_struct): void {
  const pool = poolWith(cpu.host, task);
  if (pool !== null && pool.cpu >= 0 && !pool.idle_list.includes(task)) kick_pool(cpu, pool);
}

/** @helper */
function poolWith(host: Host, task: task_struct): worker_pool | null {
  for (const pool of host.worker_pools) if (pool.workers.includes(task)) return pool;
  return null;
}
