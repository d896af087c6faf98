/** A machine for tests of single kernel parts: one host, its CPUs, nothing running. */
import { createEventQueue } from '../../debugger/machine/event_queue.ts';
import { createCosts } from '../../debugger/machine/costs.ts';
import { resume, start, YIELD } from '../../debugger/machine/frames.ts';
import type { Resumable } from '../../debugger/machine/frames.ts';
import { createMemory } from '../../debugger/machine/memory.ts';
import type { Cpu, Host, World } from '../../debugger/machine/types.ts';
import { createSoftnetData } from '../../debugger/kernel/net/core/dev/softnet.ts';
import type { in_device } from '../../debugger/kernel/include/linux/inetdevice.ts';

const KNOBS = {
  netdev_budget: 300, netdev_budget_usecs: 8000, dev_weight: 64, dev_weight_rx_bias: 1, dev_weight_tx_bias: 1, gro_normal_batch: 8, skb_defer_max: 128, netdev_max_backlog: 1000,
};

export function testWorld(): World {
  return {
    event: 0, now: 0, seed: 1, next_id: 1, hosts: [], wires: [], costs: createCosts({}), running: null, log: [], log_dropped: 0,
    longest_stretch: 0, memory: createMemory(), skb_allocated: 0, skb_freed: 0, ended: false, halt: null,
  } as unknown as World;
}

/** A host with `cpus` CPUs; its tables are empty. */
export function testHost(world: World, name: string, cpus: number): Host {
  const host = {
    name, index: world.hosts.length, world, cpus: [], hardware: createEventQueue(), irq_descs: [], softnet: [], devices: [], knobs: { ...KNOBS },
    hrtimer_bases: [], timer_bases: [], timer_bases_def: [],
  } as unknown as Host;
  for (let id = 0; id < cpus; id++) {
    host.cpus.push(testCpu(host, id));
    host.softnet.push(createSoftnetData(host.cpus[id]!));
  }
  world.hosts.push(host);
  return host;
}

function testCpu(host: Host, id: number): Cpu {
  return {
    id, host, world: host.world, costs: host.world.costs, now: 0, mode: 'sy', spent: { us: 0, sy: 0, hi: 0, si: 0, id: 0 }, irq_pending: [],
    irq_raised_at: [], halted: false, hardirq_count: 0, softirq_count: 1, softirq_pending: 0, softirq: { frames: [], ret: null },
    softirq_by: '', csd_queue: [], irq_stat: { apic_timer_irqs: 0, irq_call_count: 0, irq_resched_count: 0 },
  } as unknown as Cpu;
}

export const NO_ADDRESSES: in_device = {
  ifa_list: [], cnf: { forwarding: 0, send_redirects: 1, accept_redirects: 1, secure_redirects: 1, shared_media: 1, rp_filter: 0, accept_local: 0, arp_ignore: 0, arp_announce: 0, arp_filter: 0, arp_accept: 0, proxy_arp: 0, arp_evict_nocarrier: 1, ignore_routes_with_linkdown: 0 },
};

/** Runs a function that may wait to its end. */
export function finish<A extends unknown[], T>(f: (...args: A) => Resumable<T>, ...args: A): T {
  const context = { frames: [], ret: null };
  start(context, f, ...args);
  while (resume(context) === YIELD);
  return context.ret as T;
}
