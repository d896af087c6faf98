/** struct task_struct and wait queues (include/linux/sched.h, wait.h). */
import type { Context, Cpu, CpuMode } from '../../../machine/types.ts';
import type { file } from './fs.ts';
import type { hrtimer, timer_list } from './timer.ts';

export const TASK_RUNNING = 0;
export const TASK_INTERRUPTIBLE = 1;
export const TASK_UNINTERRUPTIBLE = 2;
export const TASK_DEAD = 0x80;

export interface task_struct {
  pid: number;
  comm: string;
  /** 'user' runs a scenario's process; 'ksoftirqd', 'kworker', other kernel threads and 'idle' are the kernel's own. */
  kind: 'user' | 'ksoftirqd' | 'kworker' | 'kthread' | 'idle';
  __state: number;
  /** On a run queue or running: not to be queued again. */
  on_rq: boolean;
  cpu: Cpu;
  /** Allowed CPU, or -1 for any. */
  cpus_allowed: number;
  context: Context;
  /** Open files by descriptor, null where closed. */
  files: (file | null)[];
  /** task_works: files whose last reference is gone, to be closed before it runs in user mode again. */
  task_works: file[];
  /** Weighted run time in ns (fair scheduling). */
  vruntime: number;
  exec_start: number;
  sum_exec_runtime: number;
  /** Why it sleeps and until when; null while it runs. */
  wait: wait_reason | null;
  /** Armed by schedule_timeout() and sleep; one each a task. */
  timeout: timer_list | null;
  sleeper: hrtimer | null;
  /** Where its time is charged while it runs: in its program, or in the kernel on its behalf. */
  mode: CpuMode;
  /** The interpreter's state of a scenario's process; null for kernel threads. */
  program: unknown;
  /** PF_EXITING: in do_exit(). */
  exiting: boolean;
  exit_code: number;
}

/** What a suspension waits for, in words a person understands, and until what moment (ns, -1: no limit). */
export interface wait_reason { what: string; until: number; since: number; event: number }

export const WQ_FLAG_EXCLUSIVE = 1;
/** woken_wake_function() has been called: the next wait_woken() does not sleep. */
export const WQ_FLAG_WOKEN = 2;

export interface wait_queue_entry {
  flags: number;
  /** Name in the table of wake functions (kernel/sched/wait.ts). */
  func: string;
  private: task_struct | null;
  /** What the function needs besides: an epitem, a poll table entry. */
  data: unknown;
  /** The head it stands on, null when on none. */
  head: wait_queue_head | null;
}

export interface wait_queue_head { head: wait_queue_entry[] }

export function init_waitqueue_head(): wait_queue_head {
  return { head: [] };
}
