/** The run over time, as a client draws it: lanes of CPUs and wires for any stretch of what has been seen so far, call by call where there are few enough. */
import { nowOf } from '../../inspect/look.ts';
import type { Lineage } from '../../kernel/include/linux/skbuff.ts';
import type { LogEntry } from '../../machine/log.ts';
import type { World } from '../../machine/types.ts';
import { aside } from '../aside.ts';
import type { Bookmark } from '../desk/bookmarks.ts';
import type { Engines } from '../engine.ts';
import type { Timeline } from '../timeline/timeline.ts';
import { type Activity, BUSY_MODES, cpusOf, directionsOf } from './activity.ts';
import type { Chart, ChartFrame, ChartSlice, ChartWindow, CpuLane, WireLane } from './chart_shape.ts';
import { carries, isDueTo } from '../packet/packet_step.ts';
import { type Detail, directionName, type WatchedFrame, watchStretch } from './detail.ts';
import { type Grid, growthOf, loadOf } from './load.ts';
import type { Slice } from './slices.ts';

/** Longer stretches are not looked at call by call. */
const MOST_EVENTS = 6000;
/** Nor are more than these told apart. */
const MOST_SLICES = 20_000;
const MOST_COLUMNS = 4096;

/** What else there is to show. */
export interface Shown {
  readonly bookmarks: readonly Bookmark[];
  /** Of the stack at which the run stands. */
  readonly packet: Lineage | null;
}

const NOTHING_MORE: Shown = { bookmarks: [], packet: null };

export class ChartMaker {
  readonly #timeline: Timeline;
  readonly #engines: Engines;
  readonly #activity: Activity;
  readonly #rearm: () => void;
  /** ns; as far as anybody has seen, in the middle of an event too. */
  #end = 0;
  /** A stretch in which there was too much to see: so there is in a longer one. */
  #tooMuch: { from: number; to: number } | null = null;
  /** What was asked for last: a step within what is known shows it again. */
  #known: { key: string; detail: Detail | null } = { key: '', detail: null };

  constructor(timeline: Timeline, engines: Engines, rearm: () => void) {
    this.#timeline = timeline;
    this.#engines = engines;
    this.#activity = timeline.activity;
    this.#rearm = rearm;
  }

  /** `stopped`: the run stands still in this world; while it runs there is no detail. */
  chart(world: World, stopped: boolean, window: ChartWindow, { bookmarks, packet }: Shown = NOTHING_MORE): Chart {
    this.#end = Math.max(this.#end, this.#activity.end.time, stopped ? nowOf(world) : 0);
    const end = this.#end;
    const from = Math.max(0, window.from ?? 0);
    const to = Math.max(from + 1, Math.min(window.to ?? end, end));
    const columns = Math.max(1, Math.min(MOST_COLUMNS, Math.floor(window.columns)));
    const grid: Grid = { from, width: (to - from) / columns, columns };
    const detail =
      stopped && window.calls && this.#mayShowCalls(from, to) ? aside(this.#rearm, () => this.#detail(from, to)) : null;
    const marks = this.#activity.marks.filter(({ time }) => time >= from && time <= to);
    return {
      end,
      now: stopped ? nowOf(world) : null,
      eventful: this.#activity.eventful,
      from,
      to,
      lanes: [...this.#cpuLanes(world, grid, detail), ...this.#wireLanes(world, grid, detail, packet)],
      marks: marks.map((entry) => ({
        time: entry.time,
        lane: laneOf(world, entry),
        name: `${entry.where}: ${entry.reason}`,
        moment: `${entry.event}.0`,
      })),
      bookmarks: bookmarks.map(({ name, time, moment }) => ({ name, time, moment: `${moment.event}.${moment.tick}` })),
    };
  }

  #cpuLanes(world: World, grid: Grid, detail: Detail | null): CpuLane[] {
    return cpusOf(world).map((cpu, i) => ({
      kind: 'cpu',
      name: `${cpu.host.name} cpu${cpu.id}`,
      load: loadOf(this.#activity.rows, i * BUSY_MODES.length, BUSY_MODES.length, grid),
      slices: detail === null ? null : detail.slices(cpu).map(chartSlice),
    }));
  }

  #wireLanes(world: World, grid: Grid, detail: Detail | null, packet: Lineage | null): WireLane[] {
    const first = cpusOf(world).length * BUSY_MODES.length;
    return directionsOf(world).map(({ wire, side }, i) => ({
      kind: 'wire',
      name: directionName({ wire, side }),
      load: growthOf(this.#activity.rows, first + i, grid),
      frames:
        detail === null
          ? null
          : (detail.frames.get(directionName({ wire, side })) ?? []).map((frame) => chartFrame(frame, packet)),
    }));
  }

  #mayShowCalls(from: number, to: number): boolean {
    const known = this.#tooMuch;
    return this.#events(from, to) <= MOST_EVENTS && !(known !== null && from <= known.from && known.to <= to);
  }

  /** Events between two times, as far as the rows tell. */
  #events(from: number, to: number): number {
    const { rows, end } = this.#activity;
    const before = rows.findLast(({ time }) => time <= from)?.event ?? 0;
    const after = rows.find(({ time }) => time >= to)?.event ?? end.event;
    return after - before;
  }

  /** Runs the stretch again and watches; null where that shows too much. What is known of the run may have grown since. */
  #detail(from: number, to: number): Detail | null {
    const key = `${from} ${to} ${this.#activity.end.event}`;
    if (key !== this.#known.key) this.#known = { key, detail: this.#watched(from, to) };
    return this.#known.detail;
  }

  #watched(from: number, to: number): Detail | null {
    const start = this.#timeline.worldAt(this.#timeline.eventAtTime(Math.max(0, from - MARGIN)));
    const stretch = { from, to, event: this.#activity.end.event + 1, mostSlices: MOST_SLICES };
    const detail = watchStretch(this.#engines.debug, start, stretch);
    if (detail.cut) this.#tooMuch = { from, to };
    return detail.cut ? null : detail;
  }
}

/** ns; no event is longer (ARCHITECTURE, invariants). */
const MARGIN = 50_000;

/** A loss belongs to the way of the wire by which its sender's frames go. */
function laneOf(world: World, { kind, host, where, lineage }: LogEntry): string {
  if (kind !== 'loss') return `${host} cpu0`;
  const ways = directionsOf(world).filter(({ wire }) => wire.name === where);
  const sent = ways.find(({ wire, side }) => (wire.ends[side]?.host.name ?? '') === lineage.host);
  return sent === undefined ? '' : directionName(sent);
}

const chartFrame = ({ name, from, sent, to, lineage }: WatchedFrame, packet: Lineage | null): ChartFrame => ({
  name,
  from,
  sent,
  to,
  ofPacket: packet !== null && (carries(lineage, packet.id) || isDueTo(packet, lineage.id)),
});

const chartSlice = ({ name, kind, depth, from, to, moment }: Slice): ChartSlice => ({
  name,
  kind,
  depth,
  from,
  to,
  moment: `${moment.event}.${moment.tick}`,
});
