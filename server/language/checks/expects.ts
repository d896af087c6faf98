/** Expectations: the names that they read, and what they ask. */
import { dimensionOf } from '../dimensions.ts';
import { endpointHostRange, type Expression, type Range } from '../expression.ts';
import { HOST_MEMBERS, PROCESS_MEMBERS } from '../schema/views.ts';
import { type Symbols, symbolKey } from '../symbols.ts';
import type { HostModel } from '../topology.ts';
import { declaredName, type Expectation, entriesOf } from '../tree.ts';
import { walkExpression } from '../walk.ts';
import { checkPrecedence } from './precedence.ts';
import { type Reporter, suggestion } from './reporter.ts';

export function checkExpects(reporter: Reporter): void {
  for (const entry of reporter.document.entries) {
    for (const expectation of entry.body?.expectations ?? []) checkExpectation(reporter, expectation);
  }
}

function checkExpectation(reporter: Reporter, expectation: Expectation): void {
  const { test, before } = expectation;
  dimensionOf(test, ({ range, message }) => reporter.report('NP1201', range, message));
  walkExpression(test, (each) => checkNode(reporter, each));
  if (before) checkBefore(reporter, test, before);
}

function checkBefore({ report, symbols, document }: Reporter, test: Expression, before: Expression): void {
  const path = test.kind === 'member' && test.object.kind === 'name' ? `${test.object.name}.${test.name}` : null;
  const known =
    path !== null && (symbols.byKey.has(symbolKey('process', path)) || document.skippedWords.has(path.split('.')[1]!));
  if (path === null) report('NP1503', test.range, 'Before `finishes` stands a process: `host.process`.');
  else if (!known && symbols.byKey.has(symbolKey('device', path)))
    report('NP1503', test.range, `\`${path}\` is a device, not a process.`);
  if (before.kind !== 'number' || before.dimension !== 'ns')
    report('NP1503', before.range, 'Behind `before` stands a time: `5ms`.');
}

function checkNode(reporter: Reporter, expression: Expression): void {
  if (expression.kind === 'binary') checkPrecedence(reporter, expression);
  if (expression.kind === 'name') checkHostName(reporter, expression.name, expression.range);
  if (expression.kind === 'endpoint' && expression.host !== null) {
    checkHostName(reporter, expression.host, endpointHostRange(expression, expression.host));
  }
  if (expression.kind !== 'member' || !expression.name) return;
  const { object } = expression;
  if (object.kind === 'name') checkOnHost(reporter, object.name, expression.name, expression.nameRange);
  if (object.kind === 'member' && object.object.kind === 'name') {
    checkOnProcess(reporter, `${object.object.name}.${object.name}`, expression.name, expression.nameRange);
  }
}

function checkHostName(reporter: Reporter, name: string, range: Range): void {
  const { hosts } = reporter.topology;
  if (!hosts.has(name)) reportUnknown(reporter, name, range, hosts.keys(), 'No host is called');
}

function checkOnHost(reporter: Reporter, hostName: string, name: string, range: Range): void {
  const host = reporter.topology.hosts.get(hostName);
  const { byKey } = reporter.symbols;
  const path = `${hostName}.${name}`;
  if (!host || HOST_MEMBERS.has(name) || byKey.has(symbolKey('device', path)) || byKey.has(symbolKey('process', path)))
    return;
  reportUnknown(reporter, name, range, [...namesOn(host), ...HOST_MEMBERS.keys()], `\`${hostName}\` has no`);
}

/** Devices and processes of a host. */
export function namesOn(host: HostModel): string[] {
  const processes = entriesOf(host.entry, 'process').flatMap((each) => declaredName(each)?.text ?? []);
  return [...host.devices.map((each) => each.name.text), ...processes];
}

function checkOnProcess(reporter: Reporter, path: string, name: string, range: Range): void {
  const { byKey } = reporter.symbols;
  if (
    !byKey.has(symbolKey('process', path)) ||
    PROCESS_MEMBERS.has(name) ||
    byKey.has(symbolKey('variable', `${path}.${name}`))
  )
    return;
  reportUnknown(
    reporter,
    name,
    range,
    [...variablesOf(reporter.symbols, path), ...PROCESS_MEMBERS.keys()],
    `\`${path}\` has no variable`,
  );
}

/** Names of the variables of `host.process`. */
export function variablesOf(symbols: Symbols, process: string): string[] {
  return symbols.all
    .filter((each) => each.kind === 'variable' && each.path.startsWith(`${process}.`))
    .map((each) => each.name);
}

function reportUnknown(
  { report, document }: Reporter,
  name: string,
  range: Range,
  candidates: Iterable<string>,
  start: string,
): void {
  if (document.skippedWords.has(name)) return;
  const { hint, fixes } = suggestion(name, range, candidates);
  report('NP1501', range, `${start} \`${name}\`.${hint}`, { fixes });
}
