/** Notable moments that the world remembers: packets dropped, frames lost on the wire. Bounded, oldest dropped and counted. */
import type { IpAddress } from '../../server/language/in6Addr.ts';
import type { Lineage } from '../kernel/include/linux/skbuff.ts';
import type { World } from './types.ts';

export interface LogEntry {
  kind: 'drop' | 'loss' | 'full';
  /** Event number and ns. */
  event: number;
  time: number;
  host: string;
  /** Kernel function or device that decided. */
  where: string;
  /** The kernel's name of the reason, without SKB_DROP_REASON_. */
  reason: string;
  /** The condition that failed, as in the source, and the values it had. */
  condition: string;
  values: Record<string, IpAddress>;
  /** The skb or frame, by id, and where its bytes come from. */
  subject: number;
  lineage: Lineage;
}

const LIMIT = 4096;

/** Appends to the world's log; past the limit the oldest go and are counted. */
export function log_moment(world: World, entry: LogEntry): void {
  world.log.push(entry);
  if (world.log.length > LIMIT) {
    world.log.splice(0, LIMIT >> 2);
    world.log_dropped += LIMIT >> 2;
  }
}
