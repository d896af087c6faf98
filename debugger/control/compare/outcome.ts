/** A run to its end in the fast build, and what there is to compare of it. */
import type { Scenario } from '../../../server/language/scenario.ts';
import type { Cpu, World } from '../../machine/types.ts';
import type { BeforeEvent, RunEnd } from '../../world/run.ts';
import { type Engine, withFrames } from '../engine.ts';
import { evaluateExpect } from '../expressions/expects.ts';
import { type Figures, figuresOf, lossesOf } from './figures.ts';
import { FrameLedger } from './frames.ts';

export interface Outcome {
  readonly end: RunEnd;
  readonly events: number;
  /** ns */
  readonly time: number;
  readonly clocks: Clocks;
  readonly frames: FrameLedger;
  readonly figures: Figures;
  /** null where the run has more than it remembers. */
  readonly losses: Figures | null;
  readonly expects: readonly Expected[];
}

export interface Expected {
  readonly text: string;
  readonly line: number;
  readonly holds: boolean;
}

/** Of each event: the clock when it begins, ns, and who acts: `server cpu0`, or '' for hardware. */
export interface Clocks {
  readonly times: number[];
  readonly actors: string[];
}

export interface RunToEnd {
  readonly events: number;
  /** ns */
  readonly until: number;
  readonly poll: () => void;
}

export function outcomeOf(fast: Engine, scenario: Scenario, seed: number, { events, until, poll }: RunToEnd): Outcome {
  const world = fast.buildWorld(scenario, seed);
  const clocks: Clocks = { times: [], actors: [] };
  const frames = new FrameLedger();
  const before: BeforeEvent = (at, next) => {
    poll();
    addClock(clocks, at, next);
    return false;
  };
  const end = withFrames(
    fast,
    (flight) => frames.take(flight),
    () => fast.run(world, { event: events, time: until }, before),
  );
  return {
    end,
    events: world.event,
    time: world.now,
    clocks,
    frames,
    figures: figuresOf(world),
    losses: lossesOf(world),
    expects: expectsOf(world, scenario),
  };
}

function addClock({ times, actors }: Clocks, world: World, next: Cpu | null): void {
  times.push(next?.now ?? world.now);
  actors.push(next === null ? '' : actorName(next));
}

const actorName = ({ host, id }: Cpu): string => `${host.name} cpu${id}`;

function expectsOf(world: World, scenario: Scenario): Expected[] {
  return scenario.expects.map((spec) => ({
    text: spec.text,
    line: spec.span.line,
    holds: evaluateExpect(world, spec).holds,
  }));
}

/** The first event that begins at another time or elsewhere; null: all are the same. */
export function firstOtherEvent(before: Clocks, after: Clocks): number | null {
  const both = Math.min(before.times.length, after.times.length);
  for (let i = 0; i < both; i++)
    if (before.times[i] !== after.times[i] || before.actors[i] !== after.actors[i]) return i;
  return before.times.length === after.times.length ? null : both;
}
