/** Variables, expressions, memory, and what a packet event was. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { VariableRow } from '../../control/desk/variables.ts';
import type { EvaluateContext } from '../../control/protocol.ts';
import { valuesText } from '../../inspect/values.ts';
import { bag, flagOf, numberOf, stringOf } from '../arguments.ts';
import { Problem, PROBLEMS } from '../problem.ts';
import { ask, type Body, type Session } from '../session.ts';

export async function variables(session: Session, given: unknown): Promise<Body> {
  const of = bag(given);
  const count = Math.max(0, numberOf(of, 'count', 0));
  const start = Math.max(0, numberOf(of, 'start', 0));
  const page = start > 0 || count > 0 ? { start, count } : null;
  const rows = await ask(session, 'variables', {
    reference: numberOf(of, 'variablesReference'),
    page,
    hex: inHex(of),
  });
  const filter = stringOf(of, 'filter', '');
  return {
    variables: rows
      .filter((row) => filter === '' || (filter === 'indexed') === row.name.startsWith('['))
      .map(variableBody),
  };
}

function variableBody(row: VariableRow): DebugProtocol.Variable {
  return {
    name: row.name,
    value: row.value,
    variablesReference: row.reference,
    ...(row.type === '' ? {} : { type: row.type }),
    ...(row.expression === null ? {} : { evaluateName: row.expression }),
    ...(row.indexed > 0 ? { indexedVariables: row.indexed } : {}),
    ...(row.memory > 0 ? { memoryReference: String(row.memory) } : {}),
    presentationHint: { attributes: ['readOnly'], ...(row.virtual ? { kind: 'virtual' } : {}) },
  };
}

/** What a client asks for that has a switch for it; VS Code has none, so expressions take `,x`. */
const inHex = (of: Readonly<Record<string, unknown>>): boolean => flagOf(bag(of.format), 'hex');

const CONTEXTS: readonly string[] = ['repl', 'watch', 'hover', 'clipboard', 'variables'];

export async function evaluate(session: Session, given: unknown): Promise<Body> {
  const of = bag(given);
  const context = stringOf(of, 'context', 'watch');
  const row = await ask(session, 'evaluate', {
    text: stringOf(of, 'expression'),
    frame: numberOf(of, 'frameId', null),
    context: (CONTEXTS.includes(context) ? context : 'watch') as EvaluateContext,
    hex: inHex(of),
  });
  const { name: _name, value, evaluateName: _expression, ...rest } = variableBody(row);
  return { result: value, ...rest };
}

/** Columns count from the client's origin; the text may have several lines. */
export async function completions(session: Session, given: unknown): Promise<Body> {
  const of = bag(given);
  const lines = stringOf(of, 'text').split('\n');
  const line = lines[Math.max(0, numberOf(of, 'line', session.linesFrom) - session.linesFrom)] ?? '';
  const caret = Math.max(0, numberOf(of, 'column') - session.columnsFrom);
  const found = await ask(session, 'completions', { text: line.slice(0, caret), frame: numberOf(of, 'frameId', null) });
  return {
    targets: found.map(({ label, kind, detail, replaces }) => ({
      label,
      type: kind,
      ...(detail === '' ? {} : { detail }),
      start: caret - replaces + session.columnsFrom,
      length: replaces,
    })),
  };
}

export async function readMemory(session: Session, given: unknown): Promise<Body> {
  const of = bag(given);
  const reference = Number(stringOf(of, 'memoryReference'));
  if (!Number.isSafeInteger(reference)) throw new Problem(PROBLEMS.badArguments, 'no memory of that name');
  const offset = numberOf(of, 'offset', 0);
  const { base64, unreadable } = await ask(session, 'memory', {
    reference,
    offset,
    count: Math.max(0, numberOf(of, 'count')),
  });
  return { address: `0x${Math.max(0, offset).toString(16)}`, data: base64, unreadableBytes: unreadable };
}

export async function exceptionInfo(session: Session): Promise<Body> {
  const found = await ask(session, 'packetEvent', {});
  if (found === null) throw new Problem(PROBLEMS.refused, 'the run did not stop at a packet event');
  const { event, lineage } = found;
  const values = valuesText(event.values, event.time);
  const condition = event.condition === '' ? '' : `: ${event.condition}`;
  const place = event.host === '' ? event.where : `${event.where} on ${event.host}`;
  const description = `${event.reason} at ${place}${condition}${values === '' ? '' : ` (${values})`}`;
  return {
    exceptionId: `${event.kind}.${event.reason}`,
    description,
    breakMode: 'always',
    details: {
      message: description,
      typeName: event.reason,
      fullTypeName: `SKB_DROP_REASON_${event.reason}`,
      ...(lineage === '' ? {} : { stackTrace: lineage.replaceAll(' -> ', '\n-> ') }),
    },
  };
}
