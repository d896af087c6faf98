/** Whether a scenario's `expect`s hold, with what was found instead where they do not. */
import type { Expression } from '../../../server/language/expression.ts';
import type { ExpectSpec } from '../../../server/language/scenario.ts';
import { duration } from '../../inspect/format/time.ts';
import { present } from '../../inspect/present.ts';
import type { World } from '../../machine/types.ts';
import { evaluate } from './evaluate.ts';
import { EvaluationError } from './found.ts';
import { globals } from './globals.ts';
import { processOf, programOf } from './members.ts';
import type { Names } from './names.ts';
import { isTrue } from './operators.ts';

export interface ExpectResult {
  readonly spec: ExpectSpec;
  readonly holds: boolean;
  /** What was found; '' when it holds. */
  readonly found: string;
}

export function evaluateExpect(world: World, spec: ExpectSpec): ExpectResult {
  if (spec.before !== null) return finishesBefore(world, spec, spec.before);
  const names = globals(world, { cpu: null });
  try {
    const holds = isTrue(evaluate(spec.test, names).value);
    return { spec, holds, found: holds ? '' : foundInstead(world, spec.test, names) };
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return { spec, holds: false, found: error.message };
  }
}

function finishesBefore(world: World, spec: ExpectSpec, before: NonNullable<ExpectSpec['before']>): ExpectResult {
  const host = world.hosts.find((each) => each.name === before.host);
  const task = host === undefined ? undefined : processOf(host, before.process);
  const finished = (task === undefined ? null : programOf(task))?.finished_at ?? -1;
  const holds = finished >= 0 && finished < before.ns;
  const unfinished = task?.wait ? `it still waits: ${task.wait.what}` : 'it did not finish';
  return { spec, holds, found: holds ? '' : finished < 0 ? unfinished : `finished at ${duration(finished)}` };
}

/** The left side of a comparison is what the author wants to know. */
function foundInstead(world: World, test: Expression, names: Names): string {
  if (test.kind !== 'binary') return 'false';
  const { value, format } = evaluate(test.left, names);
  return present(value, { now: world.now, writer: () => undefined }, format);
}
