/**
 * What the watch build tells: it is the fast one with a flag asked at each function's entry, where a frame goes on and at each line of a process (a tenth more for V8
 * to compile, so the CLI has the fast one). That something happened that somebody may stop for is all it can say; the debug build then repeats the event.
 * Numbers are the functions' of all builds. One engine thread, so the state is the module's.
 */
import type { Wanted } from 'netpath:watch';

const MOST_FUNCTIONS = 8192;

/** Of a function: its entry counts if whoever waits says so; of one of these, whatever runs in it does. */
const ENTRY = 1;
const BODY = 2;

/** A run on somebody's way elsewhere, which nobody stops. */
export const NOTHING: Wanted = {
  entries: [],
  bodies: [],
  lines: [],
  everyLine: false,
  mayStopAt: () => false,
  mayStopOn: () => false,
};

/** 0 for a function that nobody waits for. Read by every function of the watch build. */
export const $watched = new Uint8Array(MOST_FUNCTIONS);

let wanted: Wanted | null = null;
let watchedLines: ReadonlySet<number> = new Set();
let seen = false;

/** A function that is waited for begins. */
export function $entered(fn: number, parameters: readonly unknown[]): void {
  seen ||= $watched[fn] === BODY || wanted!.mayStopAt(fn, parameters);
}

/** A frame of such a function goes on. */
export function $goesOn(fn: number): void {
  seen ||= $watched[fn] === BODY;
}

/** A process's statement on this line of the scenario begins. */
export function lineTick(line: number): void {
  if (wanted !== null && (wanted.everyLine || watchedLines.has(line))) seen ||= wanted.mayStopOn(line);
}

/** Waits for this and for nothing else. */
export function watchFor(what: Wanted): void {
  wanted = what;
  watchedLines = new Set(what.lines);
  $watched.fill(0);
  for (const fn of what.entries) $watched[fn] = ENTRY;
  for (const fn of what.bodies) $watched[fn] = BODY;
}

/** Whether anything counted since this was asked last. */
export function takeSeen(): boolean {
  const taken = seen;
  seen = false;
  return taken;
}
