/** Work after a delay (kernel/workqueue.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { timer_list } from '../../include/linux/timer.ts';
import type { delayed_work, workqueue_struct } from '../../include/linux/workqueue.ts';
import { jiffies, mod_timer, timer_delete, timer_setup } from '../time/timer.ts';
import { INIT_WORK, __queue_work } from '../workqueue.ts';
import type { WorkFunction } from '../workqueue.ts';

export function INIT_DELAYED_WORK(func: WorkFunction, data: unknown): delayed_work {
  const dwork: delayed_work = { work: INIT_WORK(func, data), timer: timer_setup('delayed_work_timer_fn', null), wq: 'system_percpu_wq' };
  dwork.timer.data = dwork;
  return dwork;
}

/** Queues it in `delay` jiffies, unless it is queued or its time runs already. */
export function queue_delayed_work(cpu: Cpu, wq: workqueue_struct, dwork: delayed_work, delay: number): boolean {
  if (dwork.work.pending) return false;
  dwork.work.pending = true;
  __queue_delayed_work(cpu, wq, dwork, delay);
  return true;
}

/** The same, whatever was planned before. */
export function mod_delayed_work(cpu: Cpu, wq: workqueue_struct, dwork: delayed_work, delay: number): void {
  try_to_grab_pending(cpu, dwork);
  dwork.work.pending = true;
  __queue_delayed_work(cpu, wq, dwork, delay);
}

function __queue_delayed_work(cpu: Cpu, wq: workqueue_struct, dwork: delayed_work, delay: number): void {
  if (delay === 0) {
    __queue_work(cpu, dwork.work, wq);
    return;
  }
  dwork.wq = wq;
  mod_timer(cpu, dwork.timer, jiffies(cpu) + delay);
}

export function delayed_work_timer_fn(cpu: Cpu, timer: timer_list): void {
  const { work, wq } = timer.data as delayed_work;
  __queue_work(cpu, work, wq);
}

/** Takes it from its timer, or from the list that it stands on. */
function try_to_grab_pending(cpu: Cpu, dwork: delayed_work): void {
  timer_delete(cpu, dwork.timer);
  for (const pool of cpu.host.worker_pools) pool.worklist = pool.worklist.filter((each) => each !== dwork.work);
}
