/** One machine's kernel: the globals that Linux keeps per system or per network namespace (init_net). */
import type { Cpu, World } from '../../../machine/types.ts';
import type { EventQueue } from '../../../machine/event_queue.ts';
import type { irq_desc } from './irq.ts';
import type { task_struct, wait_queue_head } from './sched.ts';
import type { hrtimer, timer_base, timer_list } from './timer.ts';
import type { napi_struct, net_device, packet_type, softnet_data } from './netdevice.ts';
import type { fib_entry } from '../net/dst.ts';
import type { fib6_info } from '../net/ip6_fib.ts';
import type { neigh_table } from '../net/neighbour.ts';
import type { sock } from '../net/sock.ts';
import type { inet_hashinfo } from '../net/tcp_sock.ts';
import type { Mib } from '../net/netns.ts';
import type { ipq } from '../net/inet_frag.ts';
import type { inet_peer } from '../net/inetpeer.ts';
import type { netns_tfo } from '../net/tcp_fastopen.ts';
import type { rtnl } from '../../net/core/rtnetlink.ts';
import type { link_watch } from '../../net/core/link_watch.ts';
import type { worker_pool } from './workqueue.ts';
import type { nf_conntrack_net } from '../net/netfilter/nf_conntrack.ts';
import type { nf_hook_entry } from './netfilter.ts';
import type { dentry } from './shmem_fs.ts';

export interface Host {
  name: string;
  index: number;
  world: World;
  cpus: Cpu[];
  /** Hardware events of this machine. */
  hardware: EventQueue;
  /** All tasks by pid - 1, kernel threads included. */
  tasks: task_struct[];
  irq_descs: irq_desc[];
  /** /proc/softirqs: [softirq][cpu]. */
  softirq_counts: number[][];
  /** Per CPU: the timer wheel's pending timers, those that are deferrable (BASE_DEF), and the pending hrtimers. */
  timer_bases: timer_base<timer_list>[];
  timer_bases_def: timer_base<timer_list>[];
  hrtimer_bases: timer_base<hrtimer>[];
  softnet: softnet_data[];
  /** Of each CPU, and last of none; empty until work is queued for a task. */
  worker_pools: worker_pool[];
  rtnl: rtnl;
  link_watch: link_watch;
  /** NAPI instances of devices by napi_id - MIN_NAPI_ID (napi_hash). */
  napi_hash: napi_struct[];
  /** Handlers of packets: the kernel's by protocol; packet sockets of no device, those of all packets and those of one protocol. */
  ptype_base: packet_type[];
  ptype_all: packet_type[];
  ptype_specific: packet_type[];
  /** How many packet sockets are hooked in, anywhere: 0 costs a packet no more than this test. */
  netdev_nit: number;
  /** netstamp_needed_key: sockets that want to know when packets come. */
  netstamp_needed: number;
  /** Packet sockets (net->packet.sklist). */
  packet_sklist: sock[];
  /** By ifindex - 1; lo first. */
  devices: net_device[];
  /** Routes: local table first, then main; longest prefix first within each. */
  fib: fib_entry[];
  fib_genid: number;
  arp_tbl: neigh_table;
  /** The same of IPv6: routes, their generation (fib6_sernum), neighbours, and fragments that wait for the rest. */
  fib6: fib6_info[];
  fib6_genid: number;
  nd_tbl: neigh_table;
  frags6: ipq[];
  /** Bound UDP sockets by port: udp_hashfn() of it is the bucket. */
  udp_table: sock[][];
  /** Connected UDP sockets by both ends, in buckets by number. */
  udp_hash4: { count: number; slots: Record<number, sock[]> };
  /** udp_encap_needed_key: sockets that want received packets looked up by GRO (UDP_GRO, tunnels). */
  udp_encap_needed: number;
  /** Kernel sockets, one a CPU, from which ICMP and TCP answer for nobody. */
  ipv4_icmp_sk: sock[];
  ipv4_tcp_sk: sock[];
  ipv6_icmp_sk: sock[];
  ipv6_tcp_sk: sock[];
  ndisc_sk: sock[];
  /** What is remembered of far hosts (inet_getpeer): token buckets of ICMP errors. */
  inet_peers: inet_peer[];
  /** Established and listening TCP sockets, request and time-wait socks: see net/ipv4/inet_hashtables. */
  tcp_tables: inet_hashinfo;
  /** TCP Fast Open: its key, what is remembered of servers, and whether middleboxes have made it pause. */
  tfo: netns_tfo;
  /** What processes have put under /tmp. */
  tmpfs: dentry[];
  /** IP datagrams being put together. */
  frags: ipq[];
  /** Hooks by nf_inet_hooks: rules in order; an empty list costs nothing (static key off). */
  nf_hooks: nf_hook_entry[][];
  nf_hooks_ipv6: nf_hook_entry[][];
  /** Connection tracking; null: no rule has asked for it. */
  ct: nf_conntrack_net | null;
  nl_table_wait: wait_queue_head;
  mib: Mib;
  /** sysctl name -> value(s); the modelled kernel's defaults, then the scenario's. */
  sysctl: Record<string, (number | string)[]>;
  /** Knobs read on the packet's way, as plain fields (struct netns_ipv4, net_hotdata): filled from `sysctl`. */
  knobs: Record<string, number>;
  /** Per protocol memory in pages: sysctl_udp_mem, tcp_mem accounting. */
  memory_allocated: { UDP: number; TCP: number };
  /** What each CPU has taken beside that (udp_memory_per_cpu_fw_alloc, tcp_memory_per_cpu_fw_alloc): up to net.core.mem_pcpu_rsv pages either way. */
  per_cpu_fw_alloc: { UDP: number[]; TCP: number[] };
  /** Since when TCP is short of memory, jiffies; 0: it is not. */
  tcp_memory_pressure: number;
  tcp_sockets_allocated: number;
  ip_idents: number;
  /** RFS: hash and CPU of the last reader by flow hash; empty: off (net.core.rps_sock_flow_entries). */
  rps_sock_flow_table: number[];
  /** Random stream of this host: state of a 32-bit generator. */
  random: number;
  /** Token buckets of ICMP rate limiting. */
  icmp_global: { credit: number; stamp: number };
}
