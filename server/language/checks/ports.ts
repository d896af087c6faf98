/** Two sockets of one host bound to one port. */
import { printEndpoint } from '../addresses.ts';
import type { Expression } from '../expression.ts';
import type { Entry, StatementNode } from '../tree.ts';
import { expressionOf } from '../walk.ts';
import type { Reporter } from './reporter.ts';

type Endpoint = Expression & { kind: 'endpoint' };

interface Binding {
  readonly endpoint: Endpoint;
  readonly socketType: number | null;
  readonly variable: string;
  readonly process: Entry;
}

/** What is known of a process while its statements are read in order. */
interface Reading {
  readonly types: Map<string, number>;
  readonly process: Entry;
  readonly bindings: Binding[];
}

const SOCKET_TYPE_MASK = 15;
const SHARING: ReadonlySet<string> = new Set(['SO_REUSEADDR', 'SO_REUSEPORT']);

export function checkPorts(reporter: Reporter): void {
  const open = new Map<Entry, Binding[]>();
  for (const { host, entry, statements, nodes } of reporter.programs) {
    const bindings = open.get(host) ?? [];
    open.set(host, bindings);
    const shares = nodes.some((each) => each.kind === 'constant' && SHARING.has(each.name));
    if (shares) continue;
    const reading: Reading = { types: new Map(), process: entry, bindings };
    for (const statement of statements) read(reporter, statement, reading);
  }
}

function read(reporter: Reporter, statement: StatementNode, reading: Reading): void {
  const value = expressionOf(statement);
  if (value?.kind !== 'call') return;
  if (statement.kind === 'assign') noteSocket(statement.name, value, reading);
  if (value.callee === 'close') forget(value.arguments[0], reading);
  if (value.callee === 'bind' && statement.kind === 'do') noteBind(reporter, value, reading);
}

function noteSocket(name: string, value: Expression, reading: Reading): void {
  const type = value.kind === 'call' && value.callee === 'socket' ? value.arguments[1] : undefined;
  const number = type && constantValue(type);
  if (typeof number === 'number') reading.types.set(name, number & SOCKET_TYPE_MASK);
}

function constantValue(expression: Expression): number | null {
  if (expression.kind === 'constant' || expression.kind === 'number') return expression.value;
  if (expression.kind !== 'binary' || expression.operator !== '|') return null;
  const left = constantValue(expression.left);
  const right = constantValue(expression.right);
  return left === null || right === null ? null : left | right;
}

function forget(closed: Expression | undefined, { bindings, process }: Reading): void {
  if (closed?.kind !== 'name') return;
  const index = bindings.findIndex((each) => each.process === process && each.variable === closed.name);
  if (index >= 0) bindings.splice(index, 1);
}

function noteBind({ report }: Reporter, call: Expression & { kind: 'call' }, reading: Reading): void {
  const [socket, endpoint] = call.arguments;
  if (endpoint?.kind !== 'endpoint' || endpoint.host !== null || endpoint.port === 0) return;
  const variable = socket?.kind === 'name' ? socket.name : '';
  const binding = { endpoint, variable, process: reading.process, socketType: reading.types.get(variable) ?? null };
  const first = reading.bindings.find((each) => conflicts(each, binding));
  if (!first) reading.bindings.push(binding);
  else {
    report(
      'NP1408',
      endpoint.range,
      `${printEndpoint(endpoint.address, endpoint.port)} is bound already on this host: bind() would fail with EADDRINUSE.`,
      {
        related: [{ range: first.endpoint.range, message: 'bound first here' }],
      },
    );
  }
}

function conflicts(first: Binding, second: Binding): boolean {
  const addresses = [first.endpoint.address, second.endpoint.address];
  return (
    first.endpoint.port === second.endpoint.port &&
    first.socketType === second.socketType &&
    (addresses[0] === addresses[1] || addresses.includes(0))
  );
}
