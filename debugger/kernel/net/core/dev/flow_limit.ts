/** Flow limit: of a backlog that is half full, no flow may have more than half of what came last (net/core/dev.c, sysctl_net_core.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { hash_32 } from '../../../include/linux/hash.ts';
import type { Host } from '../../../include/linux/host.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { skb_get_hash } from '../flow_dissector.ts';

/** The flows of so many packets are remembered. */
const FLOW_LIMIT_HISTORY = 128;

/** net.core.flow_limit_cpu_bitmap: the CPUs whose backlogs are so guarded, with net.core.flow_limit_table_len counters each. */
export function flow_limit_cpu_sysctl(host: Host): void {
  const mask = host.knobs.flow_limit_cpu_bitmap!;
  const log_buckets = 31 - Math.clz32(host.knobs.flow_limit_table_len!);
  for (const sd of host.softnet) {
    if ((Math.floor(mask / 2 ** sd.cpu.id) & 1) === 0) continue;
    sd.flow_limit = { count: 0, log_buckets, history_head: 0, history: new Array<number>(FLOW_LIMIT_HISTORY).fill(0), buckets: new Array<number>(1 << log_buckets).fill(0) };
  }
}

/** Counts the packet's flow at the CPU that brings it, and whether it has had its share of a queue that is `qlen` long. */
export function skb_flow_limit(cpu: Cpu, skb: sk_buff, qlen: number, max_backlog: number): boolean {
  if (qlen < max_backlog >> 1) return false;
  const fl = cpu.host.softnet[cpu.id]!.flow_limit;
  if (fl === null) return false;
  const new_flow = hash_32(skb_get_hash(cpu, skb), fl.log_buckets);
  const old_flow = fl.history[fl.history_head]!;
  fl.history[fl.history_head] = new_flow;
  fl.history_head = (fl.history_head + 1) & (FLOW_LIMIT_HISTORY - 1);
  if (fl.buckets[old_flow]! > 0) fl.buckets[old_flow]!--;
  if (++fl.buckets[new_flow]! <= FLOW_LIMIT_HISTORY >> 1) return false;
  fl.count++;
  return true;
}
