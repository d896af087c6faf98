/** The end of a task: its files are closed as by close(2) (kernel/exit.c). */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import { TASK_DEAD } from '../include/linux/sched.ts';
import { exit_files } from '../fs/file.ts';
import { schedule } from './sched/core.ts';

/** Never returns. */
export function* do_exit(cpu: Cpu, code: number): Resumable<void> {
  cpu.current.mode = 'sy';
  cpu.mode = 'sy';
  yield* exit_files(cpu);
  cpu.current.exit_code = code;
  cpu.current.__state = TASK_DEAD;
  for (;;) yield* schedule(cpu);
}
