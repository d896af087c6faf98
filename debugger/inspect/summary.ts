/** A struct on one line: what a person wants to see of it before opening it. */
import type { fib6_info } from '../kernel/include/net/ip6_fib.ts';
import { type icmp6hdr, icmpv6Text } from './headers/icmpv6.ts';
import { farAddress, ownAddress } from './sock/ends.ts';
import type { Cpu } from '../machine/types.ts';
import type { Nic, RxDescriptor, RxRing, TxDescriptor, TxRing } from '../machine/nic.ts';
import type { Frame, Wire } from '../machine/wire.ts';
import type { Host } from '../kernel/include/linux/host.ts';
import type { epitem, eventpoll } from '../kernel/include/linux/eventpoll.ts';
import type { irq_desc } from '../kernel/include/linux/irq.ts';
import type { sockaddr_ll, tpacket2_hdr } from '../kernel/include/linux/if_packet.ts';
import type { net_device, napi_struct, packet_type, softnet_data } from '../kernel/include/linux/netdevice.ts';
import type { task_struct, wait_reason } from '../kernel/include/linux/sched.ts';
import type { Lineage, sk_buff, skb_shared_info } from '../kernel/include/linux/skbuff.ts';
import type { hrtimer, timer_list } from '../kernel/include/linux/timer.ts';
import type { dst_entry, fib_entry } from '../kernel/include/net/dst.ts';
import type { neighbour } from '../kernel/include/net/neighbour.ts';
import {
  IPS_CONFIRMED,
  type nf_conn,
  type nf_conntrack_net,
  type nf_conntrack_tuple,
  type nf_conntrack_tuple_hash,
} from '../kernel/include/net/netfilter/nf_conntrack.ts';
import type { ip_ct_tcp, ip_ct_tcp_state } from '../kernel/include/net/netfilter/nf_conntrack_tcp.ts';
import type { net_bridge, net_bridge_fdb_entry, net_bridge_port } from '../kernel/net/bridge/br_private.ts';
import { fdbLine } from './views/bridge.ts';
import { tcpConntrackName, tupleText } from './views/conntrack.ts';
import type { Qdisc } from '../kernel/include/net/sch_generic.ts';
import type { sock } from '../kernel/include/net/sock.ts';
import type { packet_ring_buffer, packet_sock } from '../kernel/net/packet/internal.ts';
import type { inet_timewait_sock, request_sock, tcp_skb_cb, tcp_sock } from '../kernel/include/net/tcp_sock.ts';
import type { mutex } from '../kernel/include/linux/mutex.ts';
import type { pipe_buffer, pipe_inode_info } from '../kernel/include/linux/pipe_fs_i.ts';
import { epitemLine, epollLine } from './epollNodes.ts';
import { endpoint, ip, ipv4, mac, prefix, prefix6 } from './format/address.ts';
import { ENUMERATIONS, SETS } from './format/flags.ts';
import { duration, JIFFY, relative } from './format/time.ts';
import { decodeFrame } from './headers/packet.ts';
import { packetLine } from './headers/line.ts';
import { packetOf } from './headers/skb.ts';
import { lineageChain } from './lineage.ts';
import type { Look } from './look.ts';
import { pipeBufferLine, pipeLine } from './pipeNodes.ts';
import { etherType, packetEnd, ringLine, ringText } from './sock/packetNodes.ts';
import { structOf } from './struct.ts';

/** Bits of a set by name, joined: `SCHED|MISSED`, or the word for none. */
export function bitNames(value: number, set: string, none: string): string {
  const names = (SETS[set] ?? []).filter(([bit]) => (value & bit) !== 0).map(([, name]) => name);
  return names.length === 0 ? none : names.join('|');
}

export const frameLine = (frame: Frame): string =>
  packetLine(decodeFrame(frame.bytes, frame.headroom, frame.headroom + frame.length));

/** `UDP 10.0.0.1:7 <- 10.0.0.2:40000`; what has no peer shows its own end alone, a packet socket its protocol and device. */
export function sockEnds(sk: sock): string {
  if (sk.packet !== null) return `PACKET ${packetEnd(sk)}`;
  const { inet_num, inet_daddr, inet_dport } = sk.inet;
  const peer = inet_daddr === 0 && inet_dport === 0 ? '' : ` > ${endpoint(farAddress(sk), inet_dport)}`;
  return `${sk.sk_prot} ${endpoint(ownAddress(sk), inet_num)}${peer}`;
}

/** Of TCP alone: other sockets have no states worth telling. */
const tcpState = (sk: sock): string =>
  sk.tcp === null ? '' : ` ${(ENUMERATIONS.tcp_state!.get(sk.sk_state) ?? String(sk.sk_state)).replace('TCP_', '')}`;

export function taskState(task: task_struct): string {
  if (task.wait !== null && task.__state !== 0) return task.wait.what;
  return bitNames(task.__state, 'task', 'running').toLowerCase();
}

/** What a TCP socket queues to send has no headers, but its place in the stream. */
function skbLine(skb: sk_buff): string {
  const packet = packetOf(skb);
  if (packet.eth ?? packet.arp ?? packet.ip ?? packet.udp ?? packet.tcp ?? packet.icmp) return packetLine(packet);
  if (structOf(skb.cb) !== 'tcp_skb_cb') return `${skb.len} bytes, no headers yet`;
  const { seq, end_seq } = skb.cb as tcp_skb_cb;
  return `seq ${seq}:${end_seq}, no headers yet`;
}

const pending = (timer: { pending: boolean; function: string }): string =>
  timer.pending ? timer.function : 'not armed';

function rxRing(ring: RxRing): string {
  const filled = ring.descriptors.filter((each) => each?.frame).length;
  return `${ring.count} descriptors, ${filled} filled, head ${ring.head}, tail ${ring.tail}`;
}

/** Whether there is a link, and what it waits for; nothing where the cable always stays. */
function linkText(nic: Nic, look: Look): string {
  const cable = nic.wire?.cable ?? null;
  if (cable === null) return '';
  if (nic.link) return ', link up';
  if (cable.link_at < 0) return ', no link: the cable is out for good';
  const plugged = cable.link_at - cable.autonegotiation;
  const waits = look.now < plugged ? `the cable is back ${relative(plugged, look.now)}` : 'autonegotiation';
  return `, no link: ${waits}, up ${relative(cable.link_at, look.now)}`;
}

const SUMMARIES: Readonly<Record<string, (value: never, look: Look) => string>> = {
  sk_buff: (skb: sk_buff) => `skb ${skb.id}: ${skbLine(skb)} (len ${skb.len})`,
  skb_shared_info: (info: skb_shared_info) =>
    `${info.frags.length} frags, ${info.frag_list.length} in frag_list, dataref ${info.dataref}${info.gso_size > 0 ? `, gso_size ${info.gso_size}` : ''}`,
  lineage: (lineage: Lineage, look: Look) => lineageChain(lineage, look.writer),
  frame: (frame: Frame) => `frame ${frame.id}: ${frameLine(frame)} (${frame.length} bytes)`,
  net_device: (dev: net_device) => `${dev.name} (${dev.netdev_ops}, ${mac(dev.dev_addr)})`,
  sock: (sk: sock) =>
    `${sockEnds(sk)}${tcpState(sk)}, rx ${ringLine(sk)}${sk.sk_receive_queue.length} skbs (${sk.sk_rmem_alloc} of ${sk.sk_rcvbuf} B)`,
  packet_sock: (po: packet_sock) => `tp_packets ${po.tp_packets}, tp_drops ${po.tp_drops}`,
  packet_ring_buffer: (rb: packet_ring_buffer) => ringText(rb),
  packet_type: (pt: packet_type) => `${etherType(pt.type)} ${pt.func}${pt.dev === null ? '' : ` of ${pt.dev.name}`}`,
  sockaddr_ll: (ll: sockaddr_ll) =>
    `ifindex ${ll.sll_ifindex}, ${etherType(ll.sll_protocol)}, ${ENUMERATIONS.pkt_type!.get(ll.sll_pkttype)}${ll.sll_halen === 0 ? '' : ` from ${mac(ll.sll_addr)}`}`,
  tpacket2_hdr: (h: tpacket2_hdr) =>
    h.tp_status === 0
      ? 'TP_STATUS_KERNEL: free'
      : `${bitNames(h.tp_status, 'tp_status', '')}, ${h.tp_snaplen} of ${h.tp_len} B`,
  net_bridge: (br: net_bridge) => `${br.port_list.length} ports, ${br.fdb_list.length} addresses`,
  net_bridge_port: (p: net_bridge_port) => `port ${p.port_no} of ${p.br.dev.name}: ${p.dev.name}`,
  net_bridge_fdb_entry: (fdb: net_bridge_fdb_entry) => fdbLine(fdb, null),
  nf_conn: (ct: nf_conn, look: Look) =>
    `${tupleText(ct.tuplehash[0].tuple)}${ct.tcp === null ? '' : ` ${tcpConntrackName(ct.tcp.state)}`}, ${bitNames(ct.status, 'ips', 'new')}${(ct.status & IPS_CONFIRMED) === 0 ? '' : `, over ${relative(ct.timeout * JIFFY, look.now)}`}`,
  nf_conntrack_tuple: (tuple: nf_conntrack_tuple) => tupleText(tuple),
  nf_conntrack_tuple_hash: ({ tuple }: nf_conntrack_tuple_hash) => tupleText(tuple),
  ip_ct_tcp: (tcp: ip_ct_tcp) => tcpConntrackName(tcp.state),
  ip_ct_tcp_state: (s: ip_ct_tcp_state) => `td_end ${s.td_end}, td_maxend ${s.td_maxend}, td_maxwin ${s.td_maxwin}`,
  nf_conntrack_net: (net: nf_conntrack_net) => `${net.count} connections`,
  request_sock: (req: request_sock) =>
    `${endpoint(req.ir_v6_rmt_addr ?? req.ir_rmt_addr, req.ir_rmt_port)} > ${endpoint(req.ir_v6_loc_addr ?? req.ir_loc_addr, req.ir_num)}, SYN received`,
  inet_timewait_sock: (tw: inet_timewait_sock, look: Look) =>
    `${endpoint(tw.tw_v6_rcv_saddr ?? tw.tw_rcv_saddr, tw.tw_num)} > ${endpoint(tw.tw_v6_daddr ?? tw.tw_daddr, tw.tw_dport)}, over ${relative(tw.tw_timer.expires * JIFFY, look.now)}`,
  tcp_sock: (tp: tcp_sock) =>
    `snd_una ${tp.snd_una}, snd_nxt ${tp.snd_nxt}, rcv_nxt ${tp.rcv_nxt}, cwnd ${tp.snd_cwnd}`,
  tcp_sack_block: (block: { start_seq: number; end_seq: number }) => `${block.start_seq}:${block.end_seq}`,
  eventpoll: (ep: eventpoll) => epollLine(ep),
  epitem: (item: epitem) => epitemLine(item),
  pipe_inode_info: (pipe: pipe_inode_info) => pipeLine(pipe),
  pipe_buffer: (buf: pipe_buffer) => pipeBufferLine(buf),
  mutex: ({ owner, wait_list }: mutex) =>
    owner === null ? 'free' : `of ${owner.comm}${wait_list.length === 0 ? '' : `, ${wait_list.length} waiting`}`,
  task_struct: (task: task_struct) => `${task.comm} (pid ${task.pid}), ${taskState(task)}`,
  wait_reason: (wait: wait_reason, look: Look) =>
    `${wait.what}, since ${relative(wait.since, look.now)}${wait.until >= 0 ? `, until ${relative(wait.until, look.now)}` : ''}`,
  Cpu: (cpu: Cpu) =>
    `${cpu.host.name} cpu${cpu.id}: ${cpu.halted ? 'halted' : cpu.current.comm}, softirqs ${bitNames(cpu.softirq_pending, 'softirq', 'none')} pending`,
  Host: (host: Host) =>
    `${host.name}: ${host.cpus.length} CPU${host.cpus.length === 1 ? '' : 's'}, ${host.devices.map((dev) => dev.name).join(' ')}`,
  softnet_data: (sd: softnet_data) =>
    `processed ${sd.processed}, time_squeeze ${sd.time_squeeze}, poll_list ${sd.poll_list.length}, backlog ${sd.input_pkt_queue.length}`,
  napi_struct: (napi: napi_struct) => `${napi.name}: ${napi.poll}, ${bitNames(napi.state, 'napi', 'idle')}`,
  Qdisc: (q: Qdisc) => `${q.ops}: ${q.q.qlen} packets, ${q.q.backlog} B, dropped ${q.qstats.drops}`,
  neighbour: (n: neighbour) =>
    `${ip(n.primary_key)} dev ${n.dev.name} lladdr ${mac(n.ha)} ${bitNames(n.nud_state, 'nud', 'NONE')}`,
  fib_entry: (f: fib_entry) =>
    `${prefix(f.dst, f.prefixlen)}${f.gw === 0 ? '' : ` via ${ipv4(f.gw)}`} dev ${f.dev.name} ${ENUMERATIONS.rt_table!.get(f.table)}`,
  dst_entry: (dst: dst_entry) =>
    `${dst.input} / ${dst.output} dev ${dst.dev.name}${dst.rt_gw4 === 0 ? '' : ` via ${ipv4(dst.rt_gw4)}`}${dst.rt6?.rt6i_gateway ? ` via ${dst.rt6.rt6i_gateway}` : ''}`,
  fib6_info: (f: fib6_info) =>
    `${prefix6(f.fib6_dst, f.plen)}${f.fib6_nh.fib_nh_gw6 === null ? '' : ` via ${f.fib6_nh.fib_nh_gw6}`} dev ${f.fib6_nh.fib_nh_dev.name} ${ENUMERATIONS.rt_table!.get(f.table)}`,
  irq_desc: (desc: irq_desc) =>
    `${desc.name}: ${desc.handler} on cpu${desc.cpu}, taken ${desc.kstat.reduce((a, b) => a + b, 0)} times`,
  timer_list: (timer: timer_list, look: Look) =>
    timer.pending ? `${timer.function} ${relative(timer.expires * JIFFY, look.now)}` : pending(timer),
  hrtimer: (timer: hrtimer, look: Look) =>
    timer.pending ? `${timer.function} ${relative(timer.expires, look.now)}` : pending(timer),
  nic: (nic: Nic, look: Look) =>
    `${nic.name}: received ${nic.GPRC}, sent ${nic.GPTC}, missed ${nic.MPC}${linkText(nic, look)}`,
  rx_ring: (ring: RxRing) => rxRing(ring),
  tx_ring: (ring: TxRing) =>
    `${ring.count} descriptors, ${ring.descriptors.filter((each) => each !== null).length} packets, head ${ring.head}, tail ${ring.tail}`,
  rx_descriptor: (d: RxDescriptor) => (d.frame === null ? 'free: waits for a frame' : frameLine(d.frame)),
  tx_descriptor: (d: TxDescriptor) =>
    `${packetLine(decodeFrame(d.bytes, d.headroom, d.headroom + d.length))}${d.done ? ' (done)' : ''}`,
  wire: (wire: Wire) =>
    `${wire.name}: ${wire.rate / 1e6} Mbit/s, ${duration(wire.delay)}, ${wire.ends.map((end) => end.name).join(' - ')}`,
  ethhdr: (h: { h_source: number[]; h_dest: number[] }) => `${mac(h.h_source)} > ${mac(h.h_dest)}`,
  iphdr: (h: { saddr: number; daddr: number; ttl: number }) => `${ipv4(h.saddr)} > ${ipv4(h.daddr)}, ttl ${h.ttl}`,
  ipv6hdr: (h: { saddr: string; daddr: string; hop_limit: number }) =>
    `${h.saddr} > ${h.daddr}, hop limit ${h.hop_limit}`,
  icmp6hdr: (h: icmp6hdr) => icmpv6Text(h),
  udphdr: (h: { source: number; dest: number; len: number }) => `${h.source} > ${h.dest}, len ${h.len}`,
  tcphdr: (h: { source: number; dest: number; seq: number; flags: number }) =>
    `${h.source} > ${h.dest}, seq ${h.seq}, ${bitNames(h.flags, 'tcp', 'no flags')}`,
  icmphdr: (h: { type: number; code: number }) => `type ${h.type}, code ${h.code}`,
  arphdr: (h: { ar_op: number; sip: number; tip: number }) =>
    `${ENUMERATIONS.arp_op!.get(h.ar_op) ?? h.ar_op} ${ipv4(h.sip)} > ${ipv4(h.tip)}`,
};

/** undefined for structs without a summary of their own. */
export function summaryOf(value: object, look: Look): string | undefined {
  const struct = structOf(value);
  return (SUMMARIES[struct] as ((value: object, look: Look) => string) | undefined)?.(value, look);
}
