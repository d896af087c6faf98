/**
 * Entries of functions in the fast build: whether one of those that somebody waits for began. Which event it was in is all that a run in the fast build can tell; the
 * debug build then repeats that event. Numbers are the functions' of both builds.
 */
const MOST_FUNCTIONS = 8192;

/** 1 for a function that is waited for. Read by every function of the fast build. */
export const $watched = new Uint8Array(MOST_FUNCTIONS);

let any = false;

/** A function that is waited for begins. */
export function $entered(): void {
  any = true;
}

/** Waits for these functions and for no others. */
export function watchEntries(functions: readonly number[]): void {
  $watched.fill(0);
  for (const fn of functions) $watched[fn] = 1;
}

/** Whether one began since this was asked last. */
export function takeEntered(): boolean {
  const taken = any;
  any = false;
  return taken;
}
