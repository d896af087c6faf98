/** The run that is debugged beside the same with something changed. */
import { ChangeError, changeScenario, parseChange, toldChange } from '../../../server/language/change/change.ts';
import type { Scenario } from '../../../server/language/scenario.ts';
import { FOREVER } from '../../machine/event_queue.ts';
import { aside } from '../aside.ts';
import type { Listings } from '../desk/function_tables.ts';
import type { Engines } from '../engine.ts';
import { EvaluationError } from '../expressions/found.ts';
import type { LaunchParameters } from '../protocol.ts';
import { scenarioOf, textOf } from '../scenario_of.ts';
import { NOTHING } from '../watch.ts';
import { compareRuns } from './comparison.ts';
import { comparisonText } from './text.ts';

/** What a person waits for: events of each run, and how many of them statement by statement. */
const EVENTS = 1_000_000;
const WATCHED = 60_000;

export class WhatIf {
  readonly #launch: LaunchParameters;
  readonly #scenario: Scenario;
  readonly #engines: Engines;
  readonly #listings: Listings;
  /** Arms the breakpoints again after a run without any. */
  readonly #rearm: () => void;

  constructor(launch: LaunchParameters, scenario: Scenario, engines: Engines, listings: Listings, rearm: () => void) {
    this.#launch = launch;
    this.#scenario = scenario;
    this.#engines = engines;
    this.#listings = listings;
    this.#rearm = rearm;
  }

  /** Throws an EvaluationError where the change cannot be made. */
  compare(change: string): string {
    const changed = this.#changed(change);
    const { fast, debug } = this.#engines;
    const { seed, until, file } = this.#launch;
    const runs = {
      before: this.#scenario,
      after: scenarioOf({ text: changed.text, file, set: [] }),
      seed,
      until: until ?? FOREVER,
    };
    const comparison = aside(this.#rearm, () => {
      fast.watchFor(NOTHING);
      const comparers = { fast, debug, listings: this.#listings, poll: () => undefined };
      return compareRuns({ ...runs, events: EVENTS, watched: WATCHED }, comparers);
    });
    return `${toldChange(changed)}\n\n${comparisonText(comparison, { before: 'as it is', after: 'changed' })}`;
  }

  #changed(change: string): ReturnType<typeof changeScenario> {
    try {
      return changeScenario(textOf(this.#launch), parseChange(change));
    } catch (error) {
      if (error instanceof ChangeError) throw new EvaluationError(error.message);
      throw error;
    }
  }
}
