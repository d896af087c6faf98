/** Seeded random streams: one for each object that draws, so that a new draw here changes nothing there (xorshift32). */

/** Draws an integer in [0, below) and advances the stream in `holder.random`. */
export function roll(holder: { random: number }, below: number): number {
  let x = holder.random | 0;
  x ^= x << 13;
  x ^= x >>> 17;
  x ^= x << 5;
  holder.random = x >>> 0;
  return (x >>> 0) % below;
}

/** The stream's first state for object `name` of a run with `seed`; never 0. */
export function seed_of(seed: number, name: string): number {
  let h = (seed ^ 0x9e3779b9) | 0;
  for (let i = 0; i < name.length; i++) h = Math.imul(h ^ name.charCodeAt(i), 0x01000193);
  return h >>> 0 || 1;
}
