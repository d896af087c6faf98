/** From a request to the places it arms. A mistake in it becomes the breakpoint's message, never an exception. */
import type { Scenario } from '../../../server/language/scenario.ts';
import { functions, tickInfo } from '../debug_info.ts';
import type { WatchedField } from '../fields/field_watch.ts';
import { parsePlace, placeText } from '../fields/place.ts';
import { EvaluationError } from '../expressions/found.ts';
import { tickOfLine } from '../probe.ts';
import type { Armed, BreakpointInfo, BreakpointRequest } from './breakpoint.ts';
import { assignedTick } from './assigned.ts';
import {
  ALWAYS,
  allOf,
  calledFrom,
  entersStage,
  type Complain,
  type Condition,
  expressionHolds,
  hitCount,
  namesIn,
  onHost,
} from './condition.ts';
import { resolveName } from './function_names.ts';
import type { HitCount } from './hit_count.ts';
import { RETURN_VALUE } from './returns.ts';
import { listingPlace, statementLines } from './lines.ts';

export interface Row {
  readonly info: BreakpointInfo;
  readonly functions: readonly (readonly [fn: number, armed: Armed])[];
  readonly ticks: readonly (readonly [tick: number, armed: Armed])[];
  readonly field: WatchedField | null;
}

const unverified = (id: number, message: string, more: Partial<BreakpointInfo> = {}): Row => ({
  info: { id, verified: false, message, ...more },
  functions: [],
  ticks: [],
  field: null,
});

interface Own {
  readonly expression: Condition;
  readonly hits: HitCount | null;
}

const wholeOf = ({ expression, hits }: Own): Condition => allOf([expression, hits ?? ALWAYS]);

/** The same for the watch build, which counts what does not stop. */
const aheadOf = ({ expression, hits }: Own): Condition =>
  allOf([expression, hits === null ? ALWAYS : { holds: (site) => hits.mayHold(site) }]);

/** The request's own conditions; a text that cannot be read is the answer instead. */
function conditionOf(request: BreakpointRequest, complain: Complain): Own | string {
  try {
    return { expression: expressionHolds(request.condition, complain), hits: hitCount(request.hitCondition) };
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
  const armed = places.map(({ fn, calledFrom: caller, entersStage: enters }) =>
    functionPlace(fn, {
      id,
      label: functions[fn]!.name,
      log: null,
      host: onHost(host),
      caller: enters ? entersStage(functions[fn]!.stage) : calledFrom(caller),
      own,
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
    field: null,
  };
}

interface FunctionBreakpoint {
  readonly id: number;
  readonly label: string;
  readonly log: null;
  readonly host: Condition;
  readonly caller: Condition;
  readonly own: Own;
  /** The names that the person's condition reads. */
  readonly asks: ReadonlySet<string>;
  readonly atReturn: boolean;
}

type Places = Pick<Row, 'functions' | 'ticks'>;

/** At the entry; at the return; or, for a condition on a variable of the function, where that first has its value. */
function functionPlace(fn: number, { id, label, log, host, caller, own, asks, atReturn }: FunctionBreakpoint): Places {
  const onReturn = atReturn && asks.has(RETURN_VALUE);
  const whole = wholeOf(own);
  const armed: Armed = {
    id,
    label,
    log,
    condition: allOf([host, caller, onReturn ? ALWAYS : whole]),
    // The watch build knows no callers, so it cannot count where one matters.
    ahead: allOf([host, onReturn ? ALWAYS : caller === ALWAYS ? aheadOf(own) : own.expression]),
    hits: own.hits,
    atReturn: onReturn ? whole : atReturn ? ALWAYS : null,
  };
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
    own,
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
    own,
  });
}

function lineRow(
  id: number,
  request: BreakpointRequest,
  tick: number,
  { file, label, own }: { file: string; label: string; own: Own },
): Row {
  const armed: Armed = {
    id,
    condition: wholeOf(own),
    ahead: aheadOf(own),
    hits: own.hits,
    atReturn: null,
    label,
    log: request.logMessage ?? null,
  };
  return {
    info: { id, verified: true, message: '', file, line: request.line },
    functions: [],
    ticks: [[tick, armed]],
    field: null,
  };
}

/** What a condition on a change may read besides what stands where it is made. */
export const CHANGE_NAMES: readonly string[] = ['old', 'new'];

/** Stops where the field gets another value. */
export function fieldRow(id: number, request: BreakpointRequest, complain: Complain): Row {
  const place = parsePlace(request.field ?? '');
  if (place === undefined) return unverified(id, 'no field is known by this name: ask for it in the Variables view');
  const own = conditionOf(request, complain);
  if (typeof own === 'string') return unverified(id, own);
  const readsMore = [...namesIn(request.condition)].some((name) => !CHANGE_NAMES.includes(name));
  const armed: Armed = {
    id,
    condition: wholeOf(own),
    // The watch build has no local variables.
    ahead: readsMore ? ALWAYS : aheadOf(own),
    hits: own.hits,
    atReturn: null,
    label: placeText(place),
    log: null,
  };
  return { info: { id, verified: true, message: '' }, functions: [], ticks: [], field: { place, armed: [armed] } };
}
