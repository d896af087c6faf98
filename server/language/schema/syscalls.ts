/** System calls by the names of section 2 of the manual, in the form that a scenario writes them. */
import { MACROS } from './macros.ts';
import type { Parameter, SyscallSchema } from './shapes.ts';
import { SOCKETS } from './socket_calls.ts';
import { TRANSFERS } from './transfer_calls.ts';
import { WAITING } from './waiting_calls.ts';

export const SYSCALLS: ReadonlyMap<string, SyscallSchema> = new Map(
  [...SOCKETS, ...TRANSFERS, ...WAITING, ...MACROS].map((each) => [each.name, each]),
);

/** `recv(fd, size, [flags])`, for each form of the call. */
export function signatures({ name, forms }: SyscallSchema): string[] {
  return forms.map((form) => `${name}(${form.map(parameterText).join(', ')})`);
}

/** A parameter's name, in brackets where it may be left out. */
export function parameterText({ name, optional }: Parameter): string {
  return optional ? `[${name}]` : name;
}
