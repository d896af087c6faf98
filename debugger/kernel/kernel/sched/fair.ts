/** Fair scheduling, reduced to equal weights: whoever has run least goes first (kernel/sched/fair.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { task_struct } from '../../include/linux/sched.ts';

/** sysctl_sched_base_slice of a machine with two or three CPUs: 0.7 ms * (1 + log2(CPUs)), here for all. */
export const SCHED_BASE_SLICE = 1_400_000;

/** Adds what the running task has used since it was last looked at. */
export function update_curr(cpu: Cpu): void {
  const curr = cpu.current;
  const delta = cpu.now - curr.exec_start;
  if (delta <= 0) return;
  curr.exec_start = cpu.now;
  if (curr === cpu.idle) return;
  curr.sum_exec_runtime += delta;
  curr.vruntime += delta;
  if (curr.vruntime > cpu.min_vruntime && cpu.rq.length === 0) cpu.min_vruntime = curr.vruntime;
}

/** Puts a task on the run queue; one that slept long does not get credit for it. */
export function enqueue_task(cpu: Cpu, p: task_struct): void {
  p.on_rq = true;
  p.cpu = cpu;
  p.vruntime = Math.max(p.vruntime, cpu.min_vruntime);
  let i = cpu.rq.length;
  cpu.rq.push(p);
  while (i > 0 && cpu.rq[i - 1]!.vruntime > p.vruntime) {
    cpu.rq[i] = cpu.rq[i - 1]!;
    i--;
  }
  cpu.rq[i] = p;
}

/** The next task to run, or idle. */
export function pick_next_task(cpu: Cpu): task_struct {
  const next = cpu.rq.shift();
  if (next === undefined) return cpu.idle;
  if (next.vruntime > cpu.min_vruntime) cpu.min_vruntime = next.vruntime;
  return next;
}

/** The running task's slice is over, and others wait. */
export function slice_is_over(cpu: Cpu): boolean {
  update_curr(cpu);
  return cpu.rq.length > 0 && cpu.current.vruntime >= cpu.rq[0]!.vruntime + SCHED_BASE_SLICE;
}
