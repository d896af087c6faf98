/**
 * The hash of a world's state: equal for a world and its copy, in both builds and on every engine. Objects are numbered as the
 * walk meets them, so sharing and cycles count; two 32-bit lanes give 16 hexadecimal digits.
 */
import { type Bytes, describeStranger, kindOf, pathTo } from './world_value.ts';

interface Hasher {
  readonly world: object;
  readonly numbers: Map<object, number>;
  /** Objects met, in order; their parts are hashed when their turn comes. */
  readonly queue: object[];
  a: number;
  b: number;
}

/** What stands before a value, so that null, 0, '' and [] differ. */
const MARK = {
  undefined: 1,
  null: 2,
  false: 3,
  true: 4,
  number: 5,
  string: 6,
  seen: 7,
  record: 8,
  array: 9,
  bytes: 10,
  map: 11,
};

/** @returns 16 hexadecimal digits */
export function hashWorld(world: object): string {
  const hasher: Hasher = { world, numbers: new Map(), queue: [], a: 0x2545f491, b: 0x6c8e9cf5 };
  mixObject(hasher, world);
  for (let i = 0; i < hasher.queue.length; i++) mixParts(hasher, hasher.queue[i]!);
  return hex(finish(hasher.a ^ hasher.b)) + hex(finish(hasher.b + Math.imul(hasher.a, 0x9e3779b1)));
}

const hex = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');

function finish(word: number): number {
  const h = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  const k = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return k ^ (k >>> 16);
}

function mix(hasher: Hasher, word: number): void {
  const a = Math.imul(hasher.a ^ word, 0x9e3779b1);
  hasher.a = (a << 13) | (a >>> 19);
  hasher.b = Math.imul(hasher.b + word, 0x85ebca6b) ^ (hasher.b >>> 15);
}

function mixValue(hasher: Hasher, value: unknown): void {
  if (typeof value === 'number') mixNumber(hasher, value);
  else if (typeof value === 'string') mixString(hasher, value);
  else if (typeof value === 'boolean') mix(hasher, value ? MARK.true : MARK.false);
  else if (value === null) mix(hasher, MARK.null);
  else if (value === undefined) mix(hasher, MARK.undefined);
  else if (typeof value === 'object') mixObject(hasher, value);
  else throw stranger(hasher, value);
}

function mixNumber(hasher: Hasher, value: number): void {
  if (!Number.isSafeInteger(value)) throw stranger(hasher, value);
  mix(hasher, MARK.number);
  mix(hasher, value | 0);
  if ((value | 0) !== value) mix(hasher, Math.floor(value / 0x100000000));
}

function mixString(hasher: Hasher, value: string): void {
  mix(hasher, MARK.string);
  mix(hasher, stringHash(value));
}

/** Names of fields and states come again and again. A cache of a pure function, emptied before it grows. */
const stringHashes = new Map<string, number>();

function stringHash(value: string): number {
  const known = stringHashes.get(value);
  if (known !== undefined) return known;
  let hash = value.length;
  for (let i = 0; i < value.length; i++) hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
  if (stringHashes.size > 10_000) stringHashes.clear();
  stringHashes.set(value, hash);
  return hash;
}

function mixObject(hasher: Hasher, value: object): void {
  const number = hasher.numbers.get(value);
  if (number !== undefined) {
    mix(hasher, MARK.seen);
    mix(hasher, number);
    return;
  }
  const kind = kindOf(value);
  if (kind === undefined) throw stranger(hasher, value);
  hasher.numbers.set(value, hasher.numbers.size);
  mix(hasher, MARK[kind]);
  hasher.queue.push(value);
}

function mixParts(hasher: Hasher, value: object): void {
  if (Array.isArray(value)) {
    mix(hasher, value.length);
    for (let i = 0; i < value.length; i++) mixValue(hasher, value[i]);
  } else if (value instanceof Map) mixMap(hasher, value);
  else if (ArrayBuffer.isView(value)) mixBytes(hasher, value as Bytes);
  else mixRecord(hasher, value as Record<string, unknown>);
}

function mixRecord(hasher: Hasher, record: Record<string, unknown>): void {
  for (const key in record) {
    mix(hasher, stringHash(key));
    mixValue(hasher, record[key]);
  }
}

function mixMap(hasher: Hasher, map: Map<unknown, unknown>): void {
  mix(hasher, map.size);
  for (const [key, value] of map) {
    mixValue(hasher, key);
    mixValue(hasher, value);
  }
}

/** Which views share a buffer is part of the state: one changes with the other. */
function mixBytes(hasher: Hasher, bytes: Bytes): void {
  const buffer = bytes.buffer;
  const number = hasher.numbers.get(buffer) ?? hasher.numbers.size;
  hasher.numbers.set(buffer, number);
  mix(hasher, number);
  mix(hasher, bytes.byteOffset);
  mix(hasher, bytes.length);
  for (let i = 0; i < bytes.length; i++) mix(hasher, bytes[i]!);
}

function stranger({ world }: Hasher, value: unknown): TypeError {
  const place = pathTo(world, (part) => Object.is(part, value));
  return new TypeError(`${place} is ${describeStranger(value)}, which a world may not hold`);
}
