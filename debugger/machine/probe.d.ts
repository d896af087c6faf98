/** What the build puts in place of the probe: nothing in the fast build, control/probe.ts in the debug build. */
declare module 'netpath:probe' {
  /** A process's statement on this line of the scenario begins. */
  export function lineTick(line: number): void;
}
