/** Expectations: the names that they read, and what they ask. */
import { dimensionOf } from '../dimensions.ts';
import type { Expression, Range } from '../expression.ts';
import { HOST_MEMBERS, PROCESS_MEMBERS } from '../schema/views.ts';
import { symbolKey, walkExpression } from '../symbols.ts';
import type { HostModel } from '../topology.ts';
import { declaredName, type Expectation, entriesOf } from '../tree.ts';
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
  if (expression.kind === 'name')
    known(reporter, expression.name, expression.range, reporter.topology.hosts.keys(), 'No host is called');
  if (expression.kind === 'endpoint' && expression.host !== null) {
    known(
      reporter,
      expression.host,
      { start: expression.range.start, end: expression.range.start + expression.host.length },
      reporter.topology.hosts.keys(),
      'No host is called',
    );
  }
  if (expression.kind !== 'member' || !expression.name) return;
  const { object } = expression;
  if (object.kind === 'name') checkOnHost(reporter, object.name, expression.name, expression.nameRange);
  if (object.kind === 'member' && object.object.kind === 'name')
    checkOnProcess(reporter, object.object.name, object.name, expression.name, expression.nameRange);
}

function checkOnHost(reporter: Reporter, hostName: string, name: string, range: Range): void {
  const host = reporter.topology.hosts.get(hostName);
  if (host) known(reporter, name, range, [...namesOn(host), ...HOST_MEMBERS.keys()], `\`${hostName}\` has no`);
}

/** Devices and processes of a host. */
export function namesOn(host: HostModel): string[] {
  const processes = entriesOf(host.entry, 'process').flatMap((each) => declaredName(each)?.text ?? []);
  return [...host.devices.map((each) => each.name.text), ...processes];
}

function checkOnProcess(reporter: Reporter, host: string, process: string, name: string, range: Range): void {
  if (!reporter.symbols.byKey.has(symbolKey('process', `${host}.${process}`))) return;
  const variables = variablesOf(reporter, `${host}.${process}`);
  known(reporter, name, range, [...variables, ...PROCESS_MEMBERS.keys()], `\`${host}.${process}\` has no variable`);
}

function variablesOf({ symbols }: Reporter, process: string): string[] {
  return symbols.all
    .filter((each) => each.kind === 'variable' && each.path.startsWith(`${process}.`))
    .map((each) => each.name);
}

function known(
  { report, document }: Reporter,
  name: string,
  range: Range,
  candidates: Iterable<string>,
  start: string,
): void {
  const names = [...candidates];
  if (names.includes(name) || document.skippedWords.has(name)) return;
  const { hint, fixes } = suggestion(name, range, names);
  report('NP1501', range, `${start} \`${name}\`.${hint}`, { fixes });
}
