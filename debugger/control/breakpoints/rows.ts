/** From a request to the places it arms. A mistake in it becomes the breakpoint's message, never an exception. */
import type { Scenario } from '../../../server/language/scenario.ts';
import { functions, tickInfo } from '../debug_info.ts';
import { EvaluationError } from '../expressions/found.ts';
import { tickOfLine } from '../probe.ts';
import type { Armed, BreakpointInfo, BreakpointRequest } from './breakpoint.ts';
import { assignedTick } from './assigned.ts';
import {
  ALWAYS,
  allOf,
  calledFrom,
  type Complain,
  type Condition,
  expressionHolds,
  hitCountHolds,
  namesIn,
  onHost,
} from './condition.ts';
import { resolveName } from './function_names.ts';
import { RETURN_VALUE } from './returns.ts';
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
  const { places, host, atReturn, message } = resolveName(name, hosts);
  if (places.length === 0) return unverified(id, message);
  const asks = namesIn(request.condition);
  const armed = places.map(({ fn, calledFrom: caller }) =>
    functionPlace(fn, {
      id,
      label: functions[fn]!.name,
      log: null,
      place: allOf([onHost(host), calledFrom(caller)]),
      own: allOf([own.expression, own.hits]),
      ahead: asks.has(RETURN_VALUE) ? onHost(host) : allOf([onHost(host), own.expression]),
      asks,
      atReturn,
    }),
  );
  const first = functions[places[0]!.fn]!;
  const where = places.length === 1 || message.endsWith(' as well') ? { file: first.file, line: first.line } : {};
  const later = places.length === 1 ? armed.flatMap(({ ticks }) => ticks.map(([tick]) => waitText(tick))) : [];
  return {
    info: { id, verified: true, message: [message, ...later].filter(Boolean).join('; '), ...where },
    functions: armed.flatMap((each) => each.functions),
    ticks: armed.flatMap((each) => each.ticks),
  };
}

interface FunctionBreakpoint {
  readonly id: number;
  readonly label: string;
  readonly log: null;
  /** Where it must be met. */
  readonly place: Condition;
  /** What a person asked besides. */
  readonly own: Condition;
  readonly ahead: Condition;
  /** The names that the person's condition reads. */
  readonly asks: ReadonlySet<string>;
  readonly atReturn: boolean;
}

type Places = Pick<Row, 'functions' | 'ticks'>;

/** At the entry; at the return; or, for a condition on a variable of the function, where that first has its value. */
function functionPlace(fn: number, { id, label, log, place, own, ahead, asks, atReturn }: FunctionBreakpoint): Places {
  const onReturn = atReturn && asks.has(RETURN_VALUE);
  const condition = onReturn ? place : allOf([place, own]);
  const armed: Armed = { id, label, log, condition, ahead, atReturn: onReturn ? own : atReturn ? ALWAYS : null };
  const tick = atReturn ? 0 : assignedTick(fn, asks);
  return tick === 0 ? { functions: [[fn, armed]], ticks: [] } : { functions: [], ticks: [[tick, armed]] };
}

function waitText(tick: number): string {
  return `the condition is asked in line ${tickInfo(tick).line}, where its variables have their values`;
}

function whyNoPlace(file: string, line: number): string {
  const inFile = functions.filter((fn) => fn.kernel && fn.file === file);
  const silent = inFile.find((fn) => fn.line <= line && line <= fn.endLine && fn.lastTick < fn.firstTick);
  if (silent !== undefined)
    return `${silent.name} only looks something up, so nothing stops in it: break where it is called`;
  return inFile.length > 0 ? 'no statement stands here or below in this function' : `the model has no listing ${file}`;
}

export function listingRow(id: number, file: string, request: BreakpointRequest, complain: Complain): Row {
  const own = conditionOf(request, complain);
  const line = request.line ?? 0;
  if (typeof own === 'string') return unverified(id, own, { file, line });
  const place = listingPlace(file, line);
  if (place === undefined) return unverified(id, whyNoPlace(file, line), { file, line });
  return lineRow(id, { ...request, line: place.line }, place.tick, {
    file,
    label: `${file}:${place.line}`,
    ...own,
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
    ...own,
  });
}

function lineRow(
  id: number,
  request: BreakpointRequest,
  tick: number,
  { file, label, expression, hits }: { file: string; label: string; expression: Condition; hits: Condition },
): Row {
  const condition = allOf([expression, hits]);
  const armed: Armed = { id, condition, ahead: expression, atReturn: null, label, log: request.logMessage ?? null };
  return { info: { id, verified: true, message: '', file, line: request.line }, functions: [], ticks: [[tick, armed]] };
}
