/** Totals over time as shares of equal columns of a window: how busy a CPU was in each, how many frames left. */
import type { Totals } from './activity.ts';

/** What is drawn: columns of `width` ns from `from` on. */
export interface Grid {
  readonly from: number;
  readonly width: number;
  readonly columns: number;
}

/** For each column the share (0..1) of it that was spent in each of the modes from total `first` on. */
export function loadOf(rows: readonly Totals[], first: number, modes: number, grid: Grid): number[][] {
  const load = Array.from({ length: grid.columns }, () => new Array<number>(modes).fill(0));
  const owed = new Array<number>(modes).fill(0);
  for (let i = 0; i + 1 < rows.length; i++) {
    const [row, next] = [rows[i]!, rows[i + 1]!];
    for (let mode = 0; mode < modes; mode++) owed[mode]! += next.columns[first + mode]! - row.columns[first + mode]!;
    payOff(owed, row.time, next.time, (mode, from, to) => cover(load, mode, from, to, grid));
  }
  return load;
}

/** A CPU's clock may run ahead of the world's: work that finds no room in one stretch is shown in the next, each stretch filled from its start. */
function payOff(
  owed: number[],
  from: number,
  to: number,
  show: (mode: number, from: number, to: number) => void,
): void {
  const total = owed.reduce((sum, ns) => sum + ns, 0);
  if (total === 0) return;
  const share = Math.min(1, (to - from) / total);
  let at = from;
  owed.forEach((ns, mode) => {
    if (ns === 0) return;
    show(mode, at, at + ns * share);
    at += ns * share;
    owed[mode] = ns * (1 - share);
  });
}

function cover(load: number[][], mode: number, from: number, to: number, { from: start, width, columns }: Grid): void {
  const first = Math.max(0, Math.floor((from - start) / width));
  const last = Math.min(columns - 1, Math.floor((to - start) / width));
  for (let column = first; column <= last; column++) {
    const begins = start + column * width;
    const covered = Math.min(to, begins + width) - Math.max(from, begins);
    if (covered > 0) load[column]![mode]! += covered / width;
  }
}

/** For each column how much total `which` has grown. */
export function growthOf(rows: readonly Totals[], which: number, { from, width, columns }: Grid): number[] {
  const growth = new Array<number>(columns).fill(0);
  for (let i = 0; i + 1 < rows.length; i++) {
    const column = Math.floor((rows[i]!.time - from) / width);
    if (column >= 0 && column < columns) growth[column]! += rows[i + 1]!.columns[which]! - rows[i]!.columns[which]!;
  }
  return growth;
}
