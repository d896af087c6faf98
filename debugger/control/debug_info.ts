/** The tables of the engine's build in typed form: what the numbers of functions, ticks and scopes mean. */
import info from 'netpath:debug-info';

export interface FunctionInfo {
  readonly name: string;
  /** Relative to debugger/kernel: `net/ipv4/ip_input.ts`. */
  readonly file: string;
  /** Of a packet's way (build/engine/stages.mjs): 'IPv4', 'queueing discipline'. */
  readonly stage: string;
  readonly line: number;
  readonly endLine: number;
  readonly params: readonly string[];
  /** Written as `function*`: it has frames. */
  readonly resumable: boolean;
  /** Linux has no such function. */
  readonly helper: boolean;
  readonly kernel: boolean;
  /** Its ticks are firstTick .. lastTick; 0 .. -1 where it has none. */
  readonly firstTick: number;
  readonly lastTick: number;
  /** Where a frame with label n waits: entry n - 1. */
  readonly yields: readonly (readonly [line: number, column: number, scope: number, seen: number])[];
}

/** Its own name, its field in a frame, 1 if it is constant, and the source offset from which it has its value. */
export type NameInfo = readonly [name: string, field: string, fixed: number, from: number];

export interface ScopeInfo {
  readonly fn: number;
  /** The scope around it, -1 for a function's own. */
  readonly parent: number;
  readonly level: number;
  /** Number of its first name among all names of the function, as the accessor counts them. */
  readonly first: number;
  readonly names: readonly NameInfo[];
}

export interface TickInfo {
  readonly fn: number;
  readonly line: number;
  readonly column: number;
  readonly scope: number;
  /** The head of a loop, met again on every round. */
  readonly head: boolean;
}

export const functions: readonly FunctionInfo[] = info.functions;
export const scopes: readonly ScopeInfo[] = info.scopes;
/** Ticks are numbered from 1; this is one past the last. */
export const tickCount: number = info.ticks.fn.length;

/** What tick number `tick` is; it must be one of the kernel's. */
export function tickInfo(tick: number): TickInfo {
  const { fn, line, column, scope, head } = info.ticks;
  return { fn: fn[tick]!, line: line[tick]!, column: column[tick]!, scope: scope[tick]!, head: head[tick] === 1 };
}

/** The source offset that decides which names of a frame have their value at a tick. */
export function seenAt(tick: number): number {
  return info.ticks.seen[tick]!;
}

/** @returns the number of a function, or -1 */
export function functionNumber(name: string): number {
  return functions.findIndex((fn) => fn.name === name);
}

/** @returns the ticks on a line of a listing, in the order of their columns */
export function ticksOnLine(file: string, line: number): number[] {
  const found: number[] = [];
  functions.forEach((fn) => {
    if (fn.file !== file || line < fn.line || line > fn.endLine) return;
    for (let tick = fn.firstTick; tick <= fn.lastTick; tick++) if (info.ticks.line[tick] === line) found.push(tick);
  });
  return found;
}
