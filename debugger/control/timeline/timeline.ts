/** The recording of one run: copies to start from, which context each event ran, and what it was busy with. Every way into the past goes through here. */
import { FOREVER } from '../../machine/event_queue.ts';
import type { Cpu, World } from '../../machine/types.ts';
import type { Engines } from '../engine.ts';
import { NOTHING } from '../watch.ts';
import { Activity } from '../lanes/activity.ts';
import { ContextLog } from './context_log.ts';
import { DEFAULT_HISTORY, History, type HistoryOptions } from './history.ts';

/** Distances before a target at which a seek leaves copies: whoever goes back once goes back again. */
const FOOTPRINTS = [2048, 512, 128, 32, 0];

export class Timeline {
  readonly log = new ContextLog();
  readonly activity = new Activity();
  readonly history: History;
  readonly #engines: Engines;

  constructor(engines: Engines, start: World, options: HistoryOptions = DEFAULT_HISTORY) {
    this.#engines = engines;
    this.history = new History(start, options);
  }

  /** Before each event of a run forwards. */
  note(world: World, next: Cpu | null): void {
    this.#see(world, next);
    this.history.consider(world);
  }

  /** A world of its own at the boundary before `event` (or at the run's end, if that comes first). */
  worldAt(event: number): World {
    const world = this.history.worldBefore(event);
    const marks = new Set(FOOTPRINTS.map((distance) => event - distance));
    this.#engines.fast.watchFor(NOTHING);
    this.#engines.fast.run(world, { event, time: FOREVER }, (at, next) => {
      this.#see(at, next);
      if (marks.has(at.event)) this.history.keep(at);
      return false;
    });
    return world;
  }

  /** The number of the first event at or after a time, reached from the start of what is known. */
  eventAtTime(time: number): number {
    const world = this.history.worldBefore(this.history.lastEventBeforeTime(time));
    this.#engines.fast.watchFor(NOTHING);
    this.#engines.fast.run(world, { event: FOREVER, time: time - 1 }, (at, next) => {
      this.note(at, next);
      return false;
    });
    return world.event;
  }

  #see(world: World, next: Cpu | null): void {
    this.log.note(world.event, next);
    this.activity.note(world);
  }
}
