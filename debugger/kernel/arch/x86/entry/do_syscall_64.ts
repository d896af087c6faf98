/** Entry of a system call and the way back to user mode (arch/x86/entry, kernel/entry/common.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { schedule } from '../../../kernel/sched/core.ts';

/** Runs one system call, given as its frame: `do_syscall_64(cpu, __x64_sys_close(cpu, fd))`. Answers its result. */
export function* do_syscall_64<T>(cpu: Cpu, entry: Resumable<T>): Resumable<T> {
  cpu.current.mode = 'sy';
  cpu.mode = 'sy';
  spend(cpu, cpu.costs.syscall_entry);
  const ret = yield* entry;
  yield* syscall_exit_to_user_mode(cpu);
  return ret;
}

/** Softirqs that were raised get their turn (a yield), and another task when this one's time is up. */
export function* syscall_exit_to_user_mode(cpu: Cpu): Resumable<void> {
  spend(cpu, cpu.costs.syscall_exit);
  yield;
  if (cpu.need_resched) yield* schedule(cpu);
  cpu.current.mode = 'us';
  cpu.mode = 'us';
}
