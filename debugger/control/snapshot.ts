/**
 * Copies a world: every record once, references and cycles as they were. Frozen objects are shared, since nobody changes them;
 * everything else must be data (world_value.ts).
 */
import { type Bytes, describeStranger, kindOf, pathTo } from './world_value.ts';

type Fields = Record<string, unknown>;

interface Copier {
  readonly world: object;
  /** Copies by original; views of one buffer find the copied buffer here. */
  readonly copies: Map<object, object>;
  /** Copies whose fields still name originals. */
  readonly pending: object[];
}

export function copyWorld<T extends object>(world: T): T {
  const copier: Copier = { world, copies: new Map(), pending: [] };
  const copy = copyOf(copier, world) as T;
  for (let next = copier.pending.pop(); next !== undefined; next = copier.pending.pop()) {
    if (Array.isArray(next)) mendArray(copier, next);
    else if (next instanceof Map) mendMap(copier, next as Map<unknown, unknown>);
    else mendRecord(copier, next as Fields);
  }
  return copy;
}

function copyOf(copier: Copier, original: object): object {
  const known = copier.copies.get(original);
  if (known !== undefined) return known;
  if (Object.isFrozen(original)) return original;
  const copy = shallow(copier, original);
  copier.copies.set(original, copy);
  return copy;
}

function shallow(copier: Copier, original: object): object {
  const kind = kindOf(original);
  if (kind === 'bytes') return copyBytes(copier, original as Bytes);
  const copy =
    kind === 'record'
      ? { ...original }
      : kind === 'array'
        ? (original as unknown[]).slice()
        : copyMap(copier, original);
  copier.pending.push(copy);
  return copy;
}

function copyMap(copier: Copier, original: object): Map<unknown, unknown> {
  if (!(original instanceof Map)) throw stranger(copier, original);
  for (const key of original.keys())
    if (typeof key === 'object' || typeof key === 'function') throw stranger(copier, key);
  return new Map(original);
}

/** Views keep sharing their buffer in the copy. */
function copyBytes(copier: Copier, original: Bytes): Bytes {
  const { buffer, byteOffset, length } = original;
  const make = original.constructor as BytesMaker;
  let copied = copier.copies.get(buffer);
  if (copied === undefined && original.byteLength === buffer.byteLength) {
    const copy = new make(original);
    copier.copies.set(buffer, copy.buffer);
    return copy;
  }
  if (copied === undefined) {
    copied = buffer.slice(0);
    copier.copies.set(buffer, copied);
  }
  return new make(copied as ArrayBuffer, byteOffset, length);
}

type BytesMaker = { new (original: Bytes): Bytes; new (buffer: ArrayBuffer, offset: number, length: number): Bytes };

function mendRecord(copier: Copier, copy: Fields): void {
  for (const key in copy) {
    const value = copy[key];
    if (typeof value === 'object') {
      if (value !== null) copy[key] = copyOf(copier, value);
    } else if (typeof value === 'function') throw stranger(copier, value);
  }
}

function mendArray(copier: Copier, copy: unknown[]): void {
  for (let i = 0; i < copy.length; i++) {
    const value = copy[i];
    if (typeof value === 'object') {
      if (value !== null) copy[i] = copyOf(copier, value);
    } else if (typeof value === 'function') throw stranger(copier, value);
  }
}

function mendMap(copier: Copier, copy: Map<unknown, unknown>): void {
  for (const [key, value] of copy) {
    if (typeof value === 'object' && value !== null) copy.set(key, copyOf(copier, value));
    else if (typeof value === 'function') throw stranger(copier, value);
  }
}

function stranger({ world }: Copier, value: unknown): TypeError {
  const place = pathTo(world, (part) => part === value);
  return new TypeError(
    `${place} is ${describeStranger(value)}: a world is plain records, arrays, bytes and Maps by name or number`,
  );
}
