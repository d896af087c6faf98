/** What the build puts in: control/entries.ts, which the fast build's functions tell when they begin. */
declare module 'netpath:entries' {
  /** Waits for the entry of these functions, by number, and of no others; `ask` is asked whether an entry with these parameters counts. */
  export function watchEntries(functions: readonly number[], ask: (fn: number, parameters: readonly unknown[]) => boolean): void;
  /** Whether an entry counted since this was asked last. */
  export function takeEntered(): boolean;
}
