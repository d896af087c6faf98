/** How the field of a struct is shown: an address as a dotted quad, a set of flags by its names, a deadline as a time. */
import { ipv4, mac } from './address.ts';
import { ENUMERATIONS, enumerated, flagSet, SETS } from './flags.ts';
import { duration, JIFFY, relative } from './time.ts';

/** One of UNITS, 'mac', 'when' (a moment, ns), 'jiffies' (a moment), or the name of a set or an enumeration. */
export type Format = string;

/** By `struct.field`, else by `field` alone. */
const FORMATS: Readonly<Record<string, Format>> = {
  saddr: 'ipv4',
  key_addr: 'ipv4',
  daddr: 'ipv4',
  sip: 'ipv4',
  tip: 'ipv4',
  ifa_local: 'ipv4',
  ifa_mask: 'ipv4',
  ifa_broadcast: 'ipv4',
  inet_daddr: 'ipv4',
  inet_saddr: 'ipv4',
  inet_rcv_saddr: 'ipv4',
  rt_gw4: 'ipv4',
  gw: 'ipv4',
  prefsrc: 'ipv4',
  primary_key: 'ipv4',
  addr: 'ipv4',
  address: 'ipv4',
  'fib_entry.dst': 'ipv4',
  'fib_entry.mask': 'ipv4',
  'nf_conntrack_tuple.src': 'ipv4',
  'nf_conntrack_tuple.dst': 'ipv4',
  'nf_conntrack_tuple.protonum': 'ipproto',
  'nf_conntrack_tuple.dir': 'ct_dir',
  'net_bridge_fdb_entry.addr': 'mac',
  'net_bridge_port.state': 'br_state',
  'nf_conn.status': 'ips',
  'nf_conn.timeout': 'jiffies',
  'nf_conn.stream_ts': 'jiffies',
  'ip_ct_tcp.state': 'tcp_conntrack',
  'ip_ct_tcp.last_dir': 'ct_dir',
  'ip_ct_tcp.last_index': 'tcp_bit_set',
  'ip_ct_tcp_state.flags': 'ip_ct_tcp',
  ctinfo: 'ctinfo',
  min_addr: 'ipv4',
  max_addr: 'ipv4',
  'nf_nat_range2.flags': 'nat_range',
  'nf_hook_state.hook': 'nf_inet',
  'nft_base_chain.hook': 'nf_inet',
  'icmphdr.gateway': 'ipv4',
  dev_addr: 'mac',
  broadcast: 'mac',
  ha: 'mac',
  h_dest: 'mac',
  h_source: 'mac',
  'nic.mac': 'mac',
  sha: 'mac',
  tha: 'mac',
  protocol: 'ethertype',
  h_proto: 'ethertype',
  ar_pro: 'ethertype',
  'iphdr.protocol': 'ipproto',
  'ipv6hdr.nexthdr': 'ipproto',
  flowi6_proto: 'ipproto',
  'fib6_info.fib6_type': 'rt_type',
  'ipq.protocol': 'ipproto',
  flowi4_proto: 'ipproto',
  sk_protocol: 'ipproto',
  ip_summed: 'ip_summed',
  pkt_type: 'pkt_type',
  sll_pkttype: 'pkt_type',
  sll_protocol: 'ethertype',
  sll_addr: 'mac',
  tp_status: 'tp_status',
  rt_type: 'rt_type',
  'fib_entry.type': 'rt_type',
  scope: 'rt_scope',
  table: 'rt_table',
  sk_state: 'tcp_state',
  sk_family: 'sk_family',
  sk_type: 'sk_type',
  'socket.state': 'socket_state',
  'socket.type': 'sk_type',
  ar_op: 'arp_op',
  'icmphdr.type': 'icmp_type',
  features: 'features',
  sk_route_caps: 'features',
  'net_device.flags': 'iff',
  'napi_struct.state': 'napi',
  softirq_pending: 'softirq',
  nud_state: 'nud',
  'netdev_queue.state': 'queue',
  __state: 'task',
  'Qdisc.flags': 'qdisc',
  sk_shutdown: 'shutdown',
  msg_flags: 'msg',
  gso_type: 'gso',
  tx_flags: 'skbtx',
  sk_tsflags: 'sof',
  sk_flags: 'sock',
  hwtstamp: 'when',
  'tcphdr.flags': 'tcp',
  'tcp_skb_cb.tcp_flags': 'tcp',
  'tcp_skb_cb.sacked': 'tcpcb',
  'epoll_event.events': 'epoll',
  nonagle: 'nagle',
  'icsk_ack.pending': 'icsk_ack',
  sk_tsq_flags: 'tsq',
  ecn_flags: 'ecn',
  accecn_fail_mode: 'accecn_fail',
  saw_accecn_opt: 'accecn_opt',
  prev_ecnfield: 'ecnfield',
  est_ecnfield: 'ecnfield',
  syn_ect_snt: 'ecnfield',
  syn_ect_rcv: 'ecnfield',
  icsk_ca_state: 'ca_state',
  icsk_pending: 'icsk_pending',
  tw_substate: 'tcp_state',
  tw_daddr: 'ipv4',
  tw_rcv_saddr: 'ipv4',
  ir_loc_addr: 'ipv4',
  ir_rmt_addr: 'ipv4',
  skc_daddr: 'ipv4',
  skc_rcv_saddr: 'ipv4',
  icsk_timeout: 'jiffies',
  'icsk_ack.timeout': 'jiffies',
  icsk_rto: 'for jiffies',
  icsk_rto_min: 'for jiffies',
  icsk_rto_max: 'for jiffies',
  ato: 'for jiffies',
  srtt_us: 'eighths of us',
  mdev_us: 'quarters of us',
  rttvar_us: 'quarters of us',
  'rack.rtt_us': 'us',
  sk_pacing_rate: 'rate',
  sk_max_pacing_rate: 'rate',
  check: 'hex',
  csum: 'hex',
  hash: 'hex',
  'iphdr.id': 'hex',
  'ipq.id': 'hex',
  'iphdr.frag_off': 'hex',
  handle: 'hex',
  rt_flags: 'hex',
  inet_id: 'hex',
  random: 'hex',
  sk_txhash: 'hex',
  sk_rxhash: 'hex',
  tstamp: 'when',
  skb_mstamp_ns: 'when',
  scheduled_at: 'when',
  until: 'when',
  since: 'when',
  ready: 'when',
  'hrtimer.expires': 'when',
  apic_deadline: 'when',
  trans_start: 'when',
  busy_until: 'when',
  dma_busy_until: 'when',
  tx_dma_busy_until: 'when',
  slock_released: 'when',
  lock_released: 'when',
  xmit_lock_released: 'when',
  'ipq.stamp': 'when',
  'lineage.time': 'when',
  stretch_start: 'when',
  'msix_vector.last': 'when',
  'timer_list.expires': 'jiffies',
  bucket: 'jiffies',
  used: 'jiffies',
  confirmed: 'jiffies',
  updated: 'jiffies',
  'Cpu.now': 'ns',
  'World.now': 'ns',
  longest_stretch: 'ns',
  vruntime: 'ns',
  exec_start: 'when',
  sum_exec_runtime: 'ns',
  us: 'ns',
  sy: 'ns',
  hi: 'ns',
  si: 'ns',
  id: 'number',
  itr: 'ns',
  'wire.delay': 'ns',
  'cable.fast_link_down': 'ns',
  'cable.autonegotiation': 'ns',
  'cable.link_at': 'when',
  'nic.icr': 'hex',
  'net_device.state': 'link_state',
  operstate: 'operstate',
  gro_flush_timeout: 'ns',
};

export function formatOf(struct: string, field: string): Format | undefined {
  return FORMATS[`${struct}.${field}`] ?? FORMATS[field];
}

/** A number or a few bytes in their format; undefined where the format does not apply to this value. */
export function inFormat(value: unknown, format: Format | undefined, now: number): string | undefined {
  if (format === undefined) return undefined;
  if (format === 'mac') return isBytes(value) ? mac(value) : undefined;
  if (typeof value !== 'number') return undefined;
  if (format in SETS) return flagSet(value, format);
  if (format in ENUMERATIONS) return enumerated(value, format);
  return numberIn(value, format, now);
}

const UNLIMITED = 9_000_000_000_000_000;
const ofTime = (value: number, ns: number): string => `${value} (${duration(ns)})`;

/** As gdb has it: what is below zero as an int's bits. */
function digits(value: number, prefix: string, radix: number): string {
  if (!Number.isInteger(value) || value < -0x80000000) return String(value);
  return prefix + (value < 0 ? value >>> 0 : value).toString(radix);
}

/** Numbers that need no clock to be read. */
const UNITS: Readonly<Record<string, (value: number) => string>> = {
  ipv4,
  hex: (value) => digits(value, '0x', 16),
  binary: (value) => digits(value, '0b', 2),
  ns: (value) => (value < 1000 ? String(value) : ofTime(value, value)),
  us: (value) => ofTime(value, value * 1000),
  // As the kernel keeps its smoothed RTT (<< 3) and deviations (<< 2).
  'eighths of us': (value) => ofTime(value, (value * 1000) / 8),
  'quarters of us': (value) => ofTime(value, (value * 1000) / 4),
  'for jiffies': (value) => ofTime(value, value * JIFFY),
  rate: (value) => (value >= UNLIMITED ? 'unlimited' : `${value} (${Number(((value * 8) / 1e6).toFixed(3))} Mbit/s)`),
};

function numberIn(value: number, format: Format, now: number): string | undefined {
  if (format === 'when') return value <= 0 ? String(value) : `${value} (${relative(value, now)})`;
  if (format === 'jiffies') return `${value} (${relative(value * JIFFY, now)})`;
  return Object.hasOwn(UNITS, format) ? UNITS[format]!(value) : undefined;
}

function isBytes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length === 6 && value.every((byte) => typeof byte === 'number');
}
