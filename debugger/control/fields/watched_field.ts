/** A field that tells when it changes. As long as it is watched it is an accessor of its record, in whichever build of the engine the record lives; copies of the world hold plain values. */

/** `onChange` is called for every assignment of another value. Answers how to stop. */
export function watchField(record: object, field: string, onChange: (was: unknown, is: unknown) => void): () => void {
  const fields = record as Record<string, unknown>;
  let value = fields[field];
  const shape = { enumerable: true, configurable: true };
  Object.defineProperty(record, field, {
    ...shape,
    get: () => value,
    set: (next: unknown) => {
      const was = value;
      value = next;
      if (next !== was) onChange(was, next);
    },
  });
  return () => Object.defineProperty(record, field, { ...shape, writable: true, value });
}
