/** Times as people read them. The world counts integer nanoseconds, the kernel's timers jiffies of 4 ms (HZ=250). */

const UNITS: readonly (readonly [string, number])[] = [
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
  ['ns', 1],
];

/** `1.25 ms`: the largest unit that leaves a whole part, three decimals at most. */
export function duration(ns: number): string {
  const [unit, size] = UNITS.find(([, each]) => Math.abs(ns) >= each) ?? ['ns', 1];
  return `${trimmed(ns / size)} ${unit}`;
}

function trimmed(value: number): string {
  return value.toFixed(3).replace(/\.?0+$/, '');
}

/** A moment of the run as a clock shows it: microseconds with all nine decimals of a second told apart. */
export function clock(ns: number): string {
  return `${(ns / 1e6).toFixed(6)} ms`;
}

/** ns of a time with unit such as `5ms`, `1.5us`, `2s`; undefined if the text is none. 0 needs no unit. */
export function parseTime(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(ns|us|ms|s)?$/.exec(text.trim());
  if (!match || (match[2] === undefined && Number(match[1]) !== 0)) return undefined;
  const size = UNITS.find(([unit]) => unit === (match[2] ?? 'ns'))![1];
  const ns = Math.round(Number(match[1]) * size);
  return Number.isSafeInteger(ns) ? ns : undefined;
}

/** How far a moment lies from another: `in 3 us`, `2 ms ago`. */
export function relative(ns: number, now: number): string {
  if (ns === now) return 'now';
  return ns > now ? `in ${duration(ns - now)}` : `${duration(now - ns)} ago`;
}

export const JIFFY = 4_000_000;
