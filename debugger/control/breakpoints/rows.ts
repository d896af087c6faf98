/** From a request to the places it arms. A mistake in it becomes the breakpoint's message, never an exception. */
import type { Scenario } from '../../../server/language/scenario.ts';
import { functions } from '../debug_info.ts';
import { EvaluationError } from '../expressions/found.ts';
import { tickOfLine } from '../probe.ts';
import type { Armed, BreakpointInfo, BreakpointRequest } from './breakpoint.ts';
import {
  allOf,
  calledFrom,
  type Complain,
  type Condition,
  expressionHolds,
  hitCountHolds,
  onHost,
} from './condition.ts';
import { resolveName } from './function_names.ts';
import { listingPlace, statementLines } from './lines.ts';

export interface Row {
  readonly info: BreakpointInfo;
  readonly functions: readonly (readonly [fn: number, armed: Armed])[];
  readonly ticks: readonly (readonly [tick: number, armed: Armed])[];
}

const unverified = (id: number, message: string, more: Partial<BreakpointInfo> = {}): Row => ({
  info: { id, verified: false, message, ...more },
  functions: [],
  ticks: [],
});

/** The request's own conditions; a text that cannot be read is the answer instead. */
function conditionOf(
  request: BreakpointRequest,
  complain: Complain,
): { expression: Condition; hits: Condition } | string {
  try {
    return { expression: expressionHolds(request.condition, complain), hits: hitCountHolds(request.hitCondition) };
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return error.message;
  }
}

export function functionRow(id: number, request: BreakpointRequest, hosts: readonly string[], complain: Complain): Row {
  const name = request.name ?? '';
  const own = conditionOf(request, complain);
  if (typeof own === 'string') return unverified(id, own);
  const { places, host, message } = resolveName(name, hosts);
  if (places.length === 0) return unverified(id, message);
  const armed = places.map(({ fn, calledFrom: caller }): [number, Armed] => {
    const condition = allOf([onHost(host), calledFrom(caller), own.expression, own.hits]);
    return [fn, { id, condition, label: functions[fn]!.name, log: request.logMessage ?? null }];
  });
  const first = functions[places[0]!.fn]!;
  const where = places.length === 1 || message.endsWith(' as well') ? { file: first.file, line: first.line } : {};
  return { info: { id, verified: true, message, ...where }, functions: armed, ticks: [] };
}

export function listingRow(id: number, file: string, request: BreakpointRequest, complain: Complain): Row {
  const own = conditionOf(request, complain);
  const line = request.line ?? 0;
  if (typeof own === 'string') return unverified(id, own, { file, line });
  const place = listingPlace(file, line);
  if (place === undefined)
    return unverified(
      id,
      functions.some((fn) => fn.file === file)
        ? 'no statement stands here or below in this function'
        : `the model has no listing ${file}`,
      { file, line },
    );
  return lineRow(id, { ...request, line: place.line }, place.tick, {
    file,
    label: `${file}:${place.line}`,
    condition: allOf([own.expression, own.hits]),
  });
}

/** On a line without a statement the next one that has any stops. */
export function scenarioRow(id: number, scenario: Scenario, request: BreakpointRequest, complain: Complain): Row {
  const own = conditionOf(request, complain);
  const line = request.line ?? 0;
  if (typeof own === 'string') return unverified(id, own, { file: '', line });
  const at = statementLines(scenario).find((each) => each >= line);
  if (at === undefined) return unverified(id, 'no process has a statement here or below', { file: '', line });
  return lineRow(id, { ...request, line: at }, tickOfLine(at), {
    file: '',
    label: `line ${at}`,
    condition: allOf([own.expression, own.hits]),
  });
}

function lineRow(
  id: number,
  request: BreakpointRequest,
  tick: number,
  { file, label, condition }: { file: string; label: string; condition: Condition },
): Row {
  const armed: Armed = { id, condition, label, log: request.logMessage ?? null };
  return { info: { id, verified: true, message: '', file, line: request.line }, functions: [], ticks: [[tick, armed]] };
}
