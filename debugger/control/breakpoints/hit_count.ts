/**
 * Hit conditions as people write them: `5` stops at the fifth hit only, `>=5`, `>5`, `<5`, `<=5`, `==5` compare the number of the
 * hit, `%100` stops at every hundredth. A hit counts only when the breakpoint's condition holds.
 */
import type { Site } from './condition.ts';

export type HitTest = (hit: number) => boolean;

const TESTS: Readonly<Record<string, (hit: number, n: number) => boolean>> = {
  '': (hit, n) => hit === n,
  '=': (hit, n) => hit === n,
  '==': (hit, n) => hit === n,
  '>=': (hit, n) => hit >= n,
  '>': (hit, n) => hit > n,
  '<': (hit, n) => hit < n,
  '<=': (hit, n) => hit <= n,
  '%': (hit, n) => hit % n === 0,
};

/** The test, or in words why the text is none. */
export function parseHitCount(text: string): HitTest | string {
  const match = /^\s*(==?|>=?|<=?|%)?\s*(\d+)\s*$/.exec(text);
  if (match === null) return `a hit count is a number, maybe after >=, >, <, <=, == or %: not ${JSON.stringify(text)}`;
  const n = Number(match[2]);
  if (n === 0 && match[1] === '%') return 'every 0th hit never comes';
  const test = TESTS[match[1] ?? '']!;
  return (hit) => test(hit, n);
}

/** How often a breakpoint was met, and whether that is often enough. */
export class HitCount {
  readonly #test: HitTest;
  #hits = 0;
  /** Of these, in the event that the watch build is about to finish. */
  #ahead = 0;

  constructor(test: HitTest) {
    this.#test = test;
  }

  /** Met in the debug build. */
  holds({ counts }: Pick<Site, 'counts'>): boolean {
    return this.#test(counts ? ++this.#hits : this.#hits + 1);
  }

  /** Met in the watch build: what stops is left to whoever repeats the event, what does not is counted at once. */
  mayHold({ counts }: Pick<Site, 'counts'>): boolean {
    if (this.#test(this.#hits + 1)) return true;
    if (counts) {
      this.#hits++;
      this.#ahead++;
    }
    return false;
  }

  /** The watch build has finished an event. One that is repeated is counted then. */
  settle(repeated: boolean): void {
    if (repeated) this.#hits -= this.#ahead;
    this.#ahead = 0;
  }
}
