/** Two scenarios, run and laid side by side: when they part, where and why, and what differs in the end. */
import type { Scenario } from '../../../server/language/scenario.ts';
import type { Listings } from '../desk/function_tables.ts';
import type { Engine } from '../engine.ts';
import { changedFigures, type FigureChange } from './figures.ts';
import { compareFrames, type DirectionChange } from './frames.ts';
import { firstOtherEvent, type Outcome, outcomeOf } from './outcome.ts';
import { type Parting, partingsOf } from './partings.ts';
import { type Place, placeOf, type ValueChange, valuesAt } from './values_at.ts';
import type { WatchedRun } from './watch_run.ts';

export interface ComparedRuns {
  readonly before: Scenario;
  readonly after: Scenario;
  readonly seed: number;
  /** ns; where both end at the latest. */
  readonly until: number;
  /** Events after which a run is ended in any case. */
  readonly events: number;
  /** Events up to which every statement is compared. */
  readonly watched: number;
}

export interface Comparers {
  readonly fast: Engine;
  readonly debug: Engine;
  readonly listings: Listings;
  /** Throws to break off; asked before each event. */
  readonly poll: () => void;
}

/** An event that begins at another time, or that somebody else has; null where the run has no more. */
export interface OtherEvent {
  readonly event: number;
  readonly before: { readonly time: number; readonly actor: string } | null;
  readonly after: { readonly time: number; readonly actor: string } | null;
}

export interface ToldParting extends Parting {
  /** Where both were last, and where each went; null as in the Parting. */
  readonly lastPlace: Place | null;
  readonly beforePlace: Place | null;
  readonly afterPlace: Place | null;
  readonly values: readonly ValueChange[];
}

export interface Comparison {
  readonly before: Outcome;
  readonly after: Outcome;
  readonly otherEvent: OtherEvent | null;
  readonly partings: readonly ToldParting[];
  /** Whether statements beyond `watched` were left out. */
  readonly cut: boolean;
  readonly frames: readonly DirectionChange[];
  readonly figures: readonly FigureChange[];
}

export function compareRuns(runs: ComparedRuns, comparers: Comparers): Comparison {
  const outcome = (scenario: Scenario): Outcome =>
    outcomeOf(comparers.fast, scenario, runs.seed, { ...runs, poll: comparers.poll });
  const [before, after] = [outcome(runs.before), outcome(runs.after)];
  return {
    before,
    after,
    otherEvent: otherEventOf(before, after),
    partings: toldPartings(runs, comparers),
    cut: Math.max(before.events, after.events) > runs.watched,
    frames: compareFrames(before.frames, after.frames),
    figures: [...changedLosses(before, after), ...changedFigures(before.figures, after.figures)],
  };
}

/** Part of the losses would compare wrongly; the counters have them all. */
function changedLosses({ losses: before }: Outcome, { losses: after }: Outcome): FigureChange[] {
  return before === null || after === null ? [] : changedFigures(before, after);
}

function otherEventOf(before: Outcome, after: Outcome): OtherEvent | null {
  const event = firstOtherEvent(before.clocks, after.clocks);
  return event === null ? null : { event, before: eventOf(before, event), after: eventOf(after, event) };
}

function eventOf({ clocks: { times, actors } }: Outcome, event: number): OtherEvent['before'] {
  return event < times.length ? { time: times[event]!, actor: actors[event]! } : null;
}

function toldPartings(
  { before, after, seed, until, watched }: ComparedRuns,
  { debug, listings, poll }: Comparers,
): ToldParting[] {
  const watchedRun = (scenario: Scenario): WatchedRun => ({ debug, scenario, seed, events: watched, until, poll });
  const [here, there] = [watchedRun(before), watchedRun(after)];
  return partingsOf(here, there).map((parting, i) => {
    const place = (point: Parting['before']): Place | null => (point === null ? null : placeOf(point.tick, listings));
    const lastPlace = place(parting.last?.before ?? null);
    const values = i < WITH_VALUES && parting.last !== null ? valuesAt(here, there, parting.last, lastPlace!.text) : [];
    return { ...parting, lastPlace, beforePlace: place(parting.before), afterPlace: place(parting.after), values };
  });
}

/** Each costs two more runs up to there. */
const WITH_VALUES = 3;
