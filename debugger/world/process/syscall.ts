/** What all calls of a scenario share: numbers from values, and errno. */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import { do_syscall_64 } from '../../kernel/arch/x86/entry/do_syscall_64.ts';
import type { Syscall, SyscallArguments } from '../../kernel/arch/x86/entry/syscall_64.ts';
import type { Outcome } from './operators.ts';
import type { Program, Value } from './value.ts';

export function num(value: Value | undefined): number {
  return typeof value === 'number' ? value : typeof value === 'boolean' ? Number(value) : 0;
}

/** A call whose result is a number; errors are remembered in errno. */
export function* simple<K extends Syscall>(cpu: Cpu, program: Program, nr: K, args: SyscallArguments<K>): Resumable<Outcome> {
  const ret = yield* do_syscall_64(cpu, nr, args);
  if (ret < 0) program.errno = -ret;
  return ret;
}
