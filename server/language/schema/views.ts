/** What expressions may read besides variables: members of values, of hosts and devices, of packets. */
import type { MemberSchema } from './shapes.ts';
import { TCP_INFO_MEMBERS } from './tcp_info.ts';

const member = (name: string, doc: string): MemberSchema => ({ name, doc });
const byName = (...members: readonly MemberSchema[]): ReadonlyMap<string, MemberSchema> =>
  new Map(members.map((each) => [each.name, each]));

/** Of what recv, epoll_wait, pollfd and addresses return. */
export const VALUE_MEMBERS = byName(
  member('length', 'Number of bytes; of a list, how many elements it has.'),
  member('text', 'The bytes as text.'),
  member('from', 'Who sent it: address and port.'),
  member('flags', '`msg_flags` as recvmsg left them: MSG_TRUNC when the datagram was longer than the buffer.'),
  member(
    'gso_size',
    'Of recvmsg on a socket with UDP_GRO: the size of the datagrams that were merged, 0 when it is one.',
  ),
  member(
    'inq',
    'Of recvmsg on a socket with TCP_INQ: the bytes that are left to read, at least 1 after a FIN; -1 without.',
  ),
  member('ttl', 'Of recvmsg on a socket with IP_RECVTTL: the TTL of the datagram; NULL without.'),
  member('tos', 'Of recvmsg on a socket with IP_RECVTOS: the DSCP and ECN field of the datagram; NULL without.'),
  member('hoplimit', 'Of recvmsg on a socket with IPV6_RECVHOPLIMIT: the hop limit of the datagram; NULL without.'),
  member('tclass', 'Of recvmsg on a socket with IPV6_RECVTCLASS: the traffic class of the datagram; NULL without.'),
  member('pktinfo6', 'Of recvmsg on a socket with IPV6_RECVPKTINFO: the own address of the datagram; NULL without.'),
  member('pktinfo', 'Of recvmsg on a socket with IP_PKTINFO: an `in_pktinfo`, with the members below; NULL without.'),
  member('ipi_ifindex', 'Number of the device by which the datagram came (1 is lo).'),
  member('ipi_spec_dst', 'Of `.pktinfo`: the own address to answer from.'),
  member('ipi_addr', 'The address that the datagram was sent to.'),
  member(
    'origdstaddr',
    'Of recvmsg on a socket with IP_RECVORIGDSTADDR: address and port that it was sent to; NULL without.',
  ),
  member(
    'rxq_ovfl',
    'Of recvmsg on a socket with SO_RXQ_OVFL: packets that the socket had lost when this one came; NULL when none.',
  ),
  member('iov', 'Of recvmsg: what each piece holds, a list of buffers.'),
  member('timestamp', 'Of recvmsg on a socket with SO_TIMESTAMP or SO_TIMESTAMPNS: when it came, ns.'),
  member(
    'ts',
    'Of recvmsg on a socket with SO_TIMESTAMPING, which asked for it: the times, ns, `.ts[0]` by the host, `.ts[2]` by the NIC; NULL without.',
  ),
  member(
    'opt_stats',
    'Of recvmsg on a socket with SOF_TIMESTAMPING_OPT_STATS: what TCP knew of the connection, by the numbers TCP_NLA_... of the kernel: `.opt_stats[8]` is the congestion window; NULL without.',
  ),
  member('error', 'Of recvmsg with MSG_ERRQUEUE: the `sock_extended_err`, with the members below.'),
  member('ee_errno', 'Which error: ECONNREFUSED, EMSGSIZE ...'),
  member(
    'ee_origin',
    'Who made it: SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_LOCAL, SO_EE_ORIGIN_ZEROCOPY, SO_EE_ORIGIN_TIMESTAMPING.',
  ),
  member('ee_type', 'Type of the ICMP message.'),
  member('ee_code', 'Code of the ICMP message; of MSG_ZEROCOPY, whether the bytes were copied after all.'),
  member(
    'ee_info',
    'More of it: the MTU of an ICMP_FRAG_NEEDED; of MSG_ZEROCOPY, the number of the first send that is done; of a time stamp, SCM_TSTAMP_SCHED, SND or ACK.',
  ),
  member(
    'ee_data',
    'More of it: of MSG_ZEROCOPY, the number of the last send that is done; of a time stamp with OPT_ID, the send: UDP counts datagrams, TCP bytes, up to the last one of the send.',
  ),
  member('offender', 'The address that sent the ICMP message: `.offender.address`.'),
  member('fd', 'The descriptor that is ready, or that poll watches.'),
  member('events', 'The events that are ready; of a pollfd, those that it watches for.'),
  member('revents', 'Of a pollfd: the events that poll found ready.'),
  member('sll_ifindex', 'Of a `sockaddr_ll`: number of the device.'),
  member('sll_protocol', 'Of a `sockaddr_ll`: ETH_P_IP, ETH_P_ARP ...'),
  member('sll_pkttype', 'Of a packet that a packet socket got: PACKET_HOST ... PACKET_OUTGOING.'),
  member('sll_addr', 'Of a `sockaddr_ll`: the MAC address, a list of bytes.'),
  member('tp_status', 'Of a frame of a ring: TP_STATUS_KERNEL, or TP_STATUS_USER with other bits.'),
  member('tp_len', 'Of a frame: length of the packet.'),
  member('tp_snaplen', 'Of a frame: bytes of it that are there.'),
  member('tp_sec', 'Of a frame: when, seconds.'),
  member('tp_nsec', 'Of a frame: when, ns beside the seconds.'),
  member('data', 'Of a frame: the packet, as recvfrom gives it.'),
  member('tp_packets', 'Of PACKET_STATISTICS: packets that came, with those that were lost.'),
  member('tp_drops', 'Of PACKET_STATISTICS: packets that found no room.'),
  ...TCP_INFO_MEMBERS.map(([name, meaning]) => member(`tcpi_${name}`, `Of TCP_INFO: ${meaning}.`)),
  member('address', 'The address of an endpoint.'),
  member('port', 'The port of an endpoint.'),
);

/** Of a host in `expect`, beside its devices and processes. */
export const HOST_MEMBERS = byName(
  member('snmp', 'Counters of /proc/net/snmp: `server.snmp.Udp.NoPorts`.'),
  member('snmp6', 'Counters of /proc/net/snmp6: `server.snmp6.Ip6.InReceives`.'),
  member('netstat', 'Counters of /proc/net/netstat: `server.netstat.TcpExt.TCPLostRetransmit`.'),
  member('softnet_stat', 'Rows of /proc/net/softnet_stat by CPU: `server.softnet_stat[0].time_squeeze`.'),
  member('softirqs', 'Rows of /proc/softirqs: `server.softirqs.NET_RX[0]`.'),
  member('interrupts', "Rows of /proc/interrupts: `server.interrupts['eth0-rx-0'][0]`."),
  member('stat', 'CPU times of /proc/stat in ns: `server.stat[0].softirq`.'),
  member(
    'netfilter',
    'Packets that met each rule: `server.netfilter.input[0].packets`, `router.netfilter.nat.postrouting[0].packets`.',
  ),
  member(
    'conntrack',
    'Connections and what befell their packets: `router.conntrack.count`, `.drop`, `.entries[0].status`.',
  ),
  member('arp', 'Neighbours by address.'),
  member('lo', 'The loopback device.'),
);

/** Of a device: `ip -s link` and `ethtool -S`. */
export const DEVICE_MEMBERS = byName(
  member('rx_packets', 'Packets received.'),
  member('tx_packets', 'Packets sent.'),
  member('rx_bytes', 'Bytes received.'),
  member('tx_bytes', 'Bytes sent.'),
  member('rx_errors', 'Bad frames received.'),
  member('tx_errors', 'Transmissions that failed.'),
  member('rx_dropped', 'Received packets that the stack dropped.'),
  member('tx_dropped', 'Packets dropped on their way out.'),
  member('rx_missed_errors', 'Frames lost because the ring had no free descriptor.'),
  member('rx_no_buffer_count', 'Frames that found no receive buffer.'),
  member('rx_crc_errors', 'Frames with a bad FCS.'),
  member('carrier_up_count', 'How often the link came up.'),
  member('carrier_down_count', 'How often it was lost.'),
  member('tx_timeout_count', 'Resets of the NIC, one for each lost link with packets on a ring.'),
  member('collisions', 'Always 0 on a full-duplex link.'),
  member('qdisc', 'The root qdisc: `.qlen`, `.drops`, `.overlimits`, `.requeues`.'),
);

/** Of a process in `expect`, beside its variables. */
export const PROCESS_MEMBERS = byName(
  member('state', 'Where it is: "running", "sleeping", "exited".'),
  member('exited', 'Whether it has ended.'),
  member('finished_at', 'When it ended, a time; NULL while it has not.'),
  member('sent_bytes', 'Bytes that its calls have handed to sockets.'),
  member('received_bytes', 'Bytes that its calls have taken from them.'),
  member('errno', 'The error of its last failed system call.'),
);

/** Roots of packet conditions: `when` of a netfilter rule or of a loss. */
export const PACKET_FIELDS: ReadonlyMap<
  string,
  { readonly doc: string; readonly members: ReadonlyMap<string, MemberSchema> }
> = new Map([
  [
    'ip',
    {
      doc: 'The IPv4 header.',
      members: byName(
        member('saddr', 'Source address.'),
        member('daddr', 'Destination address.'),
        member('protocol', '1 ICMP, 6 TCP, 17 UDP.'),
        member('ttl', 'Time to live.'),
        member('tos', 'Type of service.'),
        member('id', 'Identification.'),
        member('tot_len', 'Length with header.'),
        member('frag_off', 'Fragment offset and flags.'),
      ),
    },
  ],
  [
    'udp',
    {
      doc: 'The UDP header; a condition on it is false for other packets.',
      members: byName(
        member('sport', 'Source port.'),
        member('dport', 'Destination port.'),
        member('len', 'Length with header.'),
      ),
    },
  ],
  [
    'tcp',
    {
      doc: 'The TCP header; a condition on it is false for other packets.',
      members: byName(
        member('sport', 'Source port.'),
        member('dport', 'Destination port.'),
        member('seq', 'Sequence number.'),
        member('ack_seq', 'Acknowledged.'),
        member('window', 'Window.'),
        member('syn', 'SYN flag.'),
        member('ack', 'ACK flag.'),
        member('fin', 'FIN flag.'),
        member('rst', 'RST flag.'),
        member('psh', 'PSH flag.'),
        member('ece', 'ECE flag: congestion is echoed (RFC 3168).'),
        member('cwr', 'CWR flag: the window was reduced (RFC 3168).'),
        member('ae', 'AE flag; with CWR and ECE the counter of Accurate ECN (RFC 9768).'),
        member('payload', 'Bytes of payload.'),
      ),
    },
  ],
  [
    'ct',
    {
      doc: "The packet's connection, as conntrack sees it: rules that ask turn conntrack on. False on a wire.",
      members: byName(
        member('new', 'Its first packets: nothing has come back yet (`ct state new`).'),
        member('established', 'Packets have gone both ways (`ct state established`).'),
        member('related', 'An ICMP error about a connection (`ct state related`).'),
        member('invalid', 'It belongs to no connection, and cannot begin one (`ct state invalid`).'),
        member('untracked', '`notrack` has excepted it (`ct state untracked`).'),
        member('assured', 'The connection is worth keeping when the table is full (`ct status assured`).'),
        member('snat', 'Its source is rewritten (`ct status snat`).'),
        member('dnat', 'Its destination is rewritten (`ct status dnat`).'),
      ),
    },
  ],
  [
    'ip6',
    {
      doc: 'The IPv6 header.',
      members: byName(
        member('saddr', 'Source address.'),
        member('daddr', 'Destination address.'),
        member('nexthdr', 'Number of what stands behind the header.'),
        member('hoplimit', 'Hop limit.'),
        member('dsfield', 'Traffic class.'),
        member('flowlabel', 'Flow label.'),
        member('length', 'Bytes behind the header.'),
      ),
    },
  ],
  [
    'icmpv6',
    {
      doc: 'The ICMPv6 header.',
      members: byName(member('type', 'Type: 135 and 136 are neighbour discovery.'), member('code', 'Code.')),
    },
  ],
  ['icmp', { doc: 'The ICMP header.', members: byName(member('type', 'Type.'), member('code', 'Code.')) }],
  [
    'arp',
    {
      doc: 'The ARP packet.',
      members: byName(member('op', '1 request, 2 reply.'), member('sip', 'Sender.'), member('tip', 'Target.')),
    },
  ],
  ['eth', { doc: 'The Ethernet header.', members: byName(member('proto', '0x0800 IPv4, 0x0806 ARP, 0x86dd IPv6.')) }],
  ['frame', { doc: 'The frame.', members: byName(member('length', 'Bytes without FCS.')) }],
  ['iif', { doc: 'Name of the device by which it came.', members: byName() }],
  ['oif', { doc: 'Name of the device by which it goes.', members: byName() }],
]);
