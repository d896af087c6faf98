/**
 * A run forwards, stops included: one world, from a boundary until it ends or is left. In the watch build while nobody needs
 * ticks, else in the debug build. At a stop the waiter keeps the thread; what it answers is either a new plan for this very run or
 * an Unwind.
 */
import { FOREVER } from '../machine/event_queue.ts';
import type { Cpu, World } from '../machine/types.ts';
import type { RunEnd } from '../world/run.ts';
import type { BreakpointTable, Watched } from './breakpoints/table.ts';
import { DROP_FUNCTION } from './breakpoints/drop_function.ts';
import { type AwaitedFrame, Returns } from './breakpoints/returns.ts';
import { beginEvent, cpuKey, TASK, taskKey, taskOn } from './context.ts';
import type { Engines } from './engine.ts';
import { decidingDepth, dropAt, packetEventOf, packetSite } from './drop_site.ts';
import { changeText, mayStopFor, stoppedBy } from './fields/change.ts';
import { type FieldChange, FieldWatch } from './fields/field_watch.ts';
import { LogWatch } from './log_watch.ts';
import { lostFrames } from './lost_frames.ts';
import { compareMoments, type Moment } from './moment.ts';
import { isFollowed } from './packet/packet_step.ts';
import { entryStop, idsOf, type Pending, pending } from './pending_stop.ts';
import { type Plan, RUN_ON } from './plan.ts';
import { forget, lineOfTick, setHandlers, setLimit, startEvent, tickNumber } from './probe.ts';
import type { Scout } from './scout.ts';
import { returnSite, scenarioSite, siteAt } from './site.ts';
import { callerPosition, type Position, positionAt } from './stepping/position.ts';
import { endsOnLine, stepEnds } from './stepping/step.ts';
import { stepFrom } from './stepping/step_from.ts';
import type { PacketEvent, Stop } from './stop.ts';
import type { Timeline } from './timeline/timeline.ts';
import { Unwind } from './unwind.ts';
import type { Move, Waiter } from './waiter.ts';
import { wantedBy } from './wanted.ts';
import { NOTHING } from './watch.ts';
import type { Wanted } from 'netpath:watch';

export interface DriveParts {
  readonly engines: Engines;
  readonly timeline: Timeline;
  readonly breakpoints: BreakpointTable;
  readonly scout: Scout;
  readonly waiter: Waiter;
  /** ns; the run ends there. */
  readonly until: number;
  readonly log: (text: string, world: World) => void;
  /** There, too, it stops. */
  readonly stopAtEnd: boolean;
}

/** Ticks between two looks at what came in. */
const POLL_TICKS = 1024;

export class Drive {
  readonly #parts: DriveParts;
  readonly #world: World;
  readonly #logWatch: LogWatch;
  readonly #fieldWatch: FieldWatch;
  /** The debug build is at work. */
  #ticks = true;
  /** A watched field changed in the watch build such that somebody may stop. */
  #changed = false;
  /** Frames whose return is waited for while the run goes ahead; null: what is awaited needs ticks. */
  #awaited: readonly AwaitedFrame[] | null = [];
  #plan: Plan;
  /** Decided at a function's entry or in between; the stop is at the next tick. */
  #pending: Pending | null = null;
  #everyTick = false;
  #watched: Watched | null = null;
  /** A step is left to the debug build up to this event. */
  #stepUntil = 0;
  readonly #returns = new Returns();

  /** `awaited`: it goes on with a run that waits for these returns; null: whatever the world shows is waited for. */
  constructor(parts: DriveParts, world: World, plan: Plan, awaited: readonly AwaitedFrame[] | null = null) {
    this.#parts = parts;
    this.#world = world;
    this.#plan = plan;
    parts.breakpoints.follow(plan.packet);
    this.#logWatch = new LogWatch(world);
    this.#fieldWatch = new FieldWatch(world, (change) => this.#onChange(change));
    this.#stepIsNear();
    if (awaited === null) this.#returns.adopt(world, parts.breakpoints);
    else this.#returns.await(world, awaited);
  }

  /** Runs to the end. Throws an Unwind when the world is to be left. */
  run(): RunEnd {
    setHandlers({
      onTick: (tick, depth) => this.#onTick(tick, depth),
      onEnter: (fn, depth) => this.#onEnter(fn, depth),
      onTrace: null,
    });
    this.#parts.breakpoints.arm();
    for (;;) {
      this.#awaited = this.#returns.waitingFrames(this.#world);
      const debug = this.#needsTicks();
      this.#ticks = debug;
      forget();
      if (!debug) this.#watch();
      const engine = debug ? this.#parts.engines.debug : this.#parts.engines.fast;
      const end = engine.run(this.#world, { event: FOREVER, time: this.#parts.until }, (world, next) =>
        this.#before(world, next, debug),
      );
      if (!debug) this.#repeatIfSeen();
      if (end === 'stopped') continue;
      this.#stopForChange();
      return end;
    }
  }

  /** What is still sought at the run's end. */
  get unfinished(): Plan & { readonly paused: boolean } {
    return { ...this.#plan, paused: this.#pending?.reason === 'pause' };
  }

  /** Waits at the run's end, or at its start. */
  stopBetween(reason: Stop['reason'], description: string): void {
    startEvent();
    this.#stop(pending(reason, description), null);
  }

  /** What is in the distance needs ticks only once it is near. */
  #needsTicks(): boolean {
    const { step, arrival } = this.#plan;
    const event = this.#world.event;
    return (
      this.#pending !== null ||
      this.#awaited === null ||
      !(this.#parts.breakpoints.isEmpty || this.#mayGoAhead()) ||
      (step !== null && event < this.#stepUntil) ||
      (arrival !== null && arrival.moment.event <= event + 1)
    );
  }

  #mayGoAhead(): boolean {
    return this.#plan.arrival === null && this.#parts.scout.mayRun(this.#world.event);
  }

  /** The step under way ends on a line of the scenario and nowhere else. */
  get #endsOnLine(): boolean {
    const step = this.#plan.step;
    return step !== null && endsOnLine(step.how, step.from);
  }

  #stepIsNear(): void {
    if (this.#plan.step !== null) this.#stepUntil = this.#world.event + this.#parts.scout.rest + 1;
  }

  /** Tells the watch build what to look for now; what it saw on other errands does not count. */
  #watch(): void {
    const { engines, breakpoints } = this.#parts;
    engines.fast.watchFor(this.#plan.arrival === null ? this.#wanted() : NOTHING);
    this.#watched = breakpoints.watched;
    engines.fast.takeSeen();
  }

  /** Breakpoints, frames whose return is awaited, and the line on which a step ends. */
  #wanted(): Wanted {
    const wanted = wantedBy(this.#parts.breakpoints, this.#world, true);
    const step = this.#endsOnLine ? this.#plan.step : null;
    return {
      ...wanted,
      bodies: [...wanted.bodies, ...(this.#awaited ?? []).map(({ fn }) => fn)],
      everyLine: step !== null,
      mayStopOn: (line) => (step !== null && this.#runs(step.from.task)) || wanted.mayStopOn(line),
    };
  }

  /** Whether the code that runs is this task's. */
  #runs(task: number): boolean {
    const cpu = this.#world.running;
    return cpu !== null && taskKey(taskOn(cpu)) === task;
  }

  /** After an event in the watch build. */
  #repeatIfSeen(): void {
    const seen = this.#parts.engines.fast.takeSeen() || this.#changed;
    this.#parts.breakpoints.settle(seen);
    if (!seen) return;
    const event = this.#world.event - 1;
    this.#parts.scout.found(event);
    throw new Unwind({ kind: 'repeat', plan: this.#plan, awaited: this.#awaited ?? [] }, { event, tick: 0 }, null);
  }

  #before(world: World, next: Cpu | null, debug: boolean): boolean {
    if (!debug) this.#repeatIfSeen();
    this.#parts.timeline.note(world, next);
    beginEvent(next);
    this.#stopForChange();
    this.#poll();
    this.#fieldWatch.watch(this.#parts.breakpoints.fields);
    this.#lookAtLog();
    const arrival = this.#plan.arrival;
    if (arrival !== null && compareMoments(arrival.moment, this.#moment()) <= 0) this.#arrive(null);
    if (debug) this.#awaited = this.#returns.waitingFrames(world);
    const mayStepEnd = this.#mayStepEnd(next);
    if (mayStepEnd && !this.#endsOnLine) this.#stepIsNear();
    if (this.#needsTicks() !== debug) return true;
    if (!debug && this.#parts.breakpoints.watched !== this.#watched) this.#watch();
    this.#everyTick = this.#pending !== null || this.#returns.waiting || mayStepEnd;
    this.#setLimit();
    return false;
  }

  #lookAtLog(): void {
    for (const { entry, description } of lostFrames(this.#parts.breakpoints, this.#world, this.#logWatch, true))
      this.#stop(pending('exception', description, { packetEvent: entry }), null);
  }

  /** A change in the last statement of an event, or by hardware, which has none, stops before the next. */
  #stopForChange(): void {
    const change = this.#pending;
    if (change?.reason !== 'data breakpoint') return;
    this.#pending = null;
    startEvent();
    this.#stop(change, null);
  }

  #mayStepEnd(next: Cpu | null): boolean {
    const step = this.#plan.step;
    if (step === null || next === null) return false;
    if (step.how === 'tick') return true;
    return step.from.level === TASK ? taskKey(next.current) === step.from.task : cpuKey(next) === step.from.cpu;
  }

  #setLimit(): void {
    const arrival = this.#plan.arrival;
    const landing =
      arrival !== null && arrival.moment.event === this.#world.event ? arrival.moment.tick : Number.POSITIVE_INFINITY;
    setLimit(this.#everyTick ? 0 : Math.min(landing, tickNumber() + POLL_TICKS));
  }

  /** On the way to an arrival nothing else stops, and nothing counts. */
  #onEnter(fn: number, depth: number): void {
    if (this.#plan.arrival !== null) return;
    if (fn === DROP_FUNCTION) this.#onDrop(depth);
    else this.#onBreakpoint(fn, depth);
  }

  #onBreakpoint(fn: number, depth: number): void {
    const hits = this.#parts.breakpoints.atFunction(fn, siteAt(this.#world, depth, true));
    if (hits.length === 0) return;
    const [atReturn, atEntry] = [hits.filter((each) => each.atReturn), hits.filter((each) => !each.atReturn)];
    if (atReturn.length > 0) this.#returns.enter(this.#world, fn, depth, atReturn);
    if (atEntry.length > 0) this.#decide(entryStop(atEntry));
    this.#everyTick = true;
    setLimit(0);
  }

  #onChange(change: FieldChange): void {
    if (this.#plan.arrival !== null) return;
    if (!this.#ticks) {
      this.#changed = mayStopFor(this.#world, change, true) || this.#changed;
      return;
    }
    const hits = stoppedBy(this.#world, change, true);
    if (hits.length === 0) return;
    this.#decide(pending('data breakpoint', changeText(this.#world, change), { hit: idsOf(hits) }));
    this.#everyTick = true;
    setLimit(0);
  }

  /** The next tick stops. A change is told of even if its next statement has a breakpoint too. */
  #decide(what: Pending): void {
    const change = this.#pending?.reason === 'data breakpoint' ? this.#pending : null;
    this.#pending =
      change === null ? what : { ...change, hit: [...change.hit, ...what.hit], packetEvent: what.packetEvent };
  }

  #onDrop(depth: number): void {
    const drop = dropAt(this.#world, depth);
    const condition = this.#parts.breakpoints.filter('drop');
    const asked = condition?.holds(packetSite(this.#world, drop, drop.skb, true)) ?? false;
    if (!asked && !isFollowed(this.#plan.packet, drop.lineage)) return;
    const packetEvent = packetEventOf(drop);
    this.#decide(pending('exception', `Drop: ${drop.reason} at ${drop.where}`, { packetEvent }));
    setLimit(0);
  }

  #onTick(tick: number, depth: number): void {
    const position = positionAt(this.#world, tick, depth);
    if (this.#plan.arrival !== null) this.#arriveAt(this.#plan.arrival.moment, position, depth);
    else if (!this.#stopAtBreakpoint(tick, depth, position)) this.#endStep(position);
    this.#poll();
    this.#setLimit();
  }

  #stopAtBreakpoint(tick: number, depth: number, position: Position | null): boolean {
    const over = this.#returnBreakpoint(depth);
    const found = this.#pending ?? over ?? this.#lineBreakpoint(tick, depth);
    if (found === null) return false;
    this.#pending = null;
    const drops = found.packetEvent?.kind === 'drop' && position !== null;
    this.#stop(found, drops ? callerPosition(position, depth, decidingDepth(depth)) : position);
    return true;
  }

  #returnBreakpoint(depth: number): Pending | null {
    for (
      let call = this.#returns.over(this.#world, depth);
      call !== null;
      call = this.#returns.over(this.#world, depth)
    ) {
      const site = returnSite(this.#world, call, true);
      const hits = call.armed.filter((each) => each.atReturn!.holds(site));
      if (hits.length > 0)
        return pending('function breakpoint', `Return from ${hits[0]!.label}`, { hit: idsOf(hits), returned: call });
    }
    return null;
  }

  #lineBreakpoint(tick: number, depth: number): Pending | null {
    const { breakpoints, log } = this.#parts;
    if (!breakpoints.hasTick(tick)) return null;
    const site = lineOfTick(tick) > 0 ? scenarioSite(this.#world, true) : siteAt(this.#world, depth, true);
    const hits = breakpoints.atTick(tick, site);
    for (const each of hits) if (each.log !== null) log(each.log, this.#world);
    const stopping = hits.filter((each) => each.log === null);
    if (stopping.length === 0) return null;
    return pending('breakpoint', `Breakpoint at ${stopping[0]!.label}`, { hit: idsOf(stopping) });
  }

  #endStep(position: Position | null): void {
    const step = this.#plan.step;
    if (step === null || position === null) return;
    if (!(step.into?.ends(step.from, position) ?? stepEnds(step.how, step.from, position))) return;
    this.#stop(pending('step', 'Step'), position);
  }

  #arriveAt(moment: Moment, position: Position | null, depth: number): void {
    if (this.#world.event !== moment.event || tickNumber() < moment.tick) return;
    const drops = position !== null && position.fn === DROP_FUNCTION;
    if (drops)
      this.#arrive(callerPosition(position, depth, decidingDepth(depth)), packetEventOf(dropAt(this.#world, depth)));
    else this.#arrive(position);
  }

  #arrive(position: Position | null, drop: PacketEvent | null = null): void {
    this.#pending = null;
    const { reason, description, returned = null, packetEvent = null } = this.#plan.arrival!;
    this.#stop(pending(reason, description, { packetEvent: drop ?? packetEvent, returned }), position);
  }

  #poll(): void {
    const wish = this.#parts.waiter.poll(this.#world);
    if (wish === 'pause') this.#pending = pending('pause', 'Paused');
    else if (wish !== 'none') throw new Unwind({ kind: wish }, this.#moment(), null);
  }

  #moment(): Moment {
    return { event: this.#world.event, tick: tickNumber() };
  }

  #stop(what: Pending, position: Position | null): void {
    const stop: Stop = {
      reason: what.reason,
      description: what.description,
      hitBreakpoints: what.hit,
      world: this.#world,
      moment: this.#moment(),
      position,
      packetEvent: what.packetEvent,
      returned: what.returned,
    };
    this.#parts.scout.stopped(this.#world.event);
    this.#parts.breakpoints.follow(null);
    this.#obey(this.#parts.waiter.wait(stop), position);
    this.#watched = null;
  }

  /** Moves forward change the plan; all others leave this world. */
  #obey(move: Move, position: Position | null): void {
    if (move.kind === 'continue') this.#plan = RUN_ON;
    else if (move.kind === 'step') this.#plan = { ...RUN_ON, step: stepFrom(this.#world, move, position) };
    else if (move.kind === 'packet' && move.step.direction === 'next') this.#plan = { ...RUN_ON, packet: move.step };
    else throw new Unwind(move, this.#moment(), position);
    this.#parts.breakpoints.follow(this.#plan.packet);
    this.#returns.adopt(this.#world, this.#parts.breakpoints);
    this.#fieldWatch.watch(this.#parts.breakpoints.fields);
    this.#stepIsNear();
    const step = this.#plan.step;
    this.#everyTick = this.#returns.waiting || (step !== null && this.#mayStepEnd(this.#world.running));
  }
}
