/** The sysctls that a scenario most often sets; defaults are those of the modelled kernel. Others are passed on as they are. */
import { MAX_WHOLE, measure, numberSetting, settingTable } from './build.ts';
import type { Measure, SettingSchema } from './shapes.ts';

const flag = measure('none', 0, 1, '1');
const count = (max: number, example: string): Measure => measure('none', 0, max, example);
const size = measure('bytes', 0, MAX_WHOLE, '212992');
const whole = count(2 ** 31 - 1, '100');

const CORE: readonly SettingSchema[] = [
  numberSetting(
    'net.core.netdev_budget',
    count(2 ** 31 - 1, '300'),
    'Packets that one run of net_rx_action may take from all NAPI instances.',
    '300',
  ),
  numberSetting('net.core.netdev_budget_usecs', whole, 'Microseconds that one run of net_rx_action may take.', '8000'),
  numberSetting('net.core.dev_weight', count(65_535, '64'), "Packets that the backlog's poll takes in its turn.", '64'),
  numberSetting(
    'net.core.netdev_max_backlog',
    whole,
    'Packets that the per-CPU backlog holds before it drops.',
    '1000',
  ),
  numberSetting(
    'net.core.gro_normal_batch',
    count(65_535, '8'),
    'Packets that GRO collects before it hands the list up.',
    '8',
  ),
  numberSetting('net.core.rmem_default', size, 'Receive buffer of a new socket.', '212992'),
  numberSetting('net.core.rmem_max', size, 'Largest receive buffer that SO_RCVBUF may ask for.', '4194304'),
  numberSetting('net.core.wmem_default', size, 'Send buffer of a new socket.', '212992'),
  numberSetting('net.core.wmem_max', size, 'Largest send buffer that SO_SNDBUF may ask for.', '4194304'),
  numberSetting('net.core.somaxconn', whole, 'Upper bound of the backlog given to listen().', '4096'),
  numberSetting('net.core.busy_poll', whole, 'Microseconds to busy-poll in poll and select.', '0'),
  numberSetting('net.core.busy_read', whole, 'Microseconds to busy-poll on reads.', '0'),
  numberSetting('net.core.rps_sock_flow_entries', whole, 'Size of the RFS flow table.', '0'),
];

const IP: readonly SettingSchema[] = [
  numberSetting('net.ipv4.ip_forward', flag, 'Whether this host forwards packets between its devices.', '0'),
  numberSetting('net.ipv4.ip_default_ttl', measure('none', 1, 255, '64'), 'TTL of packets that start here.', '64'),
  numberSetting('net.ipv4.ip_early_demux', flag, 'Look for the socket before routing.', '1'),
  numberSetting(
    'net.ipv4.ip_local_port_range',
    count(65_535, '32768 60999'),
    'First and last port that an unbound socket may get.',
    '32768 60999',
    2,
  ),
  numberSetting('net.ipv4.ip_no_pmtu_disc', count(3, '0'), 'Path MTU discovery: 0 on, 1 off.', '0'),
  numberSetting('net.ipv4.ipfrag_high_thresh', size, 'Memory for fragments that wait to be put together.', '4194304'),
  numberSetting('net.ipv4.ipfrag_low_thresh', size, 'No longer used; kept for compatibility.', '3145728'),
  numberSetting('net.ipv4.ipfrag_time', whole, 'Seconds for which fragments wait for the others.', '30'),
  numberSetting(
    'net.ipv4.ipfrag_max_dist',
    whole,
    "How far a fragment's source may run ahead before the queue is given up.",
    '64',
  ),
  numberSetting('net.ipv4.icmp_ratelimit', whole, 'Milliseconds between ICMP errors to one host.', '1000'),
  numberSetting('net.ipv4.icmp_ratemask', whole, 'Which ICMP types are limited, as a bit mask.', '6168'),
  numberSetting('net.ipv4.icmp_msgs_per_sec', whole, 'ICMP messages per second of the whole host.', '10000'),
  numberSetting('net.ipv4.icmp_msgs_burst', whole, 'ICMP messages that may go in one burst.', '10000'),
  numberSetting('net.ipv4.icmp_echo_ignore_all', flag, 'Leave pings unanswered.', '0'),
  numberSetting('net.ipv4.conf.all.rp_filter', count(2, '0'), 'Reverse path filter: 0 off, 1 strict, 2 loose.', '0'),
  numberSetting('net.ipv4.conf.all.accept_local', flag, 'Packets from an address of this host may come in.', '0'),
  numberSetting('net.ipv4.conf.all.forwarding', flag, 'Forwarding on all devices.', '0'),
  numberSetting(
    'net.ipv4.neigh.default.base_reachable_time_ms',
    whole,
    'Base of the time for which a neighbour counts as reachable.',
    '30000',
  ),
  numberSetting(
    'net.ipv4.neigh.default.delay_first_probe_time',
    whole,
    'Seconds in DELAY before the first probe.',
    '5',
  ),
  numberSetting('net.ipv4.neigh.default.mcast_solicit', whole, 'Broadcast ARP requests before giving up.', '3'),
  numberSetting('net.ipv4.neigh.default.ucast_solicit', whole, 'Unicast probes before asking everybody.', '3'),
  numberSetting('net.ipv4.neigh.default.retrans_time_ms', whole, 'Milliseconds between ARP requests.', '1000'),
  numberSetting(
    'net.ipv4.neigh.default.unres_qlen_bytes',
    size,
    'Bytes that may wait for an address to be resolved.',
    '212992',
  ),
  numberSetting('net.ipv4.udp_mem', whole, 'Pages for all UDP sockets: low, pressure, high.', null, 3),
  numberSetting('net.ipv4.udp_rmem_min', size, 'Receive buffer that a UDP socket has even under pressure.', '4096'),
  numberSetting('net.ipv4.udp_wmem_min', size, 'Send buffer that a UDP socket has even under pressure.', '4096'),
  numberSetting('net.ipv4.udp_early_demux', flag, 'Look for the UDP socket before routing.', '1'),
];

const TCP: readonly SettingSchema[] = [
  numberSetting('net.ipv4.tcp_rmem', size, 'Receive buffer: least, default, most.', '4096 131072 6291456', 3),
  numberSetting('net.ipv4.tcp_wmem', size, 'Send buffer: least, default, most.', '4096 16384 4194304', 3),
  numberSetting('net.ipv4.tcp_mem', whole, 'Pages for all TCP sockets: low, pressure, high.', null, 3),
  numberSetting('net.ipv4.tcp_sack', flag, 'Selective acknowledgements.', '1'),
  numberSetting('net.ipv4.tcp_timestamps', count(2, '1'), 'Timestamps: 0 off, 1 with random offset, 2 without.', '1'),
  numberSetting('net.ipv4.tcp_window_scaling', flag, 'Window scaling.', '1'),
  numberSetting('net.ipv4.tcp_ecn', count(5, '2'), 'ECN: 0 off, 1 on, 2 when asked for.', '2'),
  numberSetting(
    'net.ipv4.tcp_syn_retries',
    measure('none', 1, 127, '6'),
    'SYNs sent again before connect gives up.',
    '6',
  ),
  numberSetting('net.ipv4.tcp_synack_retries', count(255, '5'), 'SYN-ACKs sent again.', '5'),
  numberSetting('net.ipv4.tcp_retries1', count(255, '3'), 'Retransmissions before the route is doubted.', '3'),
  numberSetting('net.ipv4.tcp_retries2', count(255, '15'), 'Retransmissions before the connection is given up.', '15'),
  numberSetting('net.ipv4.tcp_fin_timeout', whole, 'Seconds in FIN_WAIT2.', '60'),
  numberSetting('net.ipv4.tcp_max_syn_backlog', whole, 'SYN queue.', null),
  numberSetting('net.ipv4.tcp_syncookies', count(2, '1'), 'SYN cookies: 0 never, 1 when full, 2 always.', '1'),
  numberSetting('net.ipv4.tcp_abort_on_overflow', flag, 'Reset when the accept queue is full.', '0'),
  numberSetting('net.ipv4.tcp_autocorking', flag, 'Hold small writes back while earlier ones wait in the device.', '1'),
  numberSetting('net.ipv4.tcp_limit_output_bytes', size, 'Bytes that one socket may have below TCP (TSQ).', '4194304'),
  numberSetting('net.ipv4.tcp_min_tso_segs', whole, 'Least segments of a TSO packet.', '2'),
  numberSetting('net.ipv4.tcp_moderate_rcvbuf', flag, 'Tune the receive buffer automatically.', '1'),
  numberSetting('net.ipv4.tcp_early_retrans', count(4, '3'), 'Tail loss probe: 0 off, 3 on.', '3'),
  numberSetting('net.ipv4.tcp_recovery', count(7, '1'), 'RACK loss detection.', '1'),
  numberSetting('net.ipv4.tcp_slow_start_after_idle', flag, 'Fall back to the initial window after idling.', '1'),
  numberSetting('net.ipv4.tcp_keepalive_time', whole, 'Seconds of idleness before the first probe.', '7200'),
  numberSetting('net.ipv4.tcp_keepalive_intvl', whole, 'Seconds between probes.', '75'),
  numberSetting('net.ipv4.tcp_keepalive_probes', count(255, '9'), 'Probes before the connection is given up.', '9'),
  numberSetting('net.ipv4.tcp_rto_min_us', whole, 'Least retransmission timeout, in microseconds.', '200000'),
  numberSetting('net.ipv4.tcp_no_metrics_save', flag, "Forget a connection's figures when it closes.", '0'),
];

export const SYSCTLS: ReadonlyMap<string, SettingSchema> = settingTable([...CORE, ...IP, ...TCP]);
