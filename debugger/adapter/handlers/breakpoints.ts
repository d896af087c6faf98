/** Breakpoints of all kinds. Each answer has one entry for each that was asked for, in order. */
import path from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { BreakpointInfo, BreakpointRequest } from '../../control/breakpoints/breakpoint.ts';
import { bag, listOf, numberOf, stringOf } from '../arguments.ts';
import { ask, type Body, fromClientLine, type Session, toClientLine } from '../session.ts';

type Bag = Readonly<Record<string, unknown>>;

export async function setBreakpoints(session: Session, given: unknown): Promise<Body> {
  const source = bag(bag(given).source);
  const requests = listOf(bag(given), 'breakpoints').map((each) => ({
    ...conditions(each),
    line: fromClientLine(session, numberOf(each, 'line')),
  }));
  const listing = session.sources.listingOf(source);
  if (listing !== undefined)
    return described(session, await ask(session, 'listingBreakpoints', { file: listing, requests }));
  if (isScenario(session, source)) return described(session, await ask(session, 'scenarioBreakpoints', { requests }));
  return {
    breakpoints: requests.map(({ line }) => ({
      verified: false,
      line: toClientLine(session, line),
      message: 'this document is no part of the run',
    })),
  };
}

/** The conditions that all kinds share; an empty text is none. */
function conditions(of: Bag): BreakpointRequest {
  return {
    condition: stringOf(of, 'condition', undefined),
    hitCondition: stringOf(of, 'hitCondition', undefined),
    logMessage: stringOf(of, 'logMessage', '') || undefined,
  };
}

function isScenario(session: Session, source: Bag): boolean {
  const named = source.path;
  return typeof named === 'string' && session.launch !== null && path.resolve(named) === session.launch.file;
}

export async function setFunctionBreakpoints(session: Session, given: unknown): Promise<Body> {
  const requests = listOf(bag(given), 'breakpoints').map((each) => ({
    ...conditions(each),
    name: stringOf(each, 'name'),
  }));
  return described(session, await ask(session, 'functionBreakpoints', { requests }));
}

/** Writes of another value are all that can be watched. */
export async function dataBreakpointInfo(session: Session, given: unknown): Promise<Body> {
  const of = bag(given);
  const reference = numberOf(of, 'variablesReference', 0) || null;
  const parameters = { reference, name: stringOf(of, 'name'), frame: numberOf(of, 'frameId', null) };
  const { id, text, lasts } = await ask(session, 'fieldPlace', parameters);
  return { dataId: id, description: text, accessTypes: ['write'], canPersist: lasts };
}

export async function setDataBreakpoints(session: Session, given: unknown): Promise<Body> {
  const requests = listOf(bag(given), 'breakpoints').map((each) => ({
    ...conditions(each),
    field: stringOf(each, 'dataId'),
  }));
  return described(session, await ask(session, 'fieldBreakpoints', { requests }));
}

function described(session: Session, infos: readonly BreakpointInfo[]): Body {
  return { breakpoints: infos.map((info) => breakpointBody(session, info)) };
}

function breakpointBody(
  session: Session,
  { id, verified, message, file, line }: BreakpointInfo,
): DebugProtocol.Breakpoint {
  const source =
    file === undefined
      ? undefined
      : file === ''
        ? session.sources.scenario(session.launch!.file)
        : session.sources.listing(file);
  return {
    id,
    verified,
    ...(message === '' ? {} : { message }),
    ...(source === undefined ? {} : { source }),
    ...(line === undefined ? {} : { line: toClientLine(session, line) }),
  };
}

/** Filters come plain or with a condition; the answer has one entry for each, plain ones first. */
export async function setExceptionBreakpoints(session: Session, given: unknown): Promise<Body> {
  const filters = bag(given).filters;
  const plain = (Array.isArray(filters) ? filters : [])
    .filter((each): each is string => typeof each === 'string')
    .map((filter) => ({ filter }));
  const withOptions = listOf(bag(given), 'filterOptions').map((each) => ({
    filter: stringOf(each, 'filterId'),
    condition: stringOf(each, 'condition', undefined),
  }));
  const infos = await ask(session, 'filters', { requests: [...plain, ...withOptions] });
  return { breakpoints: infos.map(({ verified, message }) => ({ verified, ...(message === '' ? {} : { message }) })) };
}

export async function breakpointLocations(session: Session, given: unknown): Promise<Body> {
  const of = bag(given);
  const source = bag(of.source);
  const from = fromClientLine(session, numberOf(of, 'line'));
  const to = fromClientLine(session, numberOf(of, 'endLine', numberOf(of, 'line')));
  const file = session.sources.listingOf(source) ?? (isScenario(session, source) ? '' : undefined);
  if (file === undefined) return { breakpoints: [] };
  const lines = await ask(session, 'breakpointLines', { file, from, to });
  return { breakpoints: lines.map((line) => ({ line: toClientLine(session, line) })) };
}
