/** One run of a sweep. */
import { analyse } from '../../server/language/analyse.ts';
import type { Engine } from '../control/engine.ts';
import { evaluate, parse } from '../control/expressions/evaluate.ts';
import { EvaluationError } from '../control/expressions/found.ts';
import { globals } from '../control/expressions/globals.ts';
import { programOf } from '../control/expressions/members.ts';
import { FOREVER } from '../machine/event_queue.ts';
import type { World } from '../machine/types.ts';
import { ENDLESS } from './run.ts';

export interface Job {
  readonly text: string;
  readonly seed: number;
  /** ns; null: to the end. */
  readonly until: number | null;
  readonly figures: readonly string[];
}

/** A number, of which there may be a mean; anything else as text; null where the run has none of that name. */
export interface Reading {
  readonly name: string;
  readonly value: number | string | null;
  readonly isTime: boolean;
}

export type JobResult = { readonly readings: readonly Reading[] } | { readonly error: string };

export function runJob(fast: Engine, { text, seed, until, figures }: Job): JobResult {
  const { scenario } = analyse(text, '');
  if (scenario === null) return { error: 'the scenario has a mistake' };
  const world = fast.buildWorld(scenario, seed);
  const limit = { event: until === null ? ENDLESS : FOREVER, time: until ?? FOREVER };
  if (fast.run(world, limit, null) === 'limit' && until === null)
    return { error: `a run does not come to its end: --until TIME ends it after ${ENDLESS} events or earlier` };
  return { readings: (figures.length === 0 ? ends(world) : figures).map((name) => readingOf(world, name)) };
}

/** When each process ended. */
function ends(world: World): string[] {
  const tasks = world.hosts.flatMap((host) => host.tasks.flatMap((task) => programOf(task) ?? []));
  return tasks.map(({ host, name }) => `${host}.${name}.finished_at`);
}

function readingOf(world: World, name: string): Reading {
  try {
    const { value, format } = evaluate(parse(name), globals(world, { cpu: null }));
    const plain = typeof value === 'number' ? value : value === null || value === undefined ? null : String(value);
    return { name, value: plain, isTime: format === 'ns' };
  } catch (error) {
    if (error instanceof EvaluationError) return { name, value: null, isTime: false };
    throw error;
  }
}
