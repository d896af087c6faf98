/** Whether a breakpoint that was met stops the run: its host, its caller, its expression, its hit count, in this order. */
import { functions } from '../debug_info.ts';
import type { Expression } from '../../../server/language/expression.ts';
import { addNodes } from '../../../server/language/walk.ts';
import { evaluate, parse } from '../expressions/evaluate.ts';
import { EvaluationError } from '../expressions/found.ts';
import type { Names } from '../expressions/names.ts';
import { isTrue } from '../expressions/operators.ts';
import { HitCount, parseHitCount } from './hit_count.ts';

/** Where a breakpoint was met. */
export interface Site {
  readonly host: string;
  /** Number of the calling function; -1 when it is not known. */
  readonly caller: number;
  /** Made only when an expression asks. */
  readonly names: () => Names;
  /** A replay looks without counting. */
  readonly counts: boolean;
}

/** May count what it saw, so it is asked once for each time the place is met. */
export interface Condition {
  readonly holds: (site: Site) => boolean;
}

export const ALWAYS: Condition = { holds: () => true };

export function allOf(conditions: readonly Condition[]): Condition {
  const real = conditions.filter((each) => each !== ALWAYS);
  return real.length === 0 ? ALWAYS : { holds: (site) => real.every((each) => each.holds(site)) };
}

export const onHost = (host: string | null): Condition =>
  host === null ? ALWAYS : { holds: (site) => site.host === host };

export const calledFrom = (fn: number): Condition => (fn < 0 ? ALWAYS : { holds: (site) => site.caller === fn });

/** Where no caller is known, as in the watch build, it may be. */
export const entersStage = (stage: string): Condition => ({
  holds: ({ caller }) => caller < 0 || functions[caller]!.stage !== stage,
});

/** Told once when an expression cannot be evaluated where it is met: it then counts as false. */
export type Complain = (message: string) => void;

/** Throws an EvaluationError when the text is no expression. */
export function expressionHolds(text: string | undefined, complain: Complain): Condition {
  if (text === undefined || text.trim() === '') return ALWAYS;
  const expression = parse(text);
  let told = false;
  return {
    holds: (site) => {
      try {
        return isTrue(evaluate(expression, site.names()).value);
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        if (!told) complain(`condition ${text}: ${error.message}`);
        told = true;
        return false;
      }
    },
  };
}

/** The bare names that a condition reads; none where it is no expression. */
export function namesIn(text: string | undefined): Set<string> {
  if (text === undefined || text.trim() === '') return new Set();
  const nodes: Expression[] = [];
  addNodes(parse(text), nodes);
  return new Set(nodes.flatMap((node) => (node.kind === 'name' ? node.name : [])));
}

/** null: every hit will do. Throws an EvaluationError when the text is no hit count. */
export function hitCount(text: string | undefined): HitCount | null {
  if (text === undefined || text.trim() === '') return null;
  const test = parseHitCount(text);
  if (typeof test === 'string') throw new EvaluationError(test);
  return new HitCount(test);
}

export type { Expression };
