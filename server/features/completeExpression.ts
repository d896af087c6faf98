/** Completion inside expressions: variables, system calls, constants, members. */
import type { Analysis } from '../language/analyse.ts';
import { namesOn, variablesOf } from '../language/checks/expects.ts';
import type { Expression } from '../language/expression.ts';
import type { ArgumentPlace } from '../language/parser/expected.ts';
import { CONSTANTS } from '../language/schema/constants.ts';
import { HOST_TABLES, ROW_MEMBERS } from '../language/schema/counters.ts';
import type { ExpressionScope, MemberSchema, Parameter } from '../language/schema/shapes.ts';
import { STATEMENTS } from '../language/schema/statements.ts';
import { SYSCALLS, signatures } from '../language/schema/syscalls.ts';
import {
  DEVICE_MEMBERS,
  HOST_MEMBERS,
  PACKET_FIELDS,
  PROCESS_MEMBERS,
  VALUE_MEMBERS,
} from '../language/schema/views.ts';
import { processAt } from '../language/scope.ts';
import { symbolKey } from '../language/symbols.ts';
import { deviceItems } from './completeValue.ts';
import type { Draft } from './completion.ts';
import { constantMarkdown, syscallMarkdown } from './markdown.ts';
import { statementSnippet } from './snippets.ts';

/** What an expression may begin with. */
export function expressionItems(
  analysis: Analysis,
  caret: number,
  scope: ExpressionScope,
  argument: ArgumentPlace | null,
): Draft[] {
  if (scope === 'packet')
    return [...PACKET_FIELDS].map(([label, { doc }]) => ({ label, kind: 'variable', documentation: doc, rank: 1 }));
  if (scope === 'expect') return [...hostItems(analysis), ...constantItems([])];
  const parameters = argument ? parametersAt(argument) : [];
  return [
    ...variableItems(analysis, caret),
    ...endpointItems(analysis, parameters),
    ...constantItems(parameters),
    ...nullItems(parameters),
    ...syscallItems(),
  ];
}

/** What may stand there, one of each form of the call. */
function parametersAt({ callee, index }: ArgumentPlace): Parameter[] {
  return (SYSCALLS.get(callee)?.forms ?? []).flatMap((form) => form[index] ?? []);
}

function hostItems({ topology }: Analysis): Draft[] {
  return [...topology.hosts.keys()].map((label) => ({ label, kind: 'reference', detail: 'host', rank: 1 }));
}

function variableItems({ document, symbols }: Analysis, caret: number): Draft[] {
  const process = processAt(document, caret);
  const own = symbols.all.filter(
    (each) => each.kind === 'variable' && each.path.startsWith(`${process}.`) && each.nameRange.end !== caret,
  );
  const names = new Set(own.map((each) => each.name));
  return [...names, 'errno'].map((label) => ({
    label,
    kind: 'variable',
    detail: label === 'errno' ? 'error of the last failed call' : '',
    rank: label === 'errno' ? 6 : 1,
  }));
}

/** Where an address with a port is wanted, hosts come first. */
function endpointItems({ topology }: Analysis, parameters: readonly Parameter[]): Draft[] {
  const wanted = parameters.some(takesAddress);
  return [...topology.hosts.keys(), 'localhost'].map((label) => ({
    label,
    kind: 'reference',
    detail: label === 'localhost' ? '127.0.0.1' : 'host',
    insertText: wanted ? `${label}:\${1:7}` : label,
    snippet: wanted,
    rank: wanted ? 0 : 7,
  }));
}

const takesAddress = ({ type }: Parameter): boolean => type === 'endpoint' || type === 'address';

/** Those that fit the parameter first, unless hosts do; the others still, for comparisons and flags. */
function constantItems(parameters: readonly Parameter[]): Draft[] {
  const prefixes = parameters.flatMap((each) => each.constants);
  const first = parameters.some(takesAddress) ? 2 : 0;
  return [...CONSTANTS.values()].map((each) => ({
    label: each.name,
    kind: 'constant',
    detail: String(each.value),
    documentation: constantMarkdown(each),
    rank: prefixes.some((prefix) => each.name.startsWith(prefix)) ? first : 8,
  }));
}

/** NULL, where a call takes it. */
function nullItems(parameters: readonly Parameter[]): Draft[] {
  if (!parameters.some(({ type }) => type === 'fd_set' || type.endsWith('or NULL'))) return [];
  return [{ label: 'NULL', kind: 'constant', detail: 'none', rank: 0 }];
}

function syscallItems(): Draft[] {
  return [...SYSCALLS.values()].map((each) => ({
    label: each.name,
    kind: 'function',
    detail: signatures(each).join(' or '),
    documentation: syscallMarkdown(each),
    insertText: each.forms.every((form) => form.length === 0) ? `${each.name}()` : `${each.name}($1)`,
    snippet: true,
    rank: 4,
  }));
}

/** Statements that begin with a keyword; those that begin with a name come from the expression at the same place. */
export function statementItems(): Draft[] {
  return [...STATEMENTS.values()].map((each) => ({
    label: each.keyword,
    kind: 'keyword',
    documentation: `${each.doc}\n\n\`\`\`netpath\n${each.example}\n\`\`\``,
    insertText: statementSnippet(each),
    snippet: true,
    rank: 3,
  }));
}

const drafts = (members: Iterable<MemberSchema>, rank = 2): Draft[] =>
  [...members].map((each) => ({ label: each.name, kind: 'field', documentation: each.doc, rank }));

/** What may follow `object.`. */
export function memberItems(analysis: Analysis, object: Expression, scope: ExpressionScope): Draft[] {
  if (scope === 'packet')
    return object.kind === 'name' ? drafts(PACKET_FIELDS.get(object.name)?.members.values() ?? []) : [];
  if (scope !== 'expect') return drafts(VALUE_MEMBERS.values());
  if (object.kind === 'name') return membersOfHost(analysis, object.name);
  if (object.kind === 'member' && object.object.kind === 'name')
    return membersOnHost(analysis, object.object.name, object.name);
  const counters = counterTable(object);
  return drafts((counters ?? VALUE_MEMBERS).values());
}

/** `server.snmp.Udp`, `server.softnet_stat[0]`, `server.netfilter.input[0]`. */
function counterTable(object: Expression): ReadonlyMap<string, MemberSchema> | null {
  const path = pathOf(object);
  if (object.kind === 'index') return ROW_MEMBERS.get(path[1] ?? '') ?? null;
  return path.length === 3 ? (HOST_TABLES.get(path[1]!)?.get(path[2]!)?.members ?? null) : null;
}

/** The names of a chain of members, without its indexes. */
function pathOf(expression: Expression): string[] {
  if (expression.kind === 'name') return [expression.name];
  if (expression.kind === 'member') return [...pathOf(expression.object), expression.name];
  return expression.kind === 'index' ? pathOf(expression.object) : [];
}

function membersOfHost({ topology }: Analysis, name: string): Draft[] {
  const host = topology.hosts.get(name);
  if (!host) return [];
  const devices = deviceItems(host);
  const known = new Set(devices.map((each) => each.label));
  const processes: Draft[] = namesOn(host)
    .filter((each) => !known.has(each))
    .map((label) => ({ label, kind: 'reference', detail: 'process', rank: 1 }));
  return [...processes, ...devices, ...drafts(HOST_MEMBERS.values(), 3)];
}

function membersOnHost({ symbols }: Analysis, host: string, name: string): Draft[] {
  const path = `${host}.${name}`;
  const table = HOST_TABLES.get(name);
  if (table) return drafts(table.values());
  if (!symbols.byKey.has(symbolKey('process', path))) return drafts(DEVICE_MEMBERS.values());
  const variables = new Set(variablesOf(symbols, path));
  return [
    ...[...variables].map((label): Draft => ({ label, kind: 'variable', rank: 1 })),
    ...drafts(PROCESS_MEMBERS.values(), 3),
  ];
}
