/** Work that a task does itself on its way back to user mode, or at its end (kernel/task_work.c): here files to be closed. */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import { ____fput } from '../fs/file.ts';
import type { file } from '../include/linux/fs.ts';
import type { task_struct } from '../include/linux/sched.ts';

export function task_work_add(task: task_struct, work: file): void {
  task.task_works.push(work);
}

/** What was added last is done first. */
export function* task_work_run(cpu: Cpu): Resumable<void> {
  const task = cpu.current;
  while (task.task_works.length > 0) {
    const works = task.task_works;
    task.task_works = [];
    for (let i = works.length - 1; i >= 0; i--) {
      yield* ____fput(cpu, works[i]!);
      yield;
    }
  }
}
