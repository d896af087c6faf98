/**
 * Which number fields outgrow a small integer: ns, sequence numbers, hashes. V8 stores a field that has only ever held integers of 32 bits as one, and takes a field
 * that was never written again for a constant; when that turns out wrong in the middle of a run, all functions compiled for the struct are thrown away. So an example
 * of each struct that packets are made of tells it at the start.
 */
type Fields<T> = { [K in keyof T]: T[K] extends number ? K : never }[keyof T];

/** Kept, because V8 forgets the layout of objects that are gone. */
const examples: object[] = [];

/** Makes `wide` fields of a struct's literal hold any number, and all its numbers and flags variables. `example` is given up to this. */
export function layOut<T extends object>(example: T, ...wide: Fields<T>[]): void {
  const fields = example as Record<string, unknown>;
  for (const [name, value] of Object.entries(example)) {
    if (typeof value === 'number') fields[name] = wide.includes(name as Fields<T>) ? 0.5 : value + 1;
    else if (typeof value === 'boolean') fields[name] = !value;
  }
  examples.push(example);
}

/** As layOut, for an object in use: its values stay. Answers the object. */
export function widen<T extends object>(object: T, ...wide: Fields<T>[]): T {
  const fields = object as Record<string, unknown>;
  for (const name of wide as string[]) {
    const value = fields[name];
    fields[name] = 0.5;
    fields[name] = value;
  }
  return object;
}
