/** What the build puts in: control/watch.ts, which the watch build's functions tell when they begin or go on. */
declare module 'netpath:watch' {
  /** Waits for functions, by number, and lines of the scenario. */
  export function watchFor(wanted: {
    readonly entries: readonly number[];
    readonly bodies: readonly number[];
    readonly lines: readonly number[];
    readonly everyLine: boolean;
    readonly mayStopAt: (fn: number, parameters: readonly unknown[]) => boolean;
    readonly mayStopOn: (line: number) => boolean;
  }): void;
  /** Whether anything that counts came since this was asked last. */
  export function takeSeen(): boolean;
}
