/** `tc -s qdisc`. */
import type { Host } from '../../kernel/include/linux/host.ts';
import type { net_device } from '../../kernel/include/linux/netdevice.ts';
import type { Qdisc } from '../../kernel/include/net/sch_generic.ts';

export function tcQdisc(host: Host): string {
  return host.devices.flatMap(qdiscsOf).join('\n');
}

function qdiscsOf(dev: net_device): string[] {
  if (dev.qdisc === null || dev.qdisc === undefined) return [];
  const root = describe(dev.qdisc, dev, 'root');
  const leaves = dev._tx.filter((queue) => queue.qdisc !== null && queue.qdisc !== dev.qdisc);
  return [root, ...leaves.map((queue) => describe(queue.qdisc, dev, `parent :${queue.index + 1}`))];
}

function describe(q: Qdisc, dev: net_device, place: string): string {
  return (
    `qdisc ${q.ops} ${q.handle === 0 ? '0' : (q.handle >>> 16).toString(16)}: dev ${dev.name} ${place}\n` +
    ` Sent ${q.bstats.bytes} bytes ${q.bstats.packets} pkt (dropped ${q.qstats.drops}, overlimits ${q.qstats.overlimits} requeues ${q.qstats.requeues})\n` +
    ` backlog ${q.q.backlog}b ${q.q.qlen}p requeues ${q.qstats.requeues}`
  );
}
