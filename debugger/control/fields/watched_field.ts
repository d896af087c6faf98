/** A field that tells when it changes. As long as it is watched it is an accessor of its record, in whichever build of the engine the record lives; copies of the world hold plain values. */
import { type WatchedList, watchList } from './watched_list.ts';

type OnChange = (was: unknown, is: unknown) => void;

/** `onChange` is called for every assignment of another value, and for every change of a list that the field holds. Answers how to stop. */
export function watchField(world: object, record: object, field: string, onChange: OnChange): () => void {
  const shape = { enumerable: true, configurable: true };
  let held = hold(world, (record as Record<string, unknown>)[field], onChange);
  /** A list is being replaced wherever the world refers to it, this field included. */
  let replacing = false;
  const assign = (next: unknown): void => {
    const was = held.value;
    if (replacing || next === was) return;
    replacing = true;
    held.stop();
    held = hold(world, next, onChange);
    replacing = false;
    onChange(was, next);
  };
  Object.defineProperty(record, field, { ...shape, get: () => held.value, set: assign });
  return () => {
    Object.defineProperty(record, field, { ...shape, writable: true, value: held.value });
    held.stop();
  };
}

interface Held {
  readonly value: unknown;
  readonly stop: () => void;
}

const nothing = (): void => undefined;

function hold(world: object, value: unknown, onChange: OnChange): Held {
  if (!Array.isArray(value) || Object.isFrozen(value)) return { value, stop: nothing };
  const { list, stop }: WatchedList = watchList(world, value, onChange);
  return { value: list, stop };
}
