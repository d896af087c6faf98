/** Where a process's next line begins. Nothing here; the debug build's probe listens in. */
const listener: { onLine: ((line: number) => void) | null } = { onLine: null };

/** Called before each statement of a scenario's process. */
export function lineTick(line: number): void {
  if (listener.onLine !== null) listener.onLine(line);
}

/** Lets the debugger listen (null: nobody). */
export function listenToLines(onLine: ((line: number) => void) | null): void {
  listener.onLine = onLine;
}
