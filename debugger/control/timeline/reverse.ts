/** Reverse continue: the last time that a breakpoint would have stopped the run before this moment. */
import type { Armed } from '../breakpoints/breakpoint.ts';
import { Returns, type Returned } from '../breakpoints/returns.ts';
import { DROP_FUNCTION } from '../breakpoints/drop_function.ts';
import type { BreakpointTable } from '../breakpoints/table.ts';
import { dropAt, packetSite } from '../drop_site.ts';
import type { Engines } from '../engine.ts';
import { compareMoments, type Moment, START } from '../moment.ts';
import { lineOfTick, setLimit, tickNumber } from '../probe.ts';
import { returnSite, scenarioSite, siteAt } from '../site.ts';
import type { World } from '../../machine/types.ts';
import { replay } from './replay.ts';
import type { Timeline } from './timeline.ts';

export interface LastHit {
  readonly moment: Moment;
  readonly reason: 'breakpoint' | 'exception';
  readonly description: string;
  readonly returned: Returned | null;
}

/** Searches piece by piece from here backwards, each from a copy of the world to the next; null: nothing stopped before. */
export function lastHitBefore(
  timeline: Timeline,
  engines: Engines,
  breakpoints: BreakpointTable,
  moment: Moment,
  poll: () => void,
): LastHit | null {
  let until = moment;
  while (compareMoments(until, START) > 0) {
    const start = timeline.history.eventBefore(until.tick > 0 ? until.event : until.event - 1);
    const found = lastHitWithin(timeline, engines, breakpoints, { from: start, until }, poll);
    if (found !== null) return found;
    until = { event: start, tick: 0 };
  }
  return null;
}

function lastHitWithin(
  timeline: Timeline,
  engines: Engines,
  breakpoints: BreakpointTable,
  { from, until }: { from: number; until: Moment },
  poll: () => void,
): LastHit | null {
  const world = timeline.history.worldBefore(from);
  const search = new Search(breakpoints, until, world);
  breakpoints.arm();
  replay(engines.debug, world, until, {
    wants: () => search.waits,
    tick: (world, tick, depth) => search.tick(world, tick, depth),
    enter: (world, fn, depth) => search.enter(world, fn, depth),
    poll,
  });
  return search.last;
}

/** A function's breakpoint is met at its entry and stops at its first tick, the next one. */
class Search {
  last: LastHit | null = null;
  readonly #returns = new Returns();
  readonly #breakpoints: BreakpointTable;
  readonly #until: Moment;

  constructor(breakpoints: BreakpointTable, until: Moment, start: World) {
    this.#breakpoints = breakpoints;
    this.#until = until;
    this.#returns.adopt(start, breakpoints);
  }

  enter(world: World, fn: number, depth: number): void {
    if (fn === DROP_FUNCTION) {
      const description = this.#drop(world, depth);
      if (description !== null) this.#hit(world, 'exception', description, 1);
      return;
    }
    const hits = this.#breakpoints.atFunction(fn, siteAt(world, depth, false));
    const atReturn = hits.filter((each) => each.atReturn);
    if (atReturn.length > 0) this.#awaitReturn(world, fn, depth, atReturn);
    const description = labelOf(hits.filter((each) => !each.atReturn));
    if (description !== null) this.#hit(world, 'breakpoint', description, 1);
  }

  /** Whether every tick is wanted. */
  get waits(): boolean {
    return this.#returns.waiting;
  }

  #awaitReturn(world: World, fn: number, depth: number, armed: readonly Armed[]): void {
    this.#returns.enter(world, fn, depth, armed);
    setLimit(0);
  }

  #lookAtReturns(world: World, depth: number): void {
    for (let call = this.#returns.over(world, depth); call !== null; call = this.#returns.over(world, depth)) {
      const site = returnSite(world, call, false);
      const hit = call.armed.find((each) => each.atReturn!.holds(site));
      if (hit !== undefined)
        this.#hit(world, 'breakpoint', `Return from ${hit.label}`, 0, {
          fn: call.fn,
          depth: call.depth,
          framed: call.framed,
        });
    }
  }

  tick(world: World, tick: number, depth: number): void {
    this.#lookAtReturns(world, depth);
    if (!this.#breakpoints.hasTick(tick)) return;
    const site = lineOfTick(tick) > 0 ? scenarioSite(world, false) : siteAt(world, depth, false);
    const description = labelOf(this.#breakpoints.atTick(tick, site).filter((each) => each.log === null));
    if (description !== null) this.#hit(world, 'breakpoint', description, 0);
  }

  #drop(world: World, depth: number): string | null {
    const drop = dropAt(world, depth);
    const condition = this.#breakpoints.filter('drop');
    return condition?.holds(packetSite(world, drop, drop.skb, false)) ? `Drop: ${drop.reason} at ${drop.where}` : null;
  }

  /** The place one came from is not found again. */
  #hit(
    world: World,
    reason: LastHit['reason'],
    description: string,
    later: number,
    returned: Returned | null = null,
  ): void {
    const moment = { event: world.event, tick: tickNumber() + later };
    if (compareMoments(moment, this.#until) < 0) this.last = { moment, reason, description, returned };
  }
}

function labelOf(hits: readonly Armed[]): string | null {
  return hits.length === 0 ? null : `Breakpoint at ${hits[0]!.label}`;
}
