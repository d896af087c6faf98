/** Entry of a system call and the way back to user mode (arch/x86/entry, kernel/entry/common.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { syscalls } from './syscall_64.ts';
import type { Syscall, SyscallArguments, SyscallEntry } from './syscall_64.ts';
import { task_work_run } from '../../../kernel/task_work.ts';
import { schedule } from '../../../kernel/sched/core.ts';

/** Runs one system call with its arguments: `do_syscall_64(cpu, 'close', [fd])`. Answers its result. */
export function* do_syscall_64<K extends Syscall>(cpu: Cpu, nr: K, args: SyscallArguments<K>): Resumable<number> {
  cpu.current.mode = 'sy';
  cpu.mode = 'sy';
  spend(cpu, cpu.costs.syscall_entry);
  const ret = yield* (syscalls[nr] as SyscallEntry)(cpu, ...args);
  yield* syscall_exit_to_user_mode(cpu);
  return ret;
}

/** Softirqs that were raised get their turn (a yield), files that it let go last are closed, and another task runs when this one's time is up. */
export function* syscall_exit_to_user_mode(cpu: Cpu): Resumable<void> {
  spend(cpu, cpu.costs.syscall_exit);
  yield;
  if (cpu.current.task_works.length > 0) yield* task_work_run(cpu);
  if (cpu.need_resched || cpu.need_resched_lazy) yield* schedule(cpu);
  cpu.current.mode = 'us';
  cpu.mode = 'us';
}
