/** A system call of a script: `recvmsg(4, {msg_flags=0}, 0) = 100`, `read(4, ..., 10) = -1 EAGAIN (Resource temporarily unavailable)`. */
import type { Scanner } from './scanner.ts';

export type Argument =
  | { readonly kind: 'any' }
  | { readonly kind: 'number'; readonly value: number }
  /** Flags or a constant: O_RDWR|O_NONBLOCK. */
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'list'; readonly items: readonly Argument[] }
  /** `{fd=4, events=POLLIN}`; what has no name stands under its position. */
  | { readonly kind: 'struct'; readonly fields: ReadonlyMap<string, Argument> };

export interface CallEvent {
  readonly kind: 'call';
  readonly name: string;
  readonly arguments: readonly Argument[];
  /** null: any. */
  readonly result: number | null;
  readonly errno: string | null;
}

export function callOf(scanner: Scanner): CallEvent {
  const name = scanner.word();
  scanner.expect('(');
  const args = sequence(scanner, ')');
  scanner.expect('=');
  const result = scanner.take('...') ? null : scanner.integer();
  const errno = scanner.match(/E[A-Z0-9]+/y)?.[0] ?? null;
  scanner.remark();
  return { kind: 'call', name, arguments: args, result, errno };
}

function sequence(scanner: Scanner, end: string): Argument[] {
  const items: Argument[] = [];
  while (!scanner.take(end)) {
    items.push(argument(scanner));
    scanner.take(',');
  }
  return items;
}

function argument(scanner: Scanner): Argument {
  if (scanner.take('...')) return { kind: 'any' };
  if (scanner.match(/\[(?=\s*[A-Z]\w*\s*=)/y) !== null) return { kind: 'list', items: [struct(scanner, ']')] };
  if (scanner.take('[')) return { kind: 'list', items: sequence(scanner, ']') };
  if (scanner.take('{')) return struct(scanner);
  const text = scanner.match(/"([^"]*)"/y);
  if (text !== null) return { kind: 'string', value: text[1]! };
  if (scanner.match(/(?=[A-Za-z_])/y) !== null) return names(scanner);
  return { kind: 'number', value: scanner.integer() };
}

function names(scanner: Scanner): Argument {
  const found = [scanner.word()];
  while (scanner.take('|')) found.push(scanner.word());
  return { kind: 'names', names: found };
}

function struct(scanner: Scanner, end = '}'): Argument {
  const fields = new Map<string, Argument>();
  while (!scanner.take(end)) {
    const name = scanner.match(/(\w+)(?:\([^)]*\))?\s*=/y);
    fields.set(name?.[1] ?? String(fields.size), argument(scanner));
    scanner.take(',');
  }
  return { kind: 'struct', fields };
}
