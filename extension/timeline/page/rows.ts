/** Lanes from top to bottom. A folded CPU is one row, whose innermost code is seen; unfolded each depth of calls has its own. */
import type { Chart, ChartFrame, ChartSlice, CpuLane, WireLane } from '../../../debugger/control/lanes/chart_shape.ts';

export const ROW = 15;
const LANE_GAP = 5;
/** As high a CPU's load is drawn. */
const LOAD_ROWS = 2;

/** A call with what a lane's picture needs: it begins a context of its own (a task, a softirq run, an interrupt). */
export interface DrawnSlice extends ChartSlice {
  readonly begins: boolean;
}

interface LaneRows {
  readonly y: number;
  readonly height: number;
  readonly name: string;
  readonly folded: boolean;
}
export interface CpuRows extends LaneRows {
  readonly kind: 'cpu';
  readonly lane: CpuLane;
  /** By depth, then time; null: there are too many. */
  readonly slices: readonly DrawnSlice[] | null;
}
export interface WireRows extends LaneRows {
  readonly kind: 'wire';
  readonly lane: WireLane;
}
export type Rows = CpuRows | WireRows;

export function rowsOf({ lanes }: Chart, unfolded: ReadonlySet<string>): Rows[] {
  const rows: Rows[] = [];
  let y = LANE_GAP;
  for (const lane of lanes) {
    const folded = !unfolded.has(lane.name);
    const made =
      lane.kind === 'wire'
        ? { kind: lane.kind, lane, y, height: ROW, name: lane.name, folded: true }
        : cpuRows(lane, y, folded);
    rows.push(made);
    y += made.height + LANE_GAP;
  }
  return rows;
}

export const heightOf = (rows: readonly Rows[]): number =>
  (rows.at(-1)?.y ?? 0) + (rows.at(-1)?.height ?? 0) + LANE_GAP;

/** Where each row of each lane begins. */
export const rowTops = (rows: readonly Rows[]): number[] =>
  rows.flatMap(({ y, height }) => Array.from({ length: height / ROW }, (_, depth) => y + depth * ROW));

function cpuRows(lane: CpuLane, y: number, folded: boolean): CpuRows {
  const slices = lane.slices === null ? null : drawn(lane.slices);
  const deepest = slices?.reduce((most, { depth }) => Math.max(most, depth), 0) ?? 0;
  const depths = slices === null ? LOAD_ROWS : folded ? 1 : deepest + 1;
  return { kind: 'cpu', lane, y, height: depths * ROW, name: lane.name, folded, slices };
}

function drawn(slices: readonly ChartSlice[]): DrawnSlice[] {
  const open: ChartSlice[] = [];
  const found = [...slices]
    .sort((a, b) => a.from - b.from || a.depth - b.depth)
    .map((slice) => {
      open.length = Math.min(open.length, slice.depth);
      const below = open.at(-1);
      open[slice.depth] = slice;
      return { ...slice, begins: below === undefined || below.kind !== slice.kind };
    });
  return found.sort((a, b) => a.depth - b.depth);
}

/** What the pointer is on. */
export type Picked =
  | {
      readonly kind: 'slice';
      readonly rows: CpuRows;
      readonly slice: DrawnSlice;
      readonly chain: readonly DrawnSlice[];
    }
  | { readonly kind: 'frame'; readonly rows: WireRows; readonly frame: ChartFrame }
  | { readonly kind: 'lane'; readonly rows: Rows };

/** `slack`: ns to either side within which a frame, which may be narrow, is met. */
export function pick(all: readonly Rows[], y: number, time: number, slack: number): Picked | null {
  const rows = all.find((each) => y >= each.y && y < each.y + each.height);
  if (rows === undefined) return null;
  if (rows.kind === 'wire') {
    const frame = rows.lane.frames?.find(({ from, to }) => time >= from - slack && time <= to + slack);
    return frame === undefined ? { kind: 'lane', rows } : { kind: 'frame', rows, frame };
  }
  const chain = (rows.slices ?? []).filter(({ from, to }) => time >= from && time < to);
  const depth = rows.folded ? chain.length - 1 : Math.floor((y - rows.y) / ROW);
  const slice = chain[depth];
  return slice === undefined
    ? { kind: 'lane', rows }
    : { kind: 'slice', rows, slice, chain: chain.slice(0, depth + 1) };
}
