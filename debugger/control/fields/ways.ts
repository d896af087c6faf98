/** The shortest ways from the anchors of a world to all that is in it: by members, then by lists whose elements keep their places, other lists last. */
import { eachObject, kindOf, partsOf } from '../world_value.ts';
import { anchorOf } from './anchors.ts';

export type Key = string | number;

export interface Step {
  readonly from: object;
  readonly key: Key;
}

/** Lists whose elements keep their places. */
const FIXED: ReadonlySet<Key> = new Set(
  `hosts wires cpus tasks devices irq_descs timer_bases timer_bases_def hrtimer_bases softnet ends directions _tx rx tx
   vectors q_vector tx_ring rx_ring files descriptors tx_buffer_info`.split(/\s+/),
);
const MEMBER = 1;
const FIXED_ELEMENT = 2;
const ELEMENT = 30;

/** Dijkstra's algorithm from all anchors at once; distances are small whole numbers, so a list for each will do. */
class Ways {
  readonly steps = new Map<object, Step>();
  readonly #distances = new Map<object, number>();
  readonly #open: object[][] = [];

  constructor(world: object) {
    for (const value of eachObject(world)) {
      const anchor = anchorOf(value);
      if (anchor !== undefined) this.#put(value, anchor.distance);
    }
  }

  to(target: object): void {
    for (let distance = 0; distance < this.#open.length; distance++) {
      for (const from of this.#open[distance] ?? []) {
        if (this.#distances.get(from) !== distance) continue;
        if (from === target) return;
        this.#goOn(from, distance);
      }
    }
  }

  #goOn(from: object, distance: number): void {
    for (const [key, part] of partsOf(from)) {
      if (typeof part !== 'object' || part === null) continue;
      const next = distance + this.#length(from, key);
      const known = this.#distances.get(part);
      // An anchor is near by itself.
      if (known !== undefined && (next >= known || !this.steps.has(part))) continue;
      this.steps.set(part, { from, key });
      this.#put(part, next);
    }
  }

  #length(from: object, key: Key): number {
    if (kindOf(from) === 'record') return MEMBER;
    const list = this.steps.get(from)?.key;
    return typeof key === 'number' && list !== undefined && FIXED.has(list) ? FIXED_ELEMENT : ELEMENT;
  }

  #put(value: object, distance: number): void {
    this.#distances.set(value, distance);
    (this.#open[distance] ??= []).push(value);
  }
}

/** The last step to each object as far as to `target`; none to an anchor. */
export function stepsTo(world: object, target: object): ReadonlyMap<object, Step> {
  const ways = new Ways(world);
  ways.to(target);
  return ways.steps;
}
