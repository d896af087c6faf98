/** A machine at rest: CPUs idle, kernel threads asleep, no device yet. */
import { ETH_P_IP, ETH_P_IPV6 } from '../kernel/include/linux/if_ether.ts';
import { AF_INET, AF_INET6 } from '../kernel/include/net/sock.ts';
import { inet6_init } from '../kernel/net/ipv6/inet6_init.ts';
import { createEventQueue } from '../machine/event_queue.ts';
import { start } from '../machine/frames.ts';
import { seed_of } from '../machine/random.ts';
import type { Cpu, Host, World } from '../machine/types.ts';
import { createMib } from '../kernel/include/net/netns.ts';
import { init_waitqueue_head, TASK_INTERRUPTIBLE } from '../kernel/include/linux/sched.ts';
import { copy_process } from '../kernel/kernel/fork.ts';
import { NR_SOFTIRQS, smpboot_thread_fn } from '../kernel/kernel/softirq.ts';
import { createTimerBase } from '../kernel/kernel/time/timer_heap.ts';
import { createSoftnetData } from '../kernel/net/core/dev/softnet.ts';
import { createNetnsTfo } from '../kernel/include/net/tcp_fastopen.ts';
import { flow_limit_cpu_sysctl } from '../kernel/net/core/dev/flow_limit.ts';
import { rps_sock_flow_sysctl } from '../kernel/net/core/dev/rps.ts';
import { createLinkWatch } from '../kernel/net/core/link_watch.ts';
import { createRtnl } from '../kernel/net/core/rtnetlink.ts';
import { createNeighTable } from '../kernel/net/core/neighbour/table.ts';
import { inet_init } from '../kernel/net/ipv4/inet_init.ts';
import { createTcpTables } from '../kernel/net/ipv4/inet_hashtables.ts';
import { createUdpHash4 } from '../kernel/net/ipv4/udp/hash4.ts';
import { knobsOf, sysctlValues } from './sysctls.ts';
import { widen } from '../machine/wide_fields.ts';

/** A host named `name` with `cpus` CPUs, added to the world. */
export function buildHost(world: World, name: string, cpus: number, sysctls: Readonly<Record<string, readonly (number | string)[]>>): Host {
  const sysctl = sysctlValues(sysctls);
  const host: Host = {
    name, index: world.hosts.length, world, cpus: [], hardware: createEventQueue(), tasks: [], irq_descs: [],
    softirq_counts: Array.from({ length: NR_SOFTIRQS }, () => new Array<number>(cpus).fill(0)),
    timer_bases: [], timer_bases_def: [], hrtimer_bases: [], softnet: [], worker_pools: [], rtnl: createRtnl(), link_watch: createLinkWatch(), napi_hash: [], ptype_base: [], ptype_all: [], ptype_specific: [], netdev_nit: 0, netstamp_needed: 0, packet_sklist: [], devices: [], fib: [], fib_genid: 1, arp_tbl: null as unknown as Host['arp_tbl'], fib6: [], fib6_genid: 1, nd_tbl: null as unknown as Host['nd_tbl'], frags6: [],
    udp_table: [], udp_hash4: createUdpHash4(), udp_encap_needed: 0, ipv4_icmp_sk: [], ipv4_tcp_sk: [], ipv6_icmp_sk: [], ipv6_tcp_sk: [], ndisc_sk: [], inet_peers: [], tcp_tables: createTcpTables(), tfo: createNetnsTfo(), tmpfs: [], frags: [], nf_hooks: [[], [], [], [], []], nf_hooks_ipv6: [[], [], [], [], []], ct: null, nl_table_wait: init_waitqueue_head(), mib: createMib(), sysctl, knobs: knobsOf(sysctl),
    memory_allocated: { UDP: 0, TCP: 0 }, per_cpu_fw_alloc: { UDP: new Array<number>(cpus).fill(0), TCP: new Array<number>(cpus).fill(0) }, tcp_memory_pressure: 0, tcp_sockets_allocated: 0, rps_sock_flow_table: [], ip_idents: seed_of(world.seed, `${name} idents`) & 0xffff, random: seed_of(world.seed, name),
    icmp_global: { credit: 0, stamp: 0 },
  };
  host.arp_tbl = createNeighTable(AF_INET, ETH_P_IP);
  host.nd_tbl = createNeighTable(AF_INET6, ETH_P_IPV6);
  world.hosts.push(host);
  for (let id = 0; id < cpus; id++) bringUp(host, id);
  rps_sock_flow_sysctl(host);
  flow_limit_cpu_sysctl(host);
  inet_init(host);
  inet6_init(host);
  return host;
}

function bringUp(host: Host, id: number): void {
  const cpu = createCpu(host, id);
  host.cpus.push(cpu);
  host.timer_bases.push(createTimerBase());
  host.timer_bases_def.push(createTimerBase());
  host.hrtimer_bases.push(createTimerBase());
  host.softnet.push(createSoftnetData(cpu));
  cpu.idle = copy_process(cpu, `swapper/${id}`, 'idle', id);
  cpu.current = cpu.idle;
  cpu.ksoftirqd = copy_process(cpu, `ksoftirqd/${id}`, 'ksoftirqd', id);
  cpu.ksoftirqd.__state = TASK_INTERRUPTIBLE;
  start(cpu.ksoftirqd.context, smpboot_thread_fn, cpu);
}

function createCpu(host: Host, id: number): Cpu {
  const cpu: Cpu = {
    id, host, world: host.world, costs: host.world.costs, now: 0, mode: 'id', spent: widen({ us: 0, sy: 0, hi: 0, si: 0, id: 0 }, 'us', 'sy', 'hi', 'si', 'id'),
    irq_pending: [], irq_raised_at: [], halted: true, hardirq_count: 0, softirq_count: 0, softirq_pending: 0,
    softirq: { frames: [], ret: null }, softirq_by: '', current: null as unknown as Cpu['current'], idle: null as unknown as Cpu['idle'],
    ksoftirqd: null as unknown as Cpu['ksoftirqd'], need_resched: false, need_resched_lazy: false, preempt_count: 0, rq: [], min_vruntime: 0, wake_list: [], bh_work: [], csd_queue: [], irq_stat: { apic_timer_irqs: 0, irq_call_count: 0, irq_resched_count: 0 },
    soft_hrtimers: [], last_tick: 0, tick_stopped: true, apic_deadline: -1, apic_seq: 0,
  };
  return widen(cpu, 'now', 'min_vruntime', 'last_tick', 'apic_deadline');
}
