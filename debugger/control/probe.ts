/**
 * What the debug build's code calls: at the start of each function, before each statement, after calls. It knows the plain
 * calls under way and counts ticks; whoever wants to stop the run sets `limit` or arms a tick or a function.
 *
 * Functions count themselves in and never out: whoever called them puts its own depth back ($r, or the next $tick).
 * One engine thread has one probe, so its state is the module's.
 */
import type { Frame } from '../machine/frames.ts';
import { functions, tickCount } from './debug_info.ts';

/** Reads (or with `write` sets) local number `index` of a call. */
export type Accessor = (index: number, write?: boolean, value?: unknown) => unknown;

/** Deeper calls are a mistake: plain kernel code never recurses this far. */
const MAX_DEPTH = 1000;
/** Ticks stay small integers, on engines with 31 bits for them too. */
const NEVER = 0x3fffffff;

let depth = 0;
let ticks = 0;
let limit = NEVER;
let tracing = false;

const functionAt = new Int32Array(MAX_DEPTH + 1);
const tickAt = new Int32Array(MAX_DEPTH + 1);
const accessorAt: (Accessor | null)[] = new Array(MAX_DEPTH + 1).fill(null);
const frameAt: (Frame | null)[] = new Array(MAX_DEPTH + 1).fill(null);

/** What the last plain call at each depth returned. Instrumented code writes it. */
export const $returned: unknown[] = new Array(MAX_DEPTH + 1).fill(undefined);

/** Scenario lines stand behind the kernel's ticks; a run with longer scenarios makes room first (`reserveLines`). */
let armedTick = new Uint8Array(tickCount + 65536);
const armedFunction = new Uint8Array(functions.length);
/** What was asked for; while tracing, `armedFunction` is set for all. */
const wantedFunction = new Uint8Array(functions.length);

/** What the run loop and the debugger hang in. A handler may block the thread; it must not run instrumented code. */
export interface ProbeHandlers {
  /** The tick count reached the limit, or an armed tick came. */
  onTick: (tick: number, depth: number) => void;
  /** An armed function was entered; its first tick comes next, at the same depth. */
  onEnter: (fn: number, depth: number) => void;
  /** While tracing: any function was entered. */
  onTrace: ((fn: number, depth: number) => void) | null;
}

const ignore = (): void => undefined;
const handlers: ProbeHandlers = { onTick: ignore, onEnter: ignore, onTrace: null };

// --- called by instrumented code -------------------------------------------------------------------------------

/** A plain function begins; answers its depth. */
export function $enter(fn: number, accessor: Accessor | null): number {
  const d = ++depth;
  functionAt[d] = fn;
  accessorAt[d] = accessor;
  if (armedFunction[fn] !== 0) entered(fn, d);
  return d;
}

/** The same for a function that may wait, as long as it has not. */
export function $direct(fn: number, accessor: Accessor | null): number {
  const d = ++depth;
  functionAt[d] = fn;
  accessorAt[d] = accessor;
  frameAt[d] = null;
  if (armedFunction[fn] !== 0) entered(fn, d);
  return d;
}

/** A frame begins or goes on; answers its depth. */
export function $step(fn: number, frame: Frame): number {
  const d = ++depth;
  functionAt[d] = fn;
  frameAt[d] = frame;
  if (frame.label === 0 && armedFunction[fn] !== 0) entered(fn, d);
  return d;
}

/** A statement begins. */
export function $tick(tick: number, d: number): void {
  depth = d;
  tickAt[d] = tick;
  if (++ticks >= limit || armedTick[tick] !== 0) handlers.onTick(tick, d);
}

/** A call returned within a statement. */
export function $r<T>(d: number, value: T): T {
  depth = d;
  return value;
}

/** The depth of code outside the kernel, which has no record of its own. */
export function $here(): number {
  return depth;
}

function entered(fn: number, d: number): void {
  if (d >= MAX_DEPTH) throw new Error(`calls nest deeper than ${MAX_DEPTH} at ${functions[fn]!.name}`);
  tickAt[d] = 0;
  $returned[d] = undefined;
  if (tracing) handlers.onTrace?.(fn, d);
  if (wantedFunction[fn] !== 0) handlers.onEnter(fn, d);
}

// --- called by the run loop and the debugger ---------------------------------------------------------------------

/** An event begins: nothing is under way. The run loop itself must be entered at depth 0: after a run that was left by a throw, `forget` first. */
export function startEvent(): void {
  depth = 0;
  ticks = 0;
}

/** A line of a scenario's process begins; lines are numbered after the kernel's ticks. */
export function lineTick(line: number): void {
  $tick(tickCount + line, depth);
}

/** The tick of a scenario's line. */
export const tickOfLine = (line: number): number => tickCount + line;

/** The line of a scenario that a tick stands for; 0 for a tick of the kernel's. */
export const lineOfTick = (tick: number): number => Math.max(0, tick - tickCount);

/** Makes room for the ticks of a scenario of `lines` lines, all disarmed. */
export function reserveLines(lines: number): void {
  const armed = new Uint8Array(tickCount + lines + 1);
  armed.set(armedTick.subarray(0, tickCount));
  armedTick = armed;
}

export function setHandlers(changes: Partial<ProbeHandlers>): void {
  Object.assign(handlers, changes);
  tracing = handlers.onTrace !== null;
  for (let fn = 0; fn < armedFunction.length; fn++) armedFunction[fn] = tracing ? 1 : wantedFunction[fn]!;
}

/** onTick is called from the `count`-th tick of the event on; null: only at armed ticks. */
export function setLimit(count: number | null): void {
  limit = count ?? NEVER;
}

export function armTick(tick: number, armed: boolean): void {
  armedTick[tick] = armed ? 1 : 0;
}

export function armFunction(fn: number, armed: boolean): void {
  wantedFunction[fn] = armed ? 1 : 0;
  armedFunction[fn] = tracing ? 1 : wantedFunction[fn]!;
}

export function disarmAll(): void {
  armedTick.fill(0);
  wantedFunction.fill(0);
  armedFunction.fill(tracing ? 1 : 0);
}

/** Ticks of this event so far: with the event's number it is a moment of the run. */
export function tickNumber(): number {
  return ticks;
}

export function currentDepth(): number {
  return depth;
}

/** A call under way. `frame` is set where a frame goes on; its callers are the frames below it in its context. */
export interface Call {
  readonly depth: number;
  readonly fn: number;
  /** Its last tick; 0 before the first. */
  readonly tick: number;
  readonly frame: Frame | null;
}

/** The calls under way since the event began, outermost first. */
export function plainStack(): Call[] {
  const stack: Call[] = [];
  for (let d = 1; d <= depth; d++) stack.push(callAt(d));
  return stack;
}

export function callAt(d: number): Call {
  const fn = functionAt[d]!;
  return { depth: d, fn, tick: tickAt[d]!, frame: functions[fn]!.resumable ? frameAt[d]! : null };
}

/** The same as long as the call at this depth is the same one. */
export function callIdentity(d: number): object | null {
  return callAt(d).frame ?? accessorAt[d]!;
}

/** Depth, at or below `d`, of the innermost frame that goes on; 0 if none does. */
export function frameDepth(d: number): number {
  while (d > 0 && callAt(d).frame === null) d--;
  return d;
}

export function accessorOf(d: number): Accessor | null {
  return accessorAt[d] ?? null;
}

/** What the probe knows of a world that stands in the middle of an event, put aside while another world runs. */
export interface Parked {
  readonly depth: number;
  readonly ticks: number;
  readonly limit: number;
  readonly functionAt: Int32Array;
  readonly tickAt: Int32Array;
  readonly accessorAt: readonly (Accessor | null)[];
  readonly frameAt: readonly (Frame | null)[];
  /** One deeper than the calls: what the last one to end returned. */
  readonly returned: readonly unknown[];
  readonly handlers: ProbeHandlers;
}

/** Puts the calls under way aside; nobody listens until handlers are set. */
export function park(): Parked {
  const parked = {
    depth,
    ticks,
    limit,
    functionAt: functionAt.slice(0, depth + 1),
    tickAt: tickAt.slice(0, depth + 1),
    accessorAt: accessorAt.slice(0, depth + 1),
    frameAt: frameAt.slice(0, depth + 1),
    returned: $returned.slice(0, depth + 2),
    handlers: { ...handlers },
  };
  setHandlers({ onTick: ignore, onEnter: ignore, onTrace: null });
  startEvent();
  return parked;
}

/** Takes up again what was put aside. */
export function unpark(parked: Parked): void {
  functionAt.set(parked.functionAt);
  tickAt.set(parked.tickAt);
  parked.accessorAt.forEach((accessor, i) => {
    accessorAt[i] = accessor;
  });
  parked.frameAt.forEach((frame, i) => {
    frameAt[i] = frame;
  });
  parked.returned.forEach((value, i) => {
    $returned[i] = value;
  });
  setHandlers(parked.handlers);
  depth = parked.depth;
  ticks = parked.ticks;
  limit = parked.limit;
}

/** A run of another world that nothing stops; each function entered may be told of. */
export function unattended(onTrace: ProbeHandlers['onTrace']): void {
  forget();
  disarmAll();
  setLimit(null);
  setHandlers({ onTick: ignore, onEnter: ignore, onTrace });
}

/** Lets go of the world that ran, when another takes its place. */
export function forget(): void {
  startEvent();
  accessorAt.fill(null);
  $returned.fill(undefined);
  frameAt.fill(null);
}
