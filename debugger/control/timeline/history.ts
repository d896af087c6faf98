/**
 * Copies of the world at event boundaries: close together near now, thinner further back, within a budget. They are only a
 * shortcut: any moment can be had from any earlier copy by running again.
 */
import type { World } from '../../machine/types.ts';
import { copyWorld } from '../snapshot.ts';

export interface Snapshot {
  readonly event: number;
  readonly world: World;
}

export interface HistoryOptions {
  /** Most copies kept. */
  readonly capacity: number;
  /** Share of the run that copying may cost. */
  readonly share: number;
  /** ms; a monotonic clock. Only how densely copies lie depends on it, never what a run does. */
  readonly clock: () => number;
}

export const DEFAULT_HISTORY: HistoryOptions = { capacity: 64, share: 0.15, clock: () => performance.now() };

/** At least so many events between two copies: less would not make a seek any quicker. */
const LEAST_EVENTS = 16;

export class History {
  readonly #options: HistoryOptions;
  readonly #snapshots: Snapshot[] = [];
  #copying = 0;
  #lastCopyAt = Number.NEGATIVE_INFINITY;

  constructor(start: World, options: HistoryOptions = DEFAULT_HISTORY) {
    this.#options = options;
    this.#snapshots.push({ event: start.event, world: copyWorld(start) });
  }

  /** Called before each event: takes a copy when the last lies far enough behind to be paid for. */
  consider(world: World): void {
    const last = this.#before(world.event);
    if (world.event - last.event < LEAST_EVENTS || (world.event & 15) !== 0) return;
    const now = this.#options.clock();
    if (now - this.#lastCopyAt < this.#copying / this.#options.share) return;
    this.keep(world, now);
  }

  /** Takes a copy here in any case. */
  keep(world: World, began = this.#options.clock()): void {
    const at = this.#indexBefore(world.event);
    if (this.#snapshots[at]!.event === world.event) return;
    this.#snapshots.splice(at + 1, 0, { event: world.event, world: copyWorld(world) });
    this.#lastCopyAt = this.#options.clock();
    this.#copying = this.#lastCopyAt - began;
    if (this.#snapshots.length > this.#options.capacity) this.#thin(world.event);
  }

  /** A world of its own at the latest boundary that is not after `event`. */
  worldBefore(event: number): World {
    return copyWorld(this.#before(event).world);
  }

  /** The boundary before which `worldBefore(event)` stands. */
  eventBefore(event: number): number {
    return this.#before(event).event;
  }

  /** The latest copy that was taken before `time`, by its event. */
  lastEventBeforeTime(time: number): number {
    return this.#snapshots.findLast(({ world }) => world.now < time)?.event ?? 0;
  }

  get size(): number {
    return this.#snapshots.length;
  }

  #before(event: number): Snapshot {
    return this.#snapshots[this.#indexBefore(event)]!;
  }

  #indexBefore(event: number): number {
    let low = 0;
    let high = this.#snapshots.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#snapshots[middle]!.event <= event) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Drops the copy whose loss costs least: the gap it leaves, seen from now. The first stays. */
  #thin(now: number): void {
    let least = Number.POSITIVE_INFINITY;
    let victim = -1;
    for (let i = 1; i < this.#snapshots.length - 1; i++) {
      const gap = this.#snapshots[i + 1]!.event - this.#snapshots[i - 1]!.event;
      const cost = gap / (Math.abs(now - this.#snapshots[i]!.event) + 1);
      if (cost >= least) continue;
      least = cost;
      victim = i;
    }
    if (victim > 0) this.#snapshots.splice(victim, 1);
  }
}
