/** Bit sets and enumerations under their kernel names. */

type Names = readonly (readonly [number, string])[];

/** Name of one value of an enumeration; '' when it has none. */
export type Enumeration = ReadonlyMap<number, string>;

const bits = (...names: string[]): Names =>
  names.map((name, bit) => [1 << bit, name] as const).filter(([, name]) => name !== '');

export const SETS: Readonly<Record<string, Names>> = {
  features: [
    [1, 'SG'],
    [2, 'IP_CSUM'],
    [8, 'HW_CSUM'],
    [16, 'TSO'],
    [32, 'GSO'],
    [64, 'GRO'],
    [128, 'RXCSUM'],
    [256, 'RXHASH'],
    [512, 'LLTX'],
    [1024, 'GSO_UDP_L4'],
  ],
  iff: [
    [1, 'UP'],
    [2, 'BROADCAST'],
    [8, 'LOOPBACK'],
    [0x80, 'NOARP'],
    [0x100, 'PROMISC'],
  ],
  tp_status: [
    [1, 'TP_STATUS_USER'],
    [4, 'TP_STATUS_LOSING'],
    [8, 'TP_STATUS_CSUMNOTREADY'],
    [0x80, 'TP_STATUS_CSUM_VALID'],
    [0x20000000, 'TP_STATUS_TS_SOFTWARE'],
  ],
  napi: bits('SCHED', 'MISSED', 'DISABLE', 'THREADED', 'SCHED_THREADED', 'IN_BUSY_POLL'),
  link_state: bits('', '', 'NOCARRIER', 'LINKWATCH_PENDING'),
  softirq: bits('HI', 'TIMER', 'NET_TX', 'NET_RX', 'BLOCK', 'IRQ_POLL', 'TASKLET', 'SCHED', 'HRTIMER', 'RCU'),
  nud: bits('INCOMPLETE', 'REACHABLE', 'STALE', 'DELAY', 'PROBE', 'FAILED', 'NOARP', 'PERMANENT'),
  queue: bits('DRV_XOFF', 'STACK_XOFF', 'FROZEN'),
  task: bits('INTERRUPTIBLE', 'UNINTERRUPTIBLE', '', '', '', '', '', 'DEAD'),
  qdisc: [
    [4, 'CAN_BYPASS'],
    [0x100, 'NOLOCK'],
  ],
  shutdown: bits('RCV', 'SEND'),
  ips: bits(
    'EXPECTED',
    'SEEN_REPLY',
    'ASSURED',
    'CONFIRMED',
    'SRC_NAT',
    'DST_NAT',
    'SEQ_ADJUST',
    'SRC_NAT_DONE',
    'DST_NAT_DONE',
    'DYING',
    'FIXED_TIMEOUT',
    '',
    'NAT_CLASH',
  ),
  ip_ct_tcp: bits('WINDOW_SCALE', 'SACK_PERM', 'CLOSE_INIT', 'BE_LIBERAL', 'DATA_UNACKNOWLEDGED', 'MAXACK_SET'),
  nat_range: bits('MAP_IPS', 'PROTO_SPECIFIED', 'PROTO_RANDOM', 'PERSISTENT', 'PROTO_RANDOM_FULLY', 'PROTO_OFFSET'),
  msg: [
    [1, 'OOB'],
    [2, 'PEEK'],
    [0x20, 'TRUNC'],
    [0x40, 'DONTWAIT'],
    [0x100, 'WAITALL'],
    [0x4000, 'NOSIGNAL'],
    [0x8000, 'MORE'],
    [0x10000, 'WAITFORONE'],
    [0x40000, 'BATCH'],
  ],
  gso: [
    [1, 'TCPV4'],
    [1 << 17, 'UDP_L4'],
    [1 << 19, 'TCP_ACCECN'],
  ],
  skbtx: bits('HW_TSTAMP', 'SW_TSTAMP', 'IN_PROGRESS', '', '', '', 'SCHED_TSTAMP'),
  sof: bits(
    'TX_HARDWARE',
    'TX_SOFTWARE',
    'RX_HARDWARE',
    'RX_SOFTWARE',
    'SOFTWARE',
    'SYS_HARDWARE',
    'RAW_HARDWARE',
    'OPT_ID',
    'TX_SCHED',
    'TX_ACK',
    'OPT_CMSG',
    'OPT_TSONLY',
    'OPT_STATS',
    'OPT_PKTINFO',
    'OPT_TX_SWHW',
    'BIND_PHC',
    'OPT_ID_TCP',
    'OPT_RX_FILTER',
    'TX_COMPLETION',
  ),
  sock: bits('TIMESTAMP', 'RCVTSTAMP', 'RCVTSTAMPNS', 'TIMESTAMPING_RX_SOFTWARE', 'TIMESTAMPING_ANY'),
  epoll: [
    [0x1, 'EPOLLIN'],
    [0x2, 'EPOLLPRI'],
    [0x4, 'EPOLLOUT'],
    [0x8, 'EPOLLERR'],
    [0x10, 'EPOLLHUP'],
    [0x40, 'EPOLLRDNORM'],
    [0x100, 'EPOLLWRNORM'],
    [0x2000, 'EPOLLRDHUP'],
    [1 << 28, 'EPOLLEXCLUSIVE'],
    [1 << 30, 'EPOLLONESHOT'],
    [1 << 31, 'EPOLLET'],
  ],
  poll: [
    [0x1, 'POLLIN'],
    [0x2, 'POLLPRI'],
    [0x4, 'POLLOUT'],
    [0x8, 'POLLERR'],
    [0x10, 'POLLHUP'],
    [0x20, 'POLLNVAL'],
    [0x40, 'POLLRDNORM'],
    [0x100, 'POLLWRNORM'],
    [0x2000, 'POLLRDHUP'],
  ],
  tcpcb: [
    [1, 'SACKED_ACKED'],
    [2, 'SACKED_RETRANS'],
    [4, 'LOST'],
    [0x10, 'REPAIRED'],
    [0x80, 'EVER_RETRANS'],
  ],
  nagle: bits('OFF', 'CORK', 'PUSH'),
  icsk_ack: bits('SCHED', 'TIMER', 'PUSHED', 'PUSHED2', 'NOW', 'NOMEM'),
  tsq: bits(
    'THROTTLED',
    'QUEUED',
    'TSQ_DEFERRED',
    'WRITE_TIMER_DEFERRED',
    'DELACK_TIMER_DEFERRED',
    'MTU_REDUCED_DEFERRED',
    'ACK_DEFERRED',
  ),
  ecn: bits('MODE_RFC3168', 'QUEUE_CWR', 'DEMAND_CWR', 'SEEN', 'MODE_ACCECN'),
  accecn_fail: bits('ACE_FAIL_SEND', 'ACE_FAIL_RECV', 'OPT_FAIL_SEND', 'OPT_FAIL_RECV'),
  tcp: [
    [1, 'FIN'],
    [2, 'SYN'],
    [4, 'RST'],
    [8, 'PSH'],
    [16, 'ACK'],
    [32, 'URG'],
    [64, 'ECE'],
    [128, 'CWR'],
    [256, 'AE'],
  ],
};

const enumeration = (...rows: (readonly [number, string])[]): Enumeration => new Map(rows);

export const ENUMERATIONS: Readonly<Record<string, Enumeration>> = {
  ethertype: enumeration(
    [3, 'ETH_P_ALL'],
    [0x0800, 'ETH_P_IP'],
    [0x0806, 'ETH_P_ARP'],
    [0x86dd, 'ETH_P_IPV6'],
    [0x8100, 'ETH_P_8021Q'],
  ),
  br_state: enumeration([0, 'BR_STATE_DISABLED'], [3, 'BR_STATE_FORWARDING']),
  ct_dir: enumeration([0, 'IP_CT_DIR_ORIGINAL'], [1, 'IP_CT_DIR_REPLY']),
  ctinfo: enumeration(
    [0, 'IP_CT_ESTABLISHED'],
    [1, 'IP_CT_RELATED'],
    [2, 'IP_CT_NEW'],
    [3, 'IP_CT_ESTABLISHED_REPLY'],
    [4, 'IP_CT_RELATED_REPLY'],
    [7, 'IP_CT_UNTRACKED'],
  ),
  tcp_conntrack: enumeration(
    ...[
      'NONE',
      'SYN_SENT',
      'SYN_RECV',
      'ESTABLISHED',
      'FIN_WAIT',
      'CLOSE_WAIT',
      'LAST_ACK',
      'TIME_WAIT',
      'CLOSE',
      'SYN_SENT2',
    ].map((name, i) => [i, `TCP_CONNTRACK_${name}`] as [number, string]),
  ),
  tcp_bit_set: enumeration(
    [0, 'TCP_SYN_SET'],
    [1, 'TCP_SYNACK_SET'],
    [2, 'TCP_FIN_SET'],
    [3, 'TCP_ACK_SET'],
    [4, 'TCP_RST_SET'],
    [5, 'TCP_NONE_SET'],
  ),
  nf_inet: enumeration(
    [0, 'NF_INET_PRE_ROUTING'],
    [1, 'NF_INET_LOCAL_IN'],
    [2, 'NF_INET_FORWARD'],
    [3, 'NF_INET_LOCAL_OUT'],
    [4, 'NF_INET_POST_ROUTING'],
  ),
  ipproto: enumeration(
    [0, 'IPPROTO_IP'],
    [1, 'IPPROTO_ICMP'],
    [6, 'IPPROTO_TCP'],
    [17, 'IPPROTO_UDP'],
    [44, 'IPPROTO_FRAGMENT'],
    [58, 'IPPROTO_ICMPV6'],
  ),
  ip_summed: enumeration(
    [0, 'CHECKSUM_NONE'],
    [1, 'CHECKSUM_UNNECESSARY'],
    [2, 'CHECKSUM_COMPLETE'],
    [3, 'CHECKSUM_PARTIAL'],
  ),
  pkt_type: enumeration(
    [0, 'PACKET_HOST'],
    [1, 'PACKET_BROADCAST'],
    [2, 'PACKET_MULTICAST'],
    [3, 'PACKET_OTHERHOST'],
    [4, 'PACKET_OUTGOING'],
  ),
  rt_type: enumeration(
    [1, 'RTN_UNICAST'],
    [2, 'RTN_LOCAL'],
    [3, 'RTN_BROADCAST'],
    [5, 'RTN_MULTICAST'],
    [7, 'RTN_UNREACHABLE'],
  ),
  rt_scope: enumeration([0, 'RT_SCOPE_UNIVERSE'], [253, 'RT_SCOPE_LINK'], [254, 'RT_SCOPE_HOST']),
  rt_table: enumeration([254, 'main'], [255, 'local']),
  tcp_state: enumeration(
    [1, 'TCP_ESTABLISHED'],
    [2, 'TCP_SYN_SENT'],
    [3, 'TCP_SYN_RECV'],
    [4, 'TCP_FIN_WAIT1'],
    [5, 'TCP_FIN_WAIT2'],
    [6, 'TCP_TIME_WAIT'],
    [7, 'TCP_CLOSE'],
    [8, 'TCP_CLOSE_WAIT'],
    [9, 'TCP_LAST_ACK'],
    [10, 'TCP_LISTEN'],
    [11, 'TCP_CLOSING'],
    [12, 'TCP_NEW_SYN_RECV'],
  ),
  ca_state: enumeration(
    [0, 'TCP_CA_Open'],
    [1, 'TCP_CA_Disorder'],
    [2, 'TCP_CA_CWR'],
    [3, 'TCP_CA_Recovery'],
    [4, 'TCP_CA_Loss'],
  ),
  accecn_opt: enumeration([0, 'NOT_SEEN'], [1, 'EMPTY_SEEN'], [2, 'COUNTER_SEEN'], [3, 'FAIL_SEEN']),
  ecnfield: enumeration([0, 'NOT_ECT'], [1, 'ECT_1'], [2, 'ECT_0'], [3, 'CE']),
  icsk_pending: enumeration(
    [0, 'none'],
    [1, 'ICSK_TIME_RETRANS'],
    [2, 'ICSK_TIME_DACK'],
    [3, 'ICSK_TIME_PROBE0'],
    [5, 'ICSK_TIME_LOSS_PROBE'],
    [6, 'ICSK_TIME_REO_TIMEOUT'],
  ),
  sk_family: enumeration([2, 'AF_INET'], [10, 'AF_INET6'], [17, 'AF_PACKET']),
  sk_type: enumeration([1, 'SOCK_STREAM'], [2, 'SOCK_DGRAM'], [3, 'SOCK_RAW']),
  operstate: enumeration([0, 'IF_OPER_UNKNOWN'], [2, 'IF_OPER_DOWN'], [6, 'IF_OPER_UP']),
  socket_state: enumeration([1, 'SS_UNCONNECTED'], [2, 'SS_CONNECTING'], [3, 'SS_CONNECTED'], [4, 'SS_DISCONNECTING']),
  arp_op: enumeration([1, 'ARPOP_REQUEST'], [2, 'ARPOP_REPLY']),
  icmp_type: enumeration(
    [0, 'ICMP_ECHOREPLY'],
    [3, 'ICMP_DEST_UNREACH'],
    [8, 'ICMP_ECHO'],
    [11, 'ICMP_TIME_EXCEEDED'],
    [12, 'ICMP_PARAMETERPROB'],
  ),
};

/** `0x5 (UP|BROADCAST)`: known bits by name, the rest in hex. */
export function flagSet(value: number, set: string): string {
  if (value === 0) return set === 'task' ? '0 (RUNNING)' : '0';
  const names = (SETS[set] ?? []).filter(([bit]) => (value & bit) !== 0);
  const rest = names.reduce((left, [bit]) => left & ~bit, value) >>> 0;
  const words = [...names.map(([, name]) => name), ...(rest === 0 ? [] : [`0x${rest.toString(16)}`])];
  return `0x${(value >>> 0).toString(16)} (${words.join('|')})`;
}

/** `17 (IPPROTO_UDP)`; the bare number if the enumeration does not know it. Ethertypes are told in hex. */
export function enumerated(value: number, of: string): string {
  const shown = of === 'ethertype' ? `0x${value.toString(16).padStart(4, '0')}` : String(value);
  const name = ENUMERATIONS[of]?.get(value);
  return name === undefined ? shown : `${shown} (${name})`;
}
