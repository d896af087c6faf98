/** Time travel over the spike: seek = restore a copy, run fast to the event, debug to the tick. */

class Stopped extends Error {}

/**
 * A moment is (event, tick within it); tick 0 is the event's boundary.
 * @typedef {{ event: number, tick: number }} Moment
 */
export class Session {
  /** @param {{ fast: any, debug: any, tools: any, every?: number }} parts */
  constructor({ fast, debug, tools, every = 4096 }) {
    Object.assign(this, { fast, debug, tools, every });
    /** Worlds by the number of their next event. */
    this.snapshots = new Map();
    this.copies = [];
  }

  /** Runs to `until` with the fast build, and keeps a copy now and then, fewer the further back. */
  runForward(world, until = Infinity) {
    this.keep(world);
    while (world.event < until && !world.ended) {
      this.fast.run(world, Math.min(until, world.event + this.every));
      this.keep(world);
    }
  }

  keep(world) {
    const start = performance.now();
    this.snapshots.set(world.event, this.tools.copyWorld(world));
    this.copies.push(performance.now() - start);
    if (this.snapshots.size > 64) this.thinOut();
  }

  /** Drops every second one of the older half. */
  thinOut() {
    const events = [...this.snapshots.keys()].sort((a, b) => a - b);
    events.slice(1, 32).forEach((event, i) => {
      if (i % 2 === 0) this.snapshots.delete(event);
    });
  }

  /** A world at the boundary before `event`; keeps copies near it, since the next move goes near it too. */
  worldAt(event) {
    const nearest = Math.max(...[...this.snapshots.keys()].filter((kept) => kept <= event));
    const world = this.tools.copyWorld(this.snapshots.get(nearest));
    if (event - nearest > 256) {
      this.fast.run(world, event - 128);
      this.keep(world);
    }
    this.fast.run(world, event);
    return world;
  }

  /** Ticks of one event. */
  ticksOf(event) {
    const { probe } = this.debug;
    probe.setLimit(null);
    this.debug.run(this.worldAt(event), event + 1, probe.startEvent);
    return probe.tickNumber();
  }

  /** Goes to a moment and calls `look(world, tick, depth)` there, as if stopped. @param {Moment} moment */
  visit(moment, look) {
    const { probe } = this.debug;
    const world = this.worldAt(moment.event);
    if (moment.tick === 0) return look(world, 0, 0);
    let seen;
    probe.setLimit(moment.tick);
    probe.setHandlers({
      onTick: (tick, depth) => {
        seen = look(world, tick, depth);
        throw new Stopped();
      },
    });
    try {
      this.debug.run(world, moment.event + 1, probe.startEvent);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    } finally {
      probe.setHandlers({ onTick: () => undefined });
      probe.setLimit(null);
      probe.forget();
    }
    return seen;
  }

  /** The moment one tick earlier; boundaries between events are no stops of their own. @param {Moment} moment */
  before({ event, tick }) {
    if (tick > 1) return { event, tick: tick - 1 };
    for (let earlier = event - 1; earlier >= 0; earlier--) {
      const ticks = this.ticksOf(earlier);
      if (ticks > 0) return { event: earlier, tick: ticks };
    }
    return { event: 0, tick: 0 };
  }
}
