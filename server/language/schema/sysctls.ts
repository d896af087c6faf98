/** Kernel parameters: those that a scenario most often sets with what they mean, all others of the modelled kernel by name and default. */
import { MAX_WHOLE, measure, numberSetting, settingTable, wordSetting } from './build.ts';
import { QDISC_CHOICES } from './qdiscs.ts';
import type { Choice, Measure, SettingSchema } from './shapes.ts';
import { SYSCTL_DEFAULTS } from './sysctl_defaults.ts';

const flag = measure('none', 0, 1, '1');
const count = (max: number, example: string): Measure => measure('none', 0, max, example);
const size = measure('bytes', 0, MAX_WHOLE, '212992');
const whole = count(2 ** 31 - 1, '100');

const byDefault = (name: string): string => SYSCTL_DEFAULTS[name]!.join(' ');
const row = (name: string, of: Measure, doc: string): SettingSchema =>
  numberSetting(name, of, doc, byDefault(name), SYSCTL_DEFAULTS[name]!.length);
const words = (name: string, what: string, choices: readonly Choice[], doc: string): SettingSchema =>
  wordSetting(name, what, choices, doc, byDefault(name));

/** Disciplines that need no options. */
const DEFAULT_QDISCS = QDISC_CHOICES.filter(({ text }) => ['fq_codel', 'pfifo_fast', 'pfifo'].includes(text));

/** Algorithms that the model has. */
const CONGESTION_CONTROLS: readonly Choice[] = [
  { text: 'cubic', doc: 'CUBIC (RFC 9438) with HyStart.' },
  { text: 'reno', doc: 'NewReno (RFC 6582).' },
];

const CORE: readonly SettingSchema[] = [
  row(
    'net.core.netdev_budget',
    count(2 ** 31 - 1, '300'),
    'Packets that one run of net_rx_action may take from all NAPI instances.',
  ),
  row('net.core.netdev_budget_usecs', whole, 'Microseconds that one run of net_rx_action may take.'),
  row('net.core.dev_weight', count(65_535, '64'), "Packets that the backlog's poll takes in its turn."),
  row('net.core.netdev_max_backlog', whole, 'Packets that the per-CPU backlog holds before it drops.'),
  row('net.core.gro_normal_batch', count(65_535, '8'), 'Packets that GRO collects before it hands the list up.'),
  row('net.core.rmem_default', size, 'Receive buffer of a new socket.'),
  row('net.core.rmem_max', size, 'Largest receive buffer that SO_RCVBUF may ask for.'),
  row('net.core.wmem_default', size, 'Send buffer of a new socket.'),
  row('net.core.wmem_max', size, 'Largest send buffer that SO_SNDBUF may ask for.'),
  row('net.core.somaxconn', whole, 'Upper bound of the backlog given to listen().'),
  row(
    'net.core.busy_poll',
    whole,
    'Microseconds that poll, select and epoll_wait poll the NIC themselves before they sleep.',
  ),
  row(
    'net.core.busy_read',
    whole,
    'SO_BUSY_POLL of new sockets: microseconds that a receive polls the NIC itself before it sleeps.',
  ),
  row(
    'net.core.txq_reselection_ms',
    whole,
    'Milliseconds after which a socket with packets under way may move to another transmit queue; 0 never.',
  ),
  row(
    'net.core.mem_pcpu_rsv',
    whole,
    'Pages that a CPU may take for sockets, or give back, before the account of the protocol hears of it.',
  ),
  row('net.core.rps_sock_flow_entries', whole, 'Size of the RFS flow table.'),
  row(
    'net.core.flow_limit_cpu_bitmap',
    whole,
    'CPUs, as bits, at which no flow may fill more than half of a backlog: packets of a flow that does are dropped once the backlog is half full.',
  ),
  row('net.core.flow_limit_table_len', whole, 'Flows that a flow limit tells apart, by hash: a power of two.'),
  words(
    'net.core.default_qdisc',
    'queueing discipline without options',
    DEFAULT_QDISCS,
    'The discipline of a device, or of each of its queues under mq, unless `qdisc` names another.',
  ),
];

const IP: readonly SettingSchema[] = [
  row('net.ipv4.ip_forward', flag, 'Whether this host forwards packets between its devices.'),
  row('net.ipv4.ip_default_ttl', measure('none', 1, 255, '64'), 'TTL of packets that start here.'),
  row('net.ipv4.ip_early_demux', flag, 'Look for the socket before routing.'),
  row(
    'net.ipv4.ip_local_port_range',
    count(65_535, '32768 60999'),
    'First and last port that an unbound socket may get.',
  ),
  row('net.ipv4.ip_no_pmtu_disc', count(3, '0'), 'Path MTU discovery: 0 on, 1 off.'),
  row('net.ipv4.ipfrag_high_thresh', size, 'Memory for fragments that wait to be put together.'),
  row('net.ipv4.ipfrag_low_thresh', size, 'No longer used; kept for compatibility.'),
  row('net.ipv4.ipfrag_time', whole, 'Seconds for which fragments wait for the others.'),
  row('net.ipv4.ipfrag_max_dist', whole, "How far a fragment's source may run ahead before the queue is given up."),
  row('net.ipv4.icmp_ratelimit', whole, 'Milliseconds between ICMP errors to one host.'),
  row('net.ipv4.icmp_ratemask', whole, 'Which ICMP types are limited, as a bit mask.'),
  row('net.ipv4.icmp_msgs_per_sec', whole, 'ICMP messages per second of the whole host.'),
  row('net.ipv4.icmp_msgs_burst', whole, 'ICMP messages that may go in one burst.'),
  row('net.ipv4.icmp_echo_ignore_all', flag, 'Leave pings unanswered.'),
  row('net.ipv4.conf.all.rp_filter', count(2, '0'), 'Reverse path filter: 0 off, 1 strict, 2 loose.'),
  row('net.ipv4.conf.all.accept_local', flag, 'Packets from an address of this host may come in.'),
  row('net.ipv4.conf.all.forwarding', flag, 'Forwarding on all devices.'),
  row('net.ipv4.conf.all.send_redirects', flag, 'A router tells senders of a shorter way on their own link.'),
  row('net.ipv4.conf.all.accept_redirects', flag, 'Believe routers that name another gateway for a destination.'),
  row(
    'net.ipv4.neigh.default.base_reachable_time_ms',
    whole,
    'Base of the time for which a neighbour counts as reachable.',
  ),
  row('net.ipv4.neigh.default.delay_first_probe_time', whole, 'Seconds in DELAY before the first probe.'),
  row('net.ipv4.neigh.default.mcast_solicit', whole, 'Broadcast ARP requests before giving up.'),
  row('net.ipv4.neigh.default.ucast_solicit', whole, 'Unicast probes before asking everybody.'),
  row('net.ipv4.neigh.default.retrans_time_ms', whole, 'Milliseconds between ARP requests.'),
  row(
    'net.ipv4.neigh.default.gc_thresh2',
    whole,
    'ARP entries above which unused ones are collected, at most every 5 s.',
  ),
  row('net.ipv4.neigh.default.gc_thresh3', whole, 'Most ARP entries.'),
  row('net.ipv4.neigh.default.unres_qlen_bytes', size, 'Bytes that may wait for an address to be resolved.'),
  row('net.ipv4.udp_mem', whole, 'Pages for all UDP sockets: low, pressure, high.'),
  row('net.ipv4.udp_rmem_min', size, 'Receive buffer that a UDP socket has even under pressure.'),
  row('net.ipv4.udp_wmem_min', size, 'Send buffer that a UDP socket has even under pressure.'),
  row('net.ipv4.udp_early_demux', flag, 'Look for the UDP socket before routing.'),
];

const TCP: readonly SettingSchema[] = [
  row('net.ipv4.tcp_rmem', size, 'Receive buffer: least, default, most.'),
  row('net.ipv4.tcp_wmem', size, 'Send buffer: least, default, most.'),
  row('net.ipv4.tcp_mem', whole, 'Pages for all TCP sockets: low, pressure, high.'),
  row('net.ipv4.tcp_sack', flag, 'Selective acknowledgements.'),
  row('net.ipv4.tcp_timestamps', count(2, '1'), 'Timestamps: 0 off, 1 with random offset, 2 without.'),
  row('net.ipv4.tcp_window_scaling', flag, 'Window scaling.'),
  row(
    'net.ipv4.tcp_ecn',
    count(5, '2'),
    'ECN: 0 off, 1 asked for, 2 when the peer asks; 3 to 5 answer a peer that asks for Accurate ECN (RFC 9768), and ask themselves: 3 for that, 4 for ECN, 5 for none.',
  ),
  row('net.ipv4.tcp_ecn_fallback', flag, 'Do without ECN where the path drops or mangles it.'),
  row(
    'net.ipv4.tcp_ecn_option',
    count(3, '2'),
    "AccECN's option: 0 never, 1 as rarely as allowed, 2 with every segment, 3 even where it seems to be dropped.",
  ),
  row('net.ipv4.tcp_ecn_option_beacon', count(3, '3'), "AccECN's option goes at least so often in a round trip."),
  row('net.ipv4.tcp_syn_retries', measure('none', 1, 127, '6'), 'SYNs sent again before connect gives up.'),
  row('net.ipv4.tcp_synack_retries', count(255, '5'), 'SYN-ACKs sent again.'),
  row('net.ipv4.tcp_retries1', count(255, '3'), 'Retransmissions before the route is doubted.'),
  row('net.ipv4.tcp_retries2', count(255, '15'), 'Retransmissions before the connection is given up.'),
  row('net.ipv4.tcp_fin_timeout', whole, 'Seconds in FIN_WAIT2.'),
  row('net.ipv4.tcp_max_syn_backlog', whole, 'SYN queue.'),
  row('net.ipv4.tcp_syncookies', count(2, '1'), 'SYN cookies: 0 never, 1 when full, 2 always.'),
  row(
    'net.ipv4.tcp_fastopen',
    count(0x7fff_ffff, '3'),
    'Data in the SYN, bits: 1 clients, 2 servers, 4 client without cookie, 0x200 server without cookie, 0x400 all listeners.',
  ),
  row('net.ipv4.tcp_fastopen_blackhole_timeout_sec', whole, 'Seconds without Fast Open after a middlebox broke it.'),
  row('net.ipv4.tcp_abort_on_overflow', flag, 'Reset when the accept queue is full.'),
  row('net.ipv4.tcp_autocorking', flag, 'Hold small writes back while earlier ones wait in the device.'),
  row('net.ipv4.tcp_limit_output_bytes', size, 'Bytes that one socket may have below TCP (TSQ).'),
  row('net.ipv4.tcp_min_tso_segs', whole, 'Least segments of a TSO packet.'),
  row('net.ipv4.tcp_moderate_rcvbuf', flag, 'Tune the receive buffer automatically.'),
  row('net.ipv4.tcp_early_retrans', count(4, '3'), 'Tail loss probe: 0 off, 3 on.'),
  row('net.ipv4.tcp_recovery', count(7, '1'), 'RACK loss detection.'),
  row('net.ipv4.tcp_slow_start_after_idle', flag, 'Fall back to the initial window after idling.'),
  row('net.ipv4.tcp_keepalive_time', whole, 'Seconds of idleness before the first probe.'),
  row('net.ipv4.tcp_keepalive_intvl', whole, 'Seconds between probes.'),
  row('net.ipv4.tcp_keepalive_probes', count(255, '9'), 'Probes before the connection is given up.'),
  row('net.ipv4.tcp_rto_min_us', whole, 'Least retransmission timeout, in microseconds.'),
  row('net.ipv4.tcp_no_metrics_save', flag, "Forget a connection's figures when it closes."),
  row('net.ipv4.tcp_reflect_tos', flag, 'A SYN-ACK and its connection take the TOS of the SYN.'),
  words(
    'net.ipv4.tcp_congestion_control',
    'congestion control of the model',
    CONGESTION_CONTROLS,
    'Congestion control of new sockets; TCP_CONGESTION sets it for one.',
  ),
];

const seconds = (name: string, doc: string): SettingSchema =>
  row(`net.netfilter.nf_conntrack_${name}`, whole, `Seconds for which conntrack remembers ${doc}`);

/** Where no rule asks for conntrack they do nothing. */
const CONNTRACK: readonly SettingSchema[] = [
  row(
    'net.netfilter.nf_conntrack_max',
    whole,
    'Connections that conntrack remembers at most; packets of others are then dropped. 0: no limit.',
  ),
  row('net.netfilter.nf_conntrack_buckets', count(2 ** 20, '7168'), 'Buckets of the table of connections.'),
  row('net.netfilter.nf_conntrack_checksum', flag, 'Packets with wrong checksums are invalid.'),
  row('net.netfilter.nf_conntrack_tcp_be_liberal', flag, 'Only resets out of the window are invalid.'),
  row('net.netfilter.nf_conntrack_tcp_loose', flag, 'A connection may be picked up in its middle.'),
  row('net.netfilter.nf_conntrack_tcp_ignore_invalid_rst', flag, 'Resets with old sequence numbers are not invalid.'),
  row(
    'net.netfilter.nf_conntrack_tcp_max_retrans',
    count(255, '3'),
    'Acknowledgments that come again unchanged, from which on a connection is remembered for tcp_timeout_max_retrans.',
  ),
  seconds('tcp_timeout_syn_sent', 'a connection whose SYN was seen.'),
  seconds('tcp_timeout_syn_recv', 'one whose SYN-ACK was seen.'),
  seconds('tcp_timeout_established', 'an established one.'),
  seconds('tcp_timeout_fin_wait', 'one that an end has closed.'),
  seconds('tcp_timeout_close_wait', 'one whose first FIN was acknowledged.'),
  seconds('tcp_timeout_last_ack', 'one that both ends have closed.'),
  seconds('tcp_timeout_time_wait', 'one whose last FIN was acknowledged.'),
  seconds('tcp_timeout_close', 'one that was reset.'),
  seconds('tcp_timeout_max_retrans', 'one of which too much came again.'),
  seconds('tcp_timeout_unacknowledged', 'one with data that nobody has acknowledged.'),
  seconds('udp_timeout', 'a UDP exchange.'),
  seconds('udp_timeout_stream', 'one that has gone both ways for two seconds.'),
  seconds('icmp_timeout', 'an ICMP request.'),
  seconds('generic_timeout', 'packets of other protocols.'),
];

/** Those that the manual explains. */
export const DOCUMENTED_SYSCTLS: readonly SettingSchema[] = [...CORE, ...IP, ...TCP, ...CONNTRACK];

const documented = new Set(DOCUMENTED_SYSCTLS.map(({ name }) => name));

/** Set as any other; what they do is in the kernel's Documentation/networking/ip-sysctl.rst. */
const OTHERS = Object.entries(SYSCTL_DEFAULTS)
  .filter(([name, values]) => !documented.has(name) && typeof values[0] === 'number')
  .map(([name]) =>
    row(
      name,
      measure('none', -(2 ** 31), 2 ** 32 - 1, '1'),
      "A parameter of the modelled kernel's; see ip-sysctl.rst.",
    ),
  );

export const SYSCTLS: ReadonlyMap<string, SettingSchema> = settingTable([...DOCUMENTED_SYSCTLS, ...OTHERS]);
