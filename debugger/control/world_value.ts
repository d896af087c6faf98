/** What a world may consist of: plain records, arrays, typed arrays, Maps with primitive keys; and how to name a place in one. */

export type Kind = 'record' | 'array' | 'bytes' | 'map';

/** @returns the kind of an object in a world; undefined for what no world may hold */
export function kindOf(value: object): Kind | undefined {
  if (Array.isArray(value)) return 'array';
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype) return 'record';
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return 'bytes';
  return value instanceof Map ? 'map' : undefined;
}

/** Any typed array of whole numbers. */
export type Bytes = Uint8Array | Uint16Array | Uint32Array | Int32Array;

/** What is directly inside an object, by its key; of bytes nothing. */
export function partsOf(value: object): Iterable<readonly [key: string | number, part: unknown]> {
  if (Array.isArray(value)) return value.entries();
  if (value instanceof Map) return value as Map<string | number, unknown>;
  return kindOf(value) === 'record' ? Object.entries(value) : [];
}

export function partOf(value: object, key: string | number): unknown {
  return value instanceof Map ? value.get(key) : Object.hasOwn(value, key) ? (value as never)[key] : undefined;
}

/** Every object of a world once, those near its root first. */
export function* eachObject(world: object): Generator<object> {
  const seen = new Set<object>([world]);
  for (const value of seen) {
    yield value;
    for (const [, part] of partsOf(value)) if (typeof part === 'object' && part !== null) seen.add(part);
  }
}

/** Calls `visit` for each thing directly inside an object, with how a person would write the way there. */
export function eachPart(value: object, visit: (step: string, part: unknown) => void): void {
  for (const [key, part] of partsOf(value)) visit(stepText(value, key), part);
}

function stepText(value: object, key: string | number): string {
  if (Array.isArray(value)) return `[${key}]`;
  return value instanceof Map ? `.get(${JSON.stringify(key)})` : `.${key}`;
}

/** @returns the shortest way from a world to something in it, like `world.hosts[0].cpus[1]` */
export function pathTo(world: object, isTarget: (part: unknown) => boolean): string {
  const seen = new Set<unknown>([world]);
  let level: { path: string; value: object }[] = [{ path: 'world', value: world }];
  while (level.length > 0) {
    const next: typeof level = [];
    let answer: string | undefined;
    for (const { path, value } of level) {
      eachPart(value, (step, part) => {
        if (isTarget(part)) answer ??= path + step;
        if (typeof part !== 'object' || part === null || seen.has(part)) return;
        seen.add(part);
        next.push({ path: path + step, value: part });
      });
    }
    if (answer) return answer;
    level = next;
  }
  return 'world';
}

/** What a person calls a value that has no place in a world. */
export function describeStranger(value: unknown): string {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'number' ? String(value) : `a ${typeof value}`;
  const prototype: { constructor?: { name?: string } } | null = Object.getPrototypeOf(value);
  if (prototype === null) return 'an object without prototype';
  return `a ${prototype.constructor?.name ?? 'class'} object`;
}
