/** What the build puts in: control/watch.ts, which the watch build's functions tell when they begin or go on. */
declare module 'netpath:watch' {
  /** What somebody waits for. */
  export interface Wanted {
    /** Functions whose entries count if `mayStopAt` says so. */
    readonly entries: readonly number[];
    /** Functions all of whose code counts: they begin, or a frame of theirs goes on. */
    readonly bodies: readonly number[];
    /** Lines of the scenario that count if `mayStopOn` says so. */
    readonly lines: readonly number[];
    /** All lines. */
    readonly everyLine: boolean;
    /** Asked with the parameters, in the order of the declaration. Looks and changes nothing. */
    readonly mayStopAt: (fn: number, parameters: readonly unknown[]) => boolean;
    /** Looks and changes nothing. */
    readonly mayStopOn: (line: number) => boolean;
  }

  /** Waits for this and for nothing else. */
  export function watchFor(wanted: Wanted): void;
  /** Whether anything that counts came since this was asked last. */
  export function takeSeen(): boolean;
}
