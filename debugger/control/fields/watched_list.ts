/** A list that tells when it changes. A proxy stands for it wherever the world refers to it, so that whoever holds the list holds the proxy; copies of the world hold plain lists. */
import { eachObject, partsOf } from '../world_value.ts';

type List = unknown[];

/** Methods that change a list in several steps of which only the whole counts. */
const CHANGING: ReadonlySet<PropertyKey> = new Set(
  'push pop shift unshift splice sort reverse fill copyWithin'.split(' '),
);

export interface WatchedList {
  /** What takes the list's place. */
  readonly list: List;
  readonly stop: () => void;
}

/** `onChange` is given the list as it was and as it is then. */
export function watchList(world: object, list: List, onChange: (was: List, is: List) => void): WatchedList {
  const telling = <T>(change: () => T): T => {
    const was = list.slice();
    const result = change();
    if (was.length !== list.length || was.some((each, i) => each !== list[i])) onChange(was, list.slice());
    return result;
  };
  const proxy: List = new Proxy(list, {
    get: (_, key) => (CHANGING.has(key) ? changing(key as 'push') : Reflect.get(list, key)),
    set: (_, key, value) => telling(() => Reflect.set(list, key, value)),
    deleteProperty: (_, key) => telling(() => Reflect.deleteProperty(list, key)),
  });
  const changing =
    (method: 'push') =>
    (...items: unknown[]): unknown => {
      const result: unknown = telling(() => list[method](...items));
      return result === list ? proxy : result;
    };
  replace(world, list, proxy);
  return { list: proxy, stop: () => replace(world, proxy, list) };
}

function replace(world: object, from: List, to: List): void {
  for (const holder of eachObject(world))
    for (const [key, part] of partsOf(holder)) {
      if (part !== from) continue;
      if (holder instanceof Map) holder.set(key, to);
      else (holder as Record<string | number, unknown>)[key] = to;
    }
}
