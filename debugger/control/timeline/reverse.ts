/** Reverse continue: the last time that a breakpoint would have stopped the run before this moment. */
import type { Armed } from '../breakpoints/breakpoint.ts';
import { Returns, type Returned } from '../breakpoints/returns.ts';
import { DROP_FUNCTION } from '../breakpoints/drop_function.ts';
import type { BreakpointTable } from '../breakpoints/table.ts';
import { dropAt, packetSite } from '../drop_site.ts';
import type { Engines } from '../engine.ts';
import { changeText, stoppedBy } from '../fields/change.ts';
import { type FieldChange, FieldWatch } from '../fields/field_watch.ts';
import { compareMoments, type Moment, START } from '../moment.ts';
import { lineOfTick, setLimit, tickNumber } from '../probe.ts';
import { returnSite, scenarioSite, siteAt } from '../site.ts';
import type { PacketEvent } from '../stop.ts';
import type { World } from '../../machine/types.ts';
import { replay } from './replay.ts';
import { type Sightings, sightings } from './sightings.ts';
import type { Timeline } from './timeline.ts';

export interface LastHit {
  readonly moment: Moment;
  readonly reason: 'breakpoint' | 'data breakpoint' | 'exception';
  readonly description: string;
  readonly returned: Returned | null;
  readonly packetEvent: PacketEvent | null;
}

interface Past {
  readonly timeline: Timeline;
  readonly engines: Engines;
  readonly breakpoints: BreakpointTable;
  /** Throws to break off. */
  readonly poll: () => void;
}

/** Searches piece by piece from here backwards, each from a copy of the world to the next; null: nothing stopped before. */
export function lastHitBefore(past: Past, moment: Moment): LastHit | null {
  let until = moment;
  while (compareMoments(until, START) > 0) {
    const from = past.timeline.history.eventBefore(until.tick > 0 ? until.event : until.event - 1);
    const found = lastHitWithin(past, from, until, moment);
    if (found !== null) return found;
    // What was lost in the event before a boundary stops at that boundary: the piece before has it.
    until = { event: from, tick: 0 };
  }
  return null;
}

/**
 * At full speed to the piece's end, then only events in which somebody may have stopped, from behind: what is not seen there cannot have stopped. Where the last of these was
 * in vain, and where a call's return may be awaited, which any event may bring, the debug build runs the piece.
 */
function lastHitWithin(past: Past, from: number, until: Moment, before: Moment): LastHit | null {
  const { timeline, engines, breakpoints, poll } = past;
  const world = timeline.history.worldBefore(from);
  const { events, losses } = sightings(engines, breakpoints, world, until.event, poll);
  const lost = losses.findLast(({ event }) => compareMoments({ event, tick: 0 }, before) < 0);
  const loss = lost === undefined ? null : hitOf(lost);
  if (breakpoints.waitsForReturns)
    return later(searched(past, timeline.history.worldBefore(from), overlapping(until, before), before), loss);
  const here = until.tick === 0 ? null : searched(past, world, until, before);
  if (here !== null) return here;
  const last = events.at(-1) ?? -1;
  if (last < (lost?.event ?? 0)) return loss;
  const found = searched(past, timeline.worldAt(last), { event: last + 1, tick: 0 }, before);
  if (found !== null || events.length === 1) return found ?? loss;
  return later(searched(past, timeline.history.worldBefore(from), { event: last, tick: 0 }, before), loss);
}

/** Events behind a piece in which it may show that a call of the piece is over. */
const OVERLAP = 64;

function overlapping(until: Moment, before: Moment): Moment {
  const end = { event: until.event + OVERLAP, tick: 0 };
  return compareMoments(end, before) < 0 ? end : before;
}

const NO_EVENT = { returned: null, packetEvent: null };

const hitOf = ({ event, entry, description }: Sightings['losses'][number]): LastHit => ({
  moment: { event, tick: 0 },
  reason: 'exception',
  description,
  returned: null,
  packetEvent: entry,
});

function later(a: LastHit | null, b: LastHit | null): LastHit | null {
  if (a === null || b === null) return a ?? b;
  return compareMoments(a.moment, b.moment) < 0 ? b : a;
}

/** The last hit in the debug build; the world is used up by it. */
function searched({ engines, breakpoints, poll }: Past, world: World, until: Moment, before: Moment): LastHit | null {
  const search = new Search(breakpoints, until, before, world);
  breakpoints.arm();
  replay(engines.debug, world, until, {
    wants: () => search.waits,
    tick: (world, tick, depth) => search.tick(world, tick, depth),
    enter: (world, fn, depth) => search.enter(world, fn, depth),
    boundary: () => {
      search.boundary();
      return false;
    },
    poll,
  });
  if (until.tick === 0) search.boundary();
  return search.last;
}

/** A function's breakpoint is met at its entry and stops at its first tick, the next one. */
class Search {
  last: LastHit | null = null;
  readonly #returns = new Returns();
  readonly #breakpoints: BreakpointTable;
  readonly #until: Moment;
  readonly #before: Moment;
  readonly #world: World;
  readonly #fieldWatch: FieldWatch;
  /** A change that the next tick, or the event's end, tells of. */
  #change: string | null = null;

  constructor(breakpoints: BreakpointTable, until: Moment, before: Moment, start: World) {
    this.#breakpoints = breakpoints;
    this.#until = until;
    this.#before = before;
    this.#world = start;
    this.#fieldWatch = new FieldWatch(start, (change) => this.#onChange(change));
    this.#returns.adopt(start, breakpoints);
  }

  /** Between two events, and at the piece's end. */
  boundary(): void {
    const moment = { event: this.#world.event, tick: 0 };
    if (this.#change !== null && compareMoments(moment, this.#before) < 0)
      this.last = { ...NO_EVENT, moment, reason: 'data breakpoint', description: this.#change };
    this.#change = null;
    this.#fieldWatch.watch(this.#breakpoints.fields);
  }

  #onChange(change: FieldChange): void {
    if (stoppedBy(this.#world, change, false).length === 0) return;
    this.#change ??= changeText(this.#world, change);
    setLimit(0);
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
    if (this.#change !== null) this.#hit(world, 'data breakpoint', this.#change, 0);
    this.#change = null;
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

  /** The place one came from is not found again; what was met first at a moment is told. */
  #hit(
    world: World,
    reason: LastHit['reason'],
    description: string,
    later: number,
    returned: Returned | null = null,
  ): void {
    const moment = { event: world.event, tick: tickNumber() + later };
    const known = this.last !== null && compareMoments(this.last.moment, moment) === 0;
    if (!known && compareMoments(moment, this.#until) < 0)
      this.last = { ...NO_EVENT, moment, reason, description, returned };
  }
}

function labelOf(hits: readonly Armed[]): string | null {
  return hits.length === 0 ? null : `Breakpoint at ${hits[0]!.label}`;
}
