/** Names: where each is declared and where it is used. One index serves checks, definition, references and rename. */
import { perBlock } from './blocks.ts';
import { endpointHostRange, type Expression, type Range } from './expression.ts';
import { type Program, programsOf } from './programs.ts';
import type { SymbolKind } from './schema/shapes.ts';
import { type Document, declaredName, type Entry, type NameNode, type StatementNode, type Value } from './tree.ts';
import { walkExpression } from './walk.ts';

export interface SymbolEntry {
  readonly key: string;
  readonly kind: SymbolKind;
  readonly name: string;
  /** `server`, `server.eth0`, `client.app.fd`; links, hosts and veth pairs have paths of one name. */
  readonly path: string;
  readonly nameRange: Range;
  /** The whole declaration. */
  readonly range: Range;
}

/** One place where a name stands, its declaration included. */
export interface Occurrence {
  readonly key: string;
  readonly range: Range;
  readonly declares: boolean;
  readonly writes: boolean;
}

export interface Symbols {
  /** First declaration by key. */
  readonly byKey: ReadonlyMap<string, SymbolEntry>;
  /** All declarations, doubles included. */
  readonly all: readonly SymbolEntry[];
  /** In no particular order. */
  readonly occurrences: readonly Occurrence[];
}

/** Links and hosts may share a name, so the key holds the space of names: `link wire`, `host server`, `device server.eth0`. */
export function symbolKey(space: 'link' | 'host' | 'device' | 'process' | 'veth' | 'variable', path: string): string {
  return `${space} ${path}`;
}

interface Collector {
  readonly byKey: Map<string, SymbolEntry>;
  readonly all: SymbolEntry[];
  readonly occurrences: Occurrence[];
}

export function collectSymbols(document: Document): Symbols {
  const into: Collector = { byKey: new Map(), all: [], occurrences: [] };
  for (const entry of document.entries) addNames(namesIn(entry), into);
  for (const entry of document.entries) collectExpectations(entry, into);
  return into;
}

/** The names of one top-level block; those in expectations depend on what else is declared. */
const namesIn = perBlock((entry): Collector => {
  const into: Collector = { byKey: new Map(), all: [], occurrences: [] };
  collectTop(entry, into);
  for (const program of programsOf(entry)) collectProgram(program, into);
  return into;
});

function addNames(names: Collector, into: Collector): void {
  for (const symbol of names.all) {
    into.all.push(symbol);
    if (!into.byKey.has(symbol.key)) into.byKey.set(symbol.key, symbol);
  }
  for (const occurrence of names.occurrences) into.occurrences.push(occurrence);
}

function declare(into: Collector, key: string, kind: SymbolKind, path: string, name: NameNode, range: Range): void {
  const symbol = { key, kind, name: name.text, path, nameRange: name.range, range };
  into.all.push(symbol);
  if (!into.byKey.has(key)) into.byKey.set(key, symbol);
  into.occurrences.push({ key, range: name.range, declares: true, writes: true });
}

function use(into: Collector, key: string, range: Range): void {
  into.occurrences.push({ key, range, declares: false, writes: false });
}

function collectTop(entry: Entry, into: Collector): void {
  const name = declaredName(entry);
  const { keyword } = entry.schema;
  if (name && (keyword === 'link' || keyword === 'host' || keyword === 'veth')) {
    declare(into, symbolKey(keyword, name.text), keyword, name.text, name, entry.range);
  }
  const host = keyword === 'host' ? (name?.text ?? '') : null;
  collectValues(entry.values, host, into);
  for (const inner of entry.body?.entries ?? []) collectInner(inner, host, into);
}

function collectInner(entry: Entry, host: string | null, into: Collector): void {
  const name = declaredName(entry);
  const { keyword } = entry.schema;
  if (name && host !== null && (keyword === 'nic' || keyword === 'bridge'))
    declareOn(into, 'device', 'nic', host, name, entry.range);
  if (name && host !== null && keyword === 'process') declareOn(into, 'process', 'process', host, name, entry.range);
  if (keyword === 'end') collectEnd(entry, into);
  collectValues(entry.values, host, into);
  for (const inner of entry.body?.entries ?? []) collectInner(inner, host, into);
}

function declareOn(
  into: Collector,
  space: 'device' | 'process',
  kind: SymbolKind,
  host: string,
  name: NameNode,
  range: Range,
): void {
  const path = `${host}.${name.text}`;
  declare(into, symbolKey(space, path), kind, path, name, range);
}

function collectEnd(entry: Entry, into: Collector): void {
  for (const value of entry.values) {
    if (value.kind !== 'declaration' || !value.host) continue;
    use(into, symbolKey('host', value.host.text), value.host.range);
    declareOn(into, 'device', 'nic', value.host.text, value.name, entry.range);
  }
}

function collectValues(values: readonly Value[], host: string | null, into: Collector): void {
  for (const value of values) if (value.kind === 'reference') collectReference(value.path, value.part.to, host, into);
}

/** A device may be named without its host inside that host. */
function collectReference(path: readonly NameNode[], to: string, host: string | null, into: Collector): void {
  const [first, second] = path;
  if (!first) return;
  if (to === 'link') use(into, symbolKey('link', first.text), first.range);
  else if (to === 'device' && !second && host !== null)
    use(into, symbolKey('device', `${host}.${first.text}`), first.range);
  else {
    use(into, symbolKey('host', first.text), first.range);
    if (second) use(into, symbolKey('device', `${first.text}.${second.text}`), second.range);
  }
}

function collectProgram({ path, statements, nodes }: Program, into: Collector): void {
  for (const statement of statements) {
    if ((statement.kind !== 'assign' && statement.kind !== 'each') || !statement.nameRange || !statement.name) continue;
    assignVariable(path, { text: statement.name, range: statement.nameRange }, statement, into);
  }
  const prefix = symbolKey('variable', `${path}.`);
  for (const node of nodes) {
    if (node.kind === 'name') use(into, prefix + node.name, node.range);
    else if (node.kind === 'endpoint') useEndpointHost(node, into);
  }
}

function assignVariable(process: string, name: NameNode, statement: StatementNode, into: Collector): void {
  const path = `${process}.${name.text}`;
  const key = symbolKey('variable', path);
  if (into.byKey.has(key)) into.occurrences.push({ key, range: name.range, declares: false, writes: true });
  else declare(into, key, 'variable', path, name, { start: statement.span.start, end: statement.span.end });
}

function useEndpointHost(endpoint: Expression & { kind: 'endpoint' }, into: Collector): void {
  const { host } = endpoint;
  if (host !== null) use(into, symbolKey('host', host), endpointHostRange(endpoint, host));
}

function collectExpectations(entry: Entry, into: Collector): void {
  for (const expectation of entry.body?.expectations ?? []) {
    walkExpression(expectation.test, (each) => collectExpectName(each, into));
  }
}

/** `host`, `host.device`, `host.process`, `host.process.variable`. */
function collectExpectName(expression: Expression, into: Collector): void {
  if (expression.kind === 'endpoint') useEndpointHost(expression, into);
  if (expression.kind === 'name') use(into, symbolKey('host', expression.name), expression.range);
  if (expression.kind !== 'member') return;
  const { object } = expression;
  if (object.kind === 'name') {
    const path = `${object.name}.${expression.name}`;
    const key = into.byKey.has(symbolKey('process', path)) ? symbolKey('process', path) : symbolKey('device', path);
    if (into.byKey.has(key)) use(into, key, expression.nameRange);
  } else if (object.kind === 'member' && object.object.kind === 'name') {
    const key = symbolKey('variable', `${object.object.name}.${object.name}.${expression.name}`);
    if (into.byKey.has(key)) use(into, key, expression.nameRange);
  }
}
