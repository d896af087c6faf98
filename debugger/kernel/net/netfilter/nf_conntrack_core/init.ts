/** An empty table, and its worker (net/netfilter/nf_conntrack_core.c nf_conntrack_init_start, nf_conntrack_init_net). */
import { roll } from '../../../../machine/random.ts';
import type { Host } from '../../../include/linux/host.ts';
import type { ip_conntrack_stat } from '../../../include/net/netfilter/nf_conntrack.ts';
import { HZ } from '../../../kernel/time/jiffies.ts';
import { queue_delayed_work } from '../../../kernel/workqueue/delayed.ts';
import { conntrack_gc_work_init } from './gc.ts';

/** @helper */
function createStat(): ip_conntrack_stat {
  return { found: 0, invalid: 0, insert: 0, insert_failed: 0, clash_resolve: 0, drop: 0, early_drop: 0, error: 0, expect_new: 0, expect_create: 0, expect_delete: 0, search_restart: 0, chaintoolong: 0 };
}

/** The hash key and the ports that NAT will choose come from a stream of their own, begun with the host's seed. */
export function nf_conntrack_init_net(host: Host): void {
  const stream = { random: host.random };
  const hash_rnd = [0, 0, 0, 0].map(() => roll(stream, 2 ** 32));
  host.ct = {
    hash: {}, htable_size: host.knobs.nf_conntrack_buckets!, hash_rnd, count: 0, stat: host.cpus.map(createStat), gc_work: conntrack_gc_work_init(), nat_bysource: null,
    random: stream.random, invalid: host.cpus.map(() => null),
  };
  queue_delayed_work(host.cpus[0]!, 'system_percpu_wq', host.ct.gc_work.dwork, HZ);
}
