/** `tc -s qdisc` (iproute2 tc/tc_qdisc.c and the q_*.c of each kind). */
import type { Host } from '../../kernel/include/linux/host.ts';
import type { net_device } from '../../kernel/include/linux/netdevice.ts';
import type { Qdisc } from '../../kernel/include/net/sch_generic.ts';
import { SK_PACING_UNLIMITED } from '../../kernel/include/net/tcp.ts';
import type { fq_priv } from '../../kernel/net/sched/sch_fq.ts';
import type { fq_codel_priv } from '../../kernel/net/sched/sch_fq_codel.ts';
import type { netem_priv } from '../../kernel/net/sched/sch_netem.ts';
import type { tbf_priv } from '../../kernel/net/sched/sch_tbf.ts';
import { childrenOf, qdiscTotal } from '../qdiscTotals.ts';

export function tcQdisc(host: Host, statistics: boolean, name?: string): string {
  const devices = host.devices.filter((dev) => name === undefined || dev.name === name);
  if (devices.length === 0) return `Cannot find device "${name}"`;
  return devices.flatMap((dev) => qdiscsOf(dev, statistics)).join('\n');
}

function qdiscsOf(dev: net_device, statistics: boolean): string[] {
  if (dev.qdisc === null || dev.qdisc === undefined) return [];
  const children = childrenOf(dev.qdisc);
  // Every transmit queue holds the root, and so does the device.
  const root = children.length > 0 ? 'root' : `root refcnt ${dev.num_tx_queues + 1}`;
  return [
    describe(dev.qdisc, dev, root, statistics),
    ...children.map((each, i) => describe(each, dev, `parent :${(i + 1).toString(16)}`, statistics)),
  ];
}

function describe(q: Qdisc, dev: net_device, place: string, statistics: boolean): string {
  const handle = q.handle === 0 ? '0' : (q.handle >>> 0).toString(16);
  const head = ['qdisc', q.ops, `${handle}:`, 'dev', dev.name, place, optionsText(q)].filter((part) => part !== '');
  if (!statistics) return head.join(' ');
  const total = (count: (each: Qdisc) => number): number => qdiscTotal(q, count);
  const requeues = total((each) => each.qstats.requeues);
  return [
    head.join(' '),
    ` Sent ${total((each) => each.bstats.bytes)} bytes ${total((each) => each.bstats.packets)} pkt (dropped ${total((each) => each.qstats.drops)}, overlimits ${total((each) => each.qstats.overlimits)} requeues ${requeues})`,
    ` backlog ${total((each) => each.q.backlog)}b ${total((each) => each.q.qlen)}p requeues ${requeues}`,
    ...ownStatistics(q),
  ].join('\n');
}

const OPTIONS: Readonly<Record<string, (q: Qdisc) => string>> = {
  fq_codel: (q) => {
    const priv = q.priv as fq_codel_priv;
    return `limit ${q.limit}p flows ${priv.flows_cnt} quantum ${priv.quantum} target ${time(priv.target)} interval ${time(priv.interval)}${priv.ce_threshold < Number.MAX_SAFE_INTEGER ? ` ce_threshold ${time(priv.ce_threshold)}` : ''} memory_limit ${size(priv.memory_limit)}${priv.ecn ? ' ecn' : ''} drop_batch ${priv.drop_batch_size}`;
  },
  fq: (q) => {
    const priv = q.priv as fq_priv;
    const limited = priv.flow_max_rate < SK_PACING_UNLIMITED ? ` maxrate ${rate(priv.flow_max_rate * 8)}` : '';
    return `limit ${q.limit}p flow_limit ${priv.flow_plimit}p buckets 1024 orphan_mask 1023 bands 3 priomap 1 2 2 2 1 2 0 0 1 1 1 1 1 1 1 1 weights 589824 196608 65536 quantum ${priv.quantum}b initial_quantum ${priv.initial_quantum}b low_rate_threshold 550Kbit${limited} refill_delay 40ms timer_slack 10us horizon ${time(priv.horizon)} horizon_drop`;
  },
  pfifo_fast: () => 'bands 3 priomap 1 2 2 2 1 2 0 0 1 1 1 1 1 1 1 1',
  pfifo: (q) => `limit ${q.limit}p`,
  bfifo: (q) => `limit ${size(q.limit)}`,
  tbf: (q) => {
    const { rate: bits, burst, limit, peak, mtu } = q.priv as tbf_priv;
    const pburst = Math.round((mtu * peak) / 8e9);
    const latency = Math.max(((limit - burst) * 8e9) / bits, peak > 0 ? ((limit - pburst) * 8e9) / peak : 0);
    return `rate ${rate(bits)} burst ${size(burst)}${peak > 0 ? ` peakrate ${rate(peak)} minburst ${size(pburst)}` : ''} lat ${time(Math.round(latency))}`;
  },
  netem: (q) => {
    const { latency, jitter, loss, rate: bits } = q.priv as netem_priv;
    const delay = latency + jitter > 0 ? ` delay ${time(latency)}${jitter > 0 ? `  ${time(jitter)}` : ''}` : '';
    return `limit ${q.limit}${delay}${loss > 0 ? ` loss ${loss / 10_000}%` : ''}${bits > 0 ? ` rate ${rate(bits)}` : ''}`;
  },
};

const optionsText = (q: Qdisc): string => OPTIONS[q.ops]?.(q) ?? '';

function fqStatistics(priv: fq_priv): string[] {
  const latency = priv.unthrottle_latency_ns > 0 ? ` latency ${time(priv.unthrottle_latency_ns)}` : '';
  return [
    `  flows ${priv.flows} (inactive ${priv.inactive_flows} throttled ${priv.throttled_flows})`,
    `  gc ${priv.stat_gc_flows} highprio 0 fastpath ${priv.stat_fastpath_packets} throttled ${priv.stat_throttled}${latency} flows_plimit ${priv.stat_flows_plimit} horizon_drops ${priv.stat_horizon_drops} band_drops ${priv.stat_band_drops} ce_mark ${priv.stat_ce_mark}`,
  ];
}

function ownStatistics(q: Qdisc): string[] {
  if (q.ops === 'fq') return fqStatistics(q.priv as fq_priv);
  if (q.ops !== 'fq_codel') return [];
  const priv = q.priv as fq_codel_priv;
  const over = priv.drop_overmemory > 0 ? ` drop_overmemory ${priv.drop_overmemory}` : '';
  return [
    `  maxpacket ${priv.maxpacket} drop_overlimit ${priv.drop_overlimit} new_flow_count ${priv.new_flow_count} ecn_mark ${priv.ecn_mark}${priv.ce_mark > 0 ? ` ce_mark ${priv.ce_mark}` : ''}${priv.memory_usage > 0 ? ` memory_used ${priv.memory_usage}` : ''}${over}`,
    `  new_flows_len ${priv.new_flows.length} old_flows_len ${priv.old_flows.length}`,
  ];
}

/** As tc prints times: 5ms, 100us, 1.5s. */
function time(ns: number): string {
  if (ns >= 1e9) return `${Number((ns / 1e9).toPrecision(3))}s`;
  return ns >= 1e6 ? `${Number((ns / 1e6).toPrecision(3))}ms` : `${Math.floor(ns / 1000)}us`;
}

/** 32Mb, 1600b: tc's b is a byte. */
function size(bytes: number): string {
  if (bytes >= 1 << 20 && bytes % (1 << 20) < 1024) return `${Math.floor(bytes / (1 << 20))}Mb`;
  return bytes >= 1024 && bytes % 1024 < 16 ? `${Math.floor(bytes / 1024)}Kb` : `${bytes}b`;
}

function rate(bits: number): string {
  const [factor, unit] =
    bits >= 1e9 ? [1e9, 'Gbit'] : bits >= 1e6 ? [1e6, 'Mbit'] : bits >= 1e3 ? [1e3, 'Kbit'] : [1, 'bit'];
  return `${bits / (factor as number)}${unit}`;
}
