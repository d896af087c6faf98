/** The end of a task: its files are closed (kernel/exit.c). */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import { TASK_DEAD } from '../include/linux/sched.ts';
import { exit_files } from '../fs/file.ts';
import { task_work_run } from './task_work.ts';
import { schedule } from './sched/core.ts';

/** @helper */
function* exit_task_work(cpu: Cpu): Resumable<void> {
  yield* task_work_run(cpu);
}

/** Never returns. */
export function* do_exit(cpu: Cpu, code: number): Resumable<void> {
  cpu.current.mode = 'sy';
  cpu.mode = 'sy';
  cpu.current.exiting = true;
  exit_files(cpu);
  yield* exit_task_work(cpu);
  cpu.current.exit_code = code;
  cpu.current.__state = TASK_DEAD;
  for (;;) yield* schedule(cpu);
}
