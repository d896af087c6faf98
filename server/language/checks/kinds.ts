/** What kind of value an expression has, as far as the text tells. */
import type { Expression } from '../expression.ts';
import type { Shape } from '../schema/arguments.ts';
import type { StatementNode } from '../tree.ts';
import { SYSCALLS } from '../schema/syscalls.ts';
import type { SyscallSchema } from '../schema/shapes.ts';

/** Variables of a process whose assignments all give values of one kind. */
export type Shapes = ReadonlyMap<string, Shape>;

const OF_RESULT: Readonly<Record<SyscallSchema['result'], Shape>> = {
  fd: 'number',
  fds: 'list',
  number: 'number',
  time: 'number',
  buffer: 'buffer',
  buffers: 'list',
  events: 'list',
  pollfd: 'pollfd',
  endpoint: 'endpoint',
  sockaddr_ll: 'sockaddr_ll',
  tpacket_req: 'tpacket_req',
  packet_mreq: 'packet_mreq',
  tcp_md5sig: 'tcp_md5sig',
  cmsg: 'cmsg',
  in_pktinfo: 'in_pktinfo',
  frames: 'list',
};

/** The kinds of a program's variables; one that `each` assigns, that differs, or that another variable gives has none. */
export function shapesOf(statements: readonly StatementNode[]): Shapes {
  const shapes = new Map<string, Shape | null>();
  for (const each of statements) {
    if (each.kind !== 'assign' && each.kind !== 'each') continue;
    const shape = each.kind === 'assign' ? shapeOf(each.value, NONE) : null;
    shapes.set(each.name, shapes.has(each.name) && shapes.get(each.name) !== shape ? null : shape);
  }
  return new Map([...shapes].flatMap(([name, shape]) => (shape === null ? [] : [[name, shape]])));
}

const NONE: Shapes = new Map();

/** null where the run will show it. */
export function shapeOf(expression: Expression, shapes: Shapes): Shape | null {
  switch (expression.kind) {
    case 'number':
    case 'constant':
    case 'boolean':
    case 'unary':
    case 'address':
      return 'number';
    case 'string':
    case 'list':
    case 'null':
    case 'endpoint':
      return expression.kind;
    case 'binary':
      return expression.operator === '+' ? sumShape(expression, shapes) : 'number';
    case 'call': {
      const result = SYSCALLS.get(expression.callee)?.result;
      return result === undefined ? null : OF_RESULT[result];
    }
    case 'name':
      return shapes.get(expression.name) ?? null;
    default:
      return null;
  }
}

/** Numbers, strings and lists are added to their like: one side tells. */
function sumShape({ left, right }: Expression & { kind: 'binary' }, shapes: Shapes): Shape | null {
  const [one, other] = [shapeOf(left, shapes), shapeOf(right, shapes)];
  return one === null || other === null || one === other ? (one ?? other) : null;
}
