/** The first place where two worlds differ, for people whose hashes do. */
import { describeStranger, eachPart, kindOf } from './world_value.ts';

interface Pair {
  readonly path: string;
  readonly a: object;
  readonly b: object;
}

/** @returns what differs first, like `world.hosts[0].cpus[0].now: 5 != 6`; null for equal worlds */
export function diffWorld(a: object, b: object): string | null {
  const partners = new Map<object, object>();
  const queue: Pair[] = [];
  const compare = (path: string, left: unknown, right: unknown): string | null => {
    if (!isObject(left) || !isObject(right))
      return Object.is(left, right) ? null : `${path}: ${show(left)} != ${show(right)}`;
    const partner = partners.get(left);
    if (partner !== undefined) return partner === right ? null : `${path}: not the same object as elsewhere`;
    partners.set(left, right);
    queue.push({ path, a: left, b: right });
    return null;
  };
  let found = compare('world', a, b);
  for (let i = 0; i < queue.length && found === null; i++) found = diffParts(queue[i]!, compare);
  return found;
}

type Compare = (path: string, a: unknown, b: unknown) => string | null;

function diffParts({ path, a, b }: Pair, compare: Compare): string | null {
  if (kindOf(a) !== kindOf(b)) return `${path}: ${show(a)} != ${show(b)}`;
  const left = partsOf(a);
  const right = partsOf(b);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [step, value] = left[i]!;
    if (step !== right[i]![0]) return `${path}: ${step} in one, ${right[i]![0]} in the other`;
    const found = compare(path + step, value, right[i]![1]);
    if (found !== null) return found;
  }
  return left.length === right.length ? null : `${path}: ${left.length} parts in one, ${right.length} in the other`;
}

function partsOf(value: object): [string, unknown][] {
  const parts: [string, unknown][] = [];
  if (kindOf(value) === 'bytes') for (const [i, byte] of (value as Uint8Array).entries()) parts.push([`[${i}]`, byte]);
  else eachPart(value, (step, part) => parts.push([step, part]));
  return parts;
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function show(value: unknown): string {
  return isObject(value) ? (kindOf(value) ?? describeStranger(value)) : (JSON.stringify(value) ?? String(value));
}
