/** Operators and members of the scenario's expressions over a process's values. An error is an answer, not an exception. */
import type { BinaryOperator } from '../../../server/language/expression.ts';
import { ERRNOS } from '../../../server/language/schema/errnos.ts';
import { controlValue, isControl } from './control.ts';
import { isTrue, typeOf } from './value.ts';
import { frameData } from './packet.ts';
import type { BufferValue, ListValue, StructValue, Value } from './value.ts';

/** What went wrong, in words; kept apart from Value by its own shape. */
export interface Failure { failure: string }
export type Outcome = Value | Failure;

export function failed(outcome: Outcome): outcome is Failure {
  return typeof outcome === 'object' && outcome !== null && 'failure' in outcome;
}

/** Bounded memory: most elements of a list, most characters of a text. */
const LONGEST_LIST = 65_536;
const LONGEST_TEXT = 1_048_576;

const arithmetic: Record<string, (a: number, b: number) => number> = {
  '|': (a, b) => (a | b) >>> 0,
  '^': (a, b) => (a ^ b) >>> 0,
  '&': (a, b) => (a & b) >>> 0,
  '<<': (a, b) => (a << b) >>> 0,
  '>>': (a, b) => a >>> b,
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => Math.trunc(a / b),
  '%': (a, b) => a % b,
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
};

/** Strict operators; `&&` and `||` are the interpreter's, which need not evaluate their right side. */
export function binary(operator: BinaryOperator, left: Value, right: Value): Outcome {
  if (operator === '==') return Number(same(left, right));
  if (operator === '!=') return Number(!same(left, right));
  const a = asNumber(left);
  const b = asNumber(right);
  if (operator === '+' && isList(left) && isList(right)) return joined(left, right);
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') {
    const length = left.length + right.length;
    return length > LONGEST_TEXT ? { failure: `a text of ${length} characters is out of bounds` } : left + right;
  }
  if (a === null || b === null) return { failure: `'${operator}' needs two numbers${operator === '+' ? ', lists or strings' : ''}, not ${typeOf(left)} and ${typeOf(right)}` };
  if ((operator === '/' || operator === '%') && b === 0) return { failure: `division by zero` };
  return arithmetic[operator]!(a, b);
}

/** The elements of both; a list that a loop doubles comes to an end. */
function joined(left: ListValue, right: ListValue): Outcome {
  const length = left.items.length + right.items.length;
  if (length > LONGEST_LIST) return { failure: `a list of ${length} elements is out of bounds` };
  return { kind: 'list', items: [...left.items, ...right.items] };
}

function asNumber(value: Value): number | null {
  return numberOf(value) ?? null;
}

/** A value where a number is wanted: what was received counts as what recv returns in C, its length. undefined: it is none. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  return isOf(value, 'buffer') ? value.ret : undefined;
}

/**
 * `==` of programs, of conditions and of `expect`: text with text and received bytes, a number with their length, addresses and lists by what they hold, structs by identity, a field that is a list as a list;
 * NULL is 0, as what has no value is.
 */
export function same(left: unknown, right: unknown): boolean {
  if (typeof left === 'number' || typeof right === 'number') return (numberOf(left) ?? comparable(left)) === (numberOf(right) ?? comparable(right));
  const [a, b] = [comparable(left), comparable(right)];
  if (isOf(a, 'endpoint') && isOf(b, 'endpoint')) return a.address === b.address && a.port === b.port;
  if (isOf(a, 'list') && isOf(b, 'list')) return a.items.length === b.items.length && a.items.every((item, i) => same(item, b.items[i]));
  return a === b;
}

function comparable(value: unknown): unknown {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'boolean') return Number(value);
  if (Array.isArray(value)) return { kind: 'list', items: value };
  return isOf(value, 'buffer') ? text(value.bytes, value.length) : value;
}

type Kind = (Value & object)['kind'];

/** Whether a value is one of a process's, of this kind. */
export function isOf<K extends Kind>(value: unknown, kind: K): value is Extract<Value, { kind: K }> {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === kind;
}

const isList = (value: unknown): value is ListValue => isOf(value, 'list');

export function unary(operator: '!' | '-' | '~', operand: Value): Outcome {
  if (operator === '!') return Number(!isTrue(operand));
  const n = asNumber(operand);
  if (n === null) return { failure: `'${operator}' needs a number, not ${typeOf(operand)}` };
  return operator === '-' ? -n : ~n >>> 0;
}

/** `value.name`. */
export function member(object: Value, name: string): Outcome {
  const found = readMember(object, name);
  return found === undefined ? { failure: lacks(object, name) } : found;
}

/** A failed call's errno stands where its result was hoped for. */
function lacks(object: Value, name: string): string {
  if (isList(object)) return `a list has no '${name}', its elements may: [0].${name}`;
  if (object === null) return `nothing is there that could have '${name}'`;
  const errno = typeof object === 'number' && object < 0 ? ERRNOS.find(({ value }) => value === -object) : undefined;
  return errno === undefined ? `${typeOf(object)} has no '${name}'` : `the call failed: -${errno.name} has no '${name}'`;
}

function readMember(object: Value, name: string): Value | undefined {
  if (typeof object === 'string') return name === 'length' ? object.length : undefined;
  if (object === null || typeof object !== 'object') return undefined;
  if (object.kind === 'buffer') return bufferMember(object, name);
  if (object.kind === 'list') return name === 'length' ? object.items.length : undefined;
  if (object.kind === 'endpoint') return name === 'address' ? object.address : name === 'port' ? object.port : undefined;
  if (object.kind === 'tpacket2_hdr' && (name === 'data' || name === 'from')) return name === 'data' ? frameData(object) : frameData(object).from;
  if (isStruct(object)) return structMember(object, name);
  if (object.kind === 'sock_extended_err') return Object.hasOwn(object, name) && name !== 'kind' ? object[name as 'ee_errno' | 'offender'] : undefined;
  if (name === 'fd') return object.fd;
  if (name === 'events') return object.events;
  if (object.kind === 'pollfd') return name === 'revents' ? object.revents : undefined;
  return name === 'data' ? object.data : undefined;
}

function isStruct(object: Value & object): object is StructValue {
  return STRUCTS.includes(object.kind);
}

const STRUCTS: readonly string[] = ['sockaddr_ll', 'tpacket_req', 'tpacket_stats', 'packet_mreq', 'tcp_md5sig', 'tcp_info', 'tpacket2_hdr', 'cmsg', 'in_pktinfo'];

/** Fields that are numbers, and addresses as lists of bytes. */
function structMember(object: StructValue, name: string): Value | undefined {
  const field: unknown = Object.hasOwn(object, name) ? (object as unknown as Record<string, unknown>)[name] : undefined;
  if (Array.isArray(field)) return { kind: 'list', items: field as number[] };
  return typeof field === 'number' ? field : undefined;
}

function bufferMember(buffer: BufferValue, name: string): Value | undefined {
  if (name === 'length') return buffer.length;
  if (name === 'from') return buffer.from;
  if (name === 'flags') return buffer.flags;
  if (name === 'gso_size') return buffer.gso_size;
  if (name === 'inq') return buffer.inq;
  if (name === 'timestamp') return buffer.timestamp;
  if (name === 'ts') return buffer.ts;
  if (name === 'opt_stats') return buffer.opt_stats;
  if (name === 'error') return buffer.error;
  if (name === 'iov') return { kind: 'list', items: piecesOf(buffer) };
  if (isControl(name)) return controlValue(buffer.control, name);
  return name === 'text' ? text(buffer.bytes, buffer.length) : undefined;
}

/** What each piece of the memory holds; a buffer in one piece is its own only one. */
function piecesOf(buffer: BufferValue): BufferValue[] {
  if (buffer.pieces.length === 0) return [buffer];
  let at = 0;
  return buffer.pieces.map((size) => {
    const length = Math.max(0, Math.min(size, buffer.length - at));
    at += size;
    return { ...buffer, bytes: buffer.bytes.subarray(at - size, at - size + length), length, pieces: [] };
  });
}

export function text(bytes: Uint8Array, length: number): string {
  let out = '';
  for (let i = 0; i < length; i++) out += String.fromCharCode(bytes[i]!);
  return out;
}

/** `value[i]`. */
export function element(object: Value, index: Value): Outcome {
  if (typeof index !== 'number') return { failure: `an index is a number, not ${typeOf(index)}` };
  if (typeof object === 'object' && object !== null) {
    if (object.kind === 'list' && index >= 0 && index < object.items.length) return object.items[index]!;
    if (object.kind === 'buffer' && index >= 0 && index < object.length) return object.bytes[index]!;
  }
  return { failure: `${typeOf(object)} has no element ${index}` };
}
