/** Waking tasks (kernel/sched/core.c). */
import { CALL_FUNCTION_SINGLE_VECTOR, send_ipi } from '../../../machine/apic.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { TASK_DEAD, TASK_RUNNING } from '../../include/linux/sched.ts';
import type { task_struct } from '../../include/linux/sched.ts';
import { resched_curr, resched_curr_lazy } from './core.ts';
import { enqueue_task, update_curr } from './fair.ts';

/** Makes a sleeping task runnable; false when it was awake. */
export function try_to_wake_up(cpu: Cpu, p: task_struct): boolean {
  if (p.__state === TASK_RUNNING || p.__state === TASK_DEAD) return false;
  spend(cpu, cpu.costs.wake_up);
  p.__state = TASK_RUNNING;
  if (p.on_rq) return true;
  p.cpu = select_task_rq(cpu, p);
  if (!ttwu_queue_wakelist(cpu, p)) ttwu_do_activate(cpu, p.cpu, p);
  return true;
}

export function wake_up_process(cpu: Cpu, p: task_struct): boolean {
  return try_to_wake_up(cpu, p);
}

/** Its own CPU when pinned; else where it ran last if idle, the waker's if idle, any idle one, or where it ran last. */
export function select_task_rq(cpu: Cpu, p: task_struct): Cpu {
  const host = cpu.host;
  if (p.cpus_allowed >= 0) return host.cpus[p.cpus_allowed]!;
  if (isIdle(p.cpu)) return p.cpu;
  for (const candidate of host.cpus) if (isIdle(candidate)) return candidate;
  return p.cpu;
}

/** @helper */
function isIdle(cpu: Cpu): boolean {
  return cpu.current === cpu.idle && cpu.rq.length === 0 && cpu.wake_list.length === 0;
}

/** Wakes a task of another CPU by interrupt, so that its run queue is touched only there. */
export function ttwu_queue_wakelist(cpu: Cpu, p: task_struct): boolean {
  if (p.cpu === cpu) return false;
  p.cpu.wake_list.push(p);
  spend(cpu, cpu.costs.ipi);
  send_ipi(cpu, p.cpu, CALL_FUNCTION_SINGLE_VECTOR);
  return true;
}

/** In the woken task's CPU: activates what others put on the list. */
export function sched_ttwu_pending(cpu: Cpu): void {
  while (cpu.wake_list.length > 0) ttwu_do_activate(cpu, cpu, cpu.wake_list.shift()!);
}

export function ttwu_do_activate(_cpu: Cpu, rq: Cpu, p: task_struct): void {
  enqueue_task(rq, p);
  wakeup_preempt(rq, p);
}

/** The idle task gives way at once; another one, lazily, when it has had more than the woken one. */
export function wakeup_preempt(rq: Cpu, p: task_struct): void {
  if (rq.current === rq.idle) {
    resched_curr(rq);
    return;
  }
  update_curr(rq);
  if (p.vruntime < rq.current.vruntime) resched_curr_lazy(rq);
}
