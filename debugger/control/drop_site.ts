/** A packet event that a filter may stop at, and the names its condition may use: reason, host, where, values' names, skb. */
import type { World } from '../machine/types.ts';
import type { drop_condition, sk_buff } from '../kernel/include/linux/skbuff.ts';
import type { Site } from './breakpoints/condition.ts';
import { globals } from './expressions/globals.ts';
import { chained } from './expressions/names.ts';
import { functions } from './debug_info.ts';
import { readLocals } from './locals.ts';
import { callAt } from './probe.ts';
import { recordNames } from './site.ts';
import type { PacketEvent } from './stop.ts';

/** The drop that the function at `depth` is about to write down. */
export function dropAt(world: World, depth: number): PacketEvent & { skb: sk_buff } {
  const locals = Object.fromEntries(readLocals(depth).map(({ name, value }) => [name, value])) as {
    skb: sk_buff;
    reason: string;
    drop: drop_condition | null;
  };
  const cpu = world.running;
  return {
    kind: 'drop',
    host: cpu?.host.name ?? '',
    where: decidingFunction(depth),
    reason: locals.reason,
    condition: locals.drop?.condition ?? '',
    values: locals.drop?.values ?? {},
    subject: locals.skb.id,
    lineage: locals.skb.lineage,
    event: world.event,
    time: cpu?.now ?? world.now,
    skb: locals.skb,
  };
}

/** Without the packet itself, which stays where the world is. */
export function packetEventOf({ skb: _skb, ...event }: PacketEvent & { skb: sk_buff }): PacketEvent {
  return event;
}

/** Functions that only carry the decision out. */
const CARRIERS = /^(?:logDrop|sk_skb_reason_drop|(?:__|dev_)?kfree_skb\w*|skb_queue_purge\w*)$/;

/** The depth of the innermost call that is the kernel's own and no carrier: there the drop was decided. 0: none. */
export function decidingDepth(depth: number): number {
  for (let d = depth; d > 0; d--) {
    const fn = functions[callAt(d).fn]!;
    if (!fn.helper && !CARRIERS.test(fn.name)) return d;
  }
  return 0;
}

function decidingFunction(depth: number): string {
  const deciding = decidingDepth(depth);
  return deciding === 0 ? '' : functions[callAt(deciding).fn]!.name;
}

export function packetSite(world: World, event: PacketEvent, skb: sk_buff | null, counts: boolean): Site {
  const own = recordNames({
    ...event.values,
    reason: event.reason,
    host: event.host,
    where: event.where,
    condition: event.condition,
    ...(skb === null ? {} : { skb }),
  });
  return { host: event.host, caller: -1, counts, names: () => chained(own, globals(world, { cpu: world.running })) };
}
