/**
 * Hit conditions as people write them: `5` stops at the fifth hit only, `>=5`, `>5`, `<5`, `<=5`, `==5` compare the number of the
 * hit, `%100` stops at every hundredth. A hit counts only when the breakpoint's condition holds.
 */
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
