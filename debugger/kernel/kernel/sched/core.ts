/** Switching tasks (kernel/sched/core.c). */
import type { Resumable } from '../../../machine/frames.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { TASK_RUNNING } from '../../include/linux/sched.ts';
import type { task_struct } from '../../include/linux/sched.ts';
import { tick_nohz_idle_exit, tick_program } from '../time/tick.ts';
import { wq_worker_sleeping } from '../workqueue/pool.ts';
import { enqueue_task, pick_next_task, slice_is_over, update_curr } from './fair.ts';

/** Gives the CPU away; returns when this task is chosen again. */
export function* schedule(cpu: Cpu): Resumable<void> {
  if (cpu.current.kind === 'kworker' && cpu.current.__state !== TASK_RUNNING) wq_worker_sleeping(cpu, cpu.current);
  __schedule(cpu);
  yield;
}

/** The end of an interrupt takes the CPU from a task in the middle of a system call. */
export function* preempt_schedule_irq(cpu: Cpu): Resumable<void> {
  __schedule(cpu, true);
  yield;
}

/** The running task gives way as soon as it may. */
export function resched_curr(rq: Cpu): void {
  rq.need_resched = true;
}

/** PREEMPT_LAZY: the running task gives way at its next return to user mode, and only at the tick after that in the kernel. The idle task at once. */
export function resched_curr_lazy(rq: Cpu): void {
  if (rq.current === rq.idle) rq.need_resched = true;
  else rq.need_resched_lazy = true;
}

/** Chooses the next task. The run loop goes on with `cpu.current`. `preempt`: the running one stays runnable, even when it was about to sleep. */
export function __schedule(cpu: Cpu, preempt = false): void {
  const prev = cpu.current;
  cpu.need_resched = false;
  cpu.need_resched_lazy = false;
  update_curr(cpu);
  prev.mode = cpu.mode;
  if (prev !== cpu.idle) {
    if (preempt || prev.__state === TASK_RUNNING) enqueue_task(cpu, prev);
    else prev.on_rq = false;
  }
  const next = pick_next_task(cpu);
  if (next !== prev) context_switch(cpu, next);
}

/** The clock runs on while registers and stacks change; the next task's own frames hold the rest. */
export function context_switch(cpu: Cpu, next: task_struct): void {
  spend(cpu, cpu.costs.context_switch);
  if (cpu.current === cpu.idle) tick_nohz_idle_exit(cpu);
  cpu.current = next;
  next.cpu = cpu;
  next.exec_start = cpu.now;
  moveFrames(cpu, next);
  // Linux switches with interrupts off; here one may have woken a task meanwhile, when this CPU did not look idle yet.
  if (next === cpu.idle && cpu.rq.length > 0) cpu.need_resched = true;
  tick_program(cpu);
}

/** `cpu` in a task's suspended frames is a register: it is reloaded when the task moves. @helper */
function moveFrames(cpu: Cpu, task: task_struct): void {
  const frames = task.context.frames;
  if (frames.length === 0 || frames[frames.length - 1]!.cpu === cpu) return;
  for (const frame of frames) frame.cpu = cpu;
}

/** Called from the tick: who has been asked to give way since the last one must now; and the running task's time slice. */
export function sched_tick(cpu: Cpu): void {
  if (cpu.need_resched_lazy) resched_curr(cpu);
  if (cpu.current !== cpu.idle && slice_is_over(cpu)) resched_curr_lazy(cpu);
}
