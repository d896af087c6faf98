/** Runs a piece of the past once more in the debug build, for somebody who watches. The world is used up by it. */
import { FOREVER } from '../../machine/event_queue.ts';
import type { Cpu, World } from '../../machine/types.ts';
import { beginEvent } from '../context.ts';
import type { Engine } from '../engine.ts';
import type { Moment } from '../moment.ts';
import { setHandlers, setLimit, startEvent, tickNumber } from '../probe.ts';

export interface Watch {
  /** Whether ticks of the event that comes next are wanted. */
  readonly wants: (event: number, next: Cpu | null) => boolean;
  /** An armed tick or, where ticks are wanted, any tick before the end. */
  readonly tick: (world: World, tick: number, depth: number) => void;
  readonly enter?: (world: World, fn: number, depth: number) => void;
  /** Any function was entered. */
  readonly trace?: (world: World, fn: number) => void;
  /** Before each event. Answers true when enough was seen. */
  readonly boundary?: (world: World, next: Cpu | null) => boolean;
  /** Throws to break off; asked before each event. */
  readonly poll: () => void;
}

class Arrived extends Error {}

/** From the world's boundary up to, not including, `until`. Answers false when the run ended before. */
export function replay(debug: Engine, world: World, until: Moment, watch: Watch): boolean {
  const lastEvent = until.tick > 0 ? until.event + 1 : until.event;
  setHandlers({
    onTick: (tick, depth) => seeTick(world, until, watch, tick, depth),
    onEnter: (fn, depth) => watch.enter?.(world, fn, depth),
    onTrace: watch.trace === undefined ? null : (fn) => watch.trace!(world, fn),
  });
  startEvent();
  try {
    debug.run(world, { event: lastEvent, time: FOREVER }, (at, next) => {
      watch.poll();
      if (watch.boundary?.(at, next)) return true;
      beginEvent(next);
      setLimit(watch.wants(at.event, next) ? 0 : at.event === until.event ? until.tick : null);
      return false;
    });
    return world.event >= lastEvent;
  } catch (error) {
    if (!(error instanceof Arrived)) throw error;
    return true;
  } finally {
    setLimit(null);
  }
}

function seeTick(world: World, until: Moment, watch: Watch, tick: number, depth: number): void {
  if (world.event === until.event && tickNumber() >= until.tick) throw new Arrived('arrived');
  watch.tick(world, tick, depth);
}
