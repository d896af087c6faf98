/** The watched fields of one world, wherever their records are at the moment. */
import type { World } from '../../machine/types.ts';
import { findAnchor, type Held, isLasting } from './anchors.ts';
import { type Place, recordFrom } from './place.ts';
import { watchField } from './watched_field.ts';
import type { Armed } from '../breakpoints/breakpoint.ts';

/** A field and the breakpoints on it. */
export interface WatchedField {
  readonly place: Place;
  readonly armed: readonly Armed[];
}

export interface FieldChange extends WatchedField {
  readonly record: object;
  readonly was: unknown;
  readonly is: unknown;
}

interface Watched {
  readonly field: WatchedField;
  /** Found once, a lasting anchor is not looked for again; nor is one that is gone for good. */
  anchor: Held;
  record: object | undefined;
  stop: () => void;
}

const nothing = (): void => undefined;

export class FieldWatch {
  readonly #world: World;
  readonly #onChange: (change: FieldChange) => void;
  #fields: readonly WatchedField[] = [];
  #watched: Watched[] = [];

  constructor(world: World, onChange: (change: FieldChange) => void) {
    this.#world = world;
    this.#onChange = onChange;
  }

  /** Watches these and no others. Called before each event: a record may have been made, or replaced, in the last one. */
  watch(fields: readonly WatchedField[]): void {
    if (fields !== this.#fields) {
      for (const each of this.#watched.toReversed()) each.stop();
      this.#fields = fields;
      this.#watched = fields.map((field) => ({ field, anchor: undefined, record: undefined, stop: nothing }));
    }
    for (const each of this.#watched) this.#find(each);
  }

  #find(watched: Watched): void {
    const { place } = watched.field;
    if (watched.anchor === undefined || !isLasting(place.anchor))
      watched.anchor = findAnchor(this.#world, place.anchor);
    const record = recordFrom(watched.anchor, place);
    if (record === watched.record) return;
    watched.stop();
    watched.record = record;
    watched.stop =
      record === undefined
        ? nothing
        : watchField(this.#world, record, place.field, (was, is) =>
            this.#onChange({ ...watched.field, record, was, is }),
          );
  }
}
