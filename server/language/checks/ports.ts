/** Two sockets of one host bound to one port. */
import { printAddress } from '../addresses.ts';
import type { Expression } from '../expression.ts';
import { forEachExpression, walkExpression } from '../symbols.ts';
import { type Entry, entriesOf, type StatementNode } from '../tree.ts';
import { forEachStatement } from './processes.ts';
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
  shares: boolean;
}

const SOCKET_TYPE_MASK = 15;
const SHARING: ReadonlySet<string> = new Set(['SO_REUSEADDR', 'SO_REUSEPORT']);

export function checkPorts(reporter: Reporter): void {
  for (const host of reporter.document.entries) {
    if (host.schema.keyword !== 'host') continue;
    const open: Binding[] = [];
    for (const process of entriesOf(host, 'process')) {
      const reading: Reading = { types: new Map(), process, bindings: open, shares: false };
      forEachStatement(process.body?.statements ?? [], (statement) => read(reporter, statement, reading));
    }
  }
}

function read(reporter: Reporter, statement: StatementNode, reading: Reading): void {
  if (statement.kind === 'assign') noteSocket(statement.name, statement.value, reading);
  forEachExpression(statement, (expression) => {
    walkExpression(expression, (each) => {
      if (each.kind === 'constant' && SHARING.has(each.name)) reading.shares = true;
      if (each.kind === 'call' && each.callee === 'close') forget(each.arguments[0], reading);
    });
  });
  if (statement.kind === 'do' && statement.value.kind === 'call' && statement.value.callee === 'bind')
    noteBind(reporter, statement.value, reading);
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
  if (endpoint?.kind !== 'endpoint' || endpoint.host !== null || endpoint.port === 0 || reading.shares) return;
  const variable = socket?.kind === 'name' ? socket.name : '';
  const binding = { endpoint, variable, process: reading.process, socketType: reading.types.get(variable) ?? null };
  const first = reading.bindings.find((each) => conflicts(each, binding));
  if (!first) reading.bindings.push(binding);
  else {
    report(
      'NP1408',
      endpoint.range,
      `${printAddress(endpoint.address)}:${endpoint.port} is bound already on this host: bind() would fail with EADDRINUSE.`,
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
