/**
 * Entries of functions in the watch build, which is the fast one with a flag asked at each entry (a tenth more for V8 to compile, so the CLI has the fast one):
 * whether one of those that somebody waits for began, with parameters that he cares for. Which event it was in is all that can be told; the debug build then repeats
 * that event. Numbers are the functions' of all builds. One engine thread, so the state is the module's.
 */
const MOST_FUNCTIONS = 8192;

/** Whether an entry counts; asked with the parameters, in the order of the declaration. Looks and changes nothing. */
export type Ask = (fn: number, parameters: readonly unknown[]) => boolean;

/** 1 for a function that is waited for. Read by every function of the watch build. */
export const $watched = new Uint8Array(MOST_FUNCTIONS);

let asks: Ask = () => true;
let any = false;

/** A function that is waited for begins. */
export function $entered(fn: number, parameters: readonly unknown[]): void {
  any ||= asks(fn, parameters);
}

/** Waits for these functions and for no others. */
export function watchEntries(functions: readonly number[], ask: Ask): void {
  $watched.fill(0);
  for (const fn of functions) $watched[fn] = 1;
  asks = ask;
}

/** Whether an entry counted since this was asked last. */
export function takeEntered(): boolean {
  const taken = any;
  any = false;
  return taken;
}
