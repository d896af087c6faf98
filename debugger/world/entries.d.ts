/** What the build puts in: control/entries.ts, which the fast build's functions tell when they begin. */
declare module 'netpath:entries' {
  /** Waits for the entry of these functions, by number, and of no others. */
  export function watchEntries(functions: readonly number[]): void;
  /** Whether one began since this was asked last. */
  export function takeEntered(): boolean;
}
