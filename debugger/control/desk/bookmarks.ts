/** Moments of a run that somebody has given names, to come back to. A run repeats itself, so they stay true after any move. */
import { EvaluationError } from '../expressions/found.ts';
import type { Moment } from '../moment.ts';

export interface Bookmark {
  readonly name: string;
  readonly moment: Moment;
  /** ns */
  readonly time: number;
}

/** Nobody finds anything among more. */
const MOST = 1000;

export class Bookmarks {
  readonly #byName = new Map<string, Bookmark>();

  /** A name that is known moves. */
  set(bookmark: Bookmark): void {
    if (this.#byName.size >= MOST && !this.#byName.has(bookmark.name))
      throw new EvaluationError(`there are ${MOST} bookmarks already`);
    this.#byName.set(bookmark.name, bookmark);
  }

  get(name: string): Bookmark {
    const found = this.#byName.get(name);
    if (found !== undefined) return found;
    const known = [...this.#byName.keys()];
    throw new EvaluationError(
      `no bookmark is called ${name}${known.length === 0 ? ': `mark NAME` sets one' : `; there are ${known.join(', ')}`}`,
    );
  }

  /** mark1, mark2, ... */
  nextName(): string {
    let n = this.#byName.size + 1;
    while (this.#byName.has(`mark${n}`)) n++;
    return `mark${n}`;
  }

  get all(): readonly Bookmark[] {
    return [...this.#byName.values()].sort((a, b) => a.time - b.time);
  }
}
