/** What inspection needs to know besides the value: the moment it is looked at, and who wrote the bytes of a lineage. */
import type { Format } from './format/field.ts';
import type { Lineage } from '../kernel/include/linux/skbuff.ts';
import type { World } from '../machine/types.ts';

export interface Look {
  /** ns: deadlines are told relative to it. */
  readonly now: number;
  /** Of a root write: `client.app line 12`; undefined when nobody knows. */
  readonly writer: (root: Lineage) => string | undefined;
  /** Of integers whose field has no format of its own. */
  readonly integers?: Format | undefined;
}

/** The moment at which a world is looked at, ns: within an event the running CPU's clock is ahead of the world's. */
export function nowOf(world: World): number {
  return world.running?.now ?? world.now;
}
