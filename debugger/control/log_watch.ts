/** Entries that hardware added to the world's log since the last look. */
import type { LogEntry } from '../machine/log.ts';
import type { World } from '../machine/types.ts';

export class LogWatch {
  readonly #world: World;
  #seen: number;

  constructor(world: World) {
    this.#world = world;
    this.#seen = this.#count();
  }

  newEntries(): LogEntry[] {
    const fresh = this.#count() - this.#seen;
    if (fresh === 0) return [];
    this.#seen += fresh;
    return this.#world.log.slice(-fresh).filter((entry) => entry.kind !== 'drop');
  }

  /** The log forgets its oldest and counts them. */
  #count(): number {
    return this.#world.log.length + this.#world.log_dropped;
  }
}
