/** Constants of Linux on x86-64 that programs name. */
import { ERRNOS } from './errnos.ts';
import type { ConstantSchema } from './shapes.ts';

const group = (doc: string, ...rows: readonly (readonly [string, number, string?])[]): ConstantSchema[] =>
  rows.map(([name, value, more]) => ({ name, value, doc: more ?? doc }));

const SOCKET = [
  ...group(
    'Address family.',
    ['AF_UNSPEC', 0],
    ['AF_INET', 2, 'IPv4.'],
    ['AF_INET6', 10, 'IPv6.'],
    ['AF_PACKET', 17, 'Raw frames.'],
  ),
  ...group(
    'Socket type.',
    ['SOCK_STREAM', 1, 'A byte stream: TCP.'],
    ['SOCK_DGRAM', 2, 'Datagrams: UDP.'],
    ['SOCK_RAW', 3, 'Raw IP.'],
    ['SOCK_NONBLOCK', 0o4000, 'Flag: calls return EAGAIN instead of waiting.'],
    ['SOCK_CLOEXEC', 0o2000000, 'Flag: close on exec.'],
  ),
  ...group('IP protocol.', ['IPPROTO_IP', 0], ['IPPROTO_ICMP', 1], ['IPPROTO_TCP', 6], ['IPPROTO_UDP', 17]),
  ...group(
    'Direction to shut down.',
    ['SHUT_RD', 0, 'No more receiving.'],
    ['SHUT_WR', 1, 'No more sending: TCP sends FIN.'],
    ['SHUT_RDWR', 2, 'Neither.'],
  ),
  ...group(
    'Message flag.',
    ['MSG_OOB', 1, 'Urgent data.'],
    ['MSG_PEEK', 2, 'Leave the data in the queue.'],
    ['MSG_TRUNC', 0x20, 'Report the real length.'],
    ['MSG_DONTWAIT', 0x40, 'Do not wait.'],
    ['MSG_WAITALL', 0x100, 'Wait until the buffer is full.'],
    ['MSG_NOSIGNAL', 0x4000, 'No SIGPIPE.'],
    ['MSG_ERRQUEUE', 0x2000, 'Read from the error queue; does not wait.'],
    ['MSG_CTRUNC', 8, 'In `.flags`: there was no room for the control message.'],
    ['MSG_MORE', 0x8000, 'More follows: cork.'],
    ['MSG_WAITFORONE', 0x10000, 'recvmmsg: wait for the first message only.'],
    [
      'MSG_ZEROCOPY',
      0x4000000,
      "Send from the user's pages; recvmsg with MSG_ERRQUEUE tells when they are free. TCP, with SO_ZEROCOPY.",
    ],
  ),
];

const OPTIONS = [
  ...group(
    'Option level.',
    ['SOL_SOCKET', 1, 'Options of any socket.'],
    ['SOL_IP', 0, 'Options of IP.'],
    ['SOL_TCP', 6, 'Options of TCP.'],
    ['SOL_UDP', 17, 'Options of UDP.'],
  ),
  ...group(
    'Socket option.',
    ['SO_REUSEADDR', 2, 'Bind although TIME_WAIT holds the port.'],
    ['SO_ERROR', 4, 'The pending error; reading clears it.'],
    ['SO_DONTROUTE', 5],
    ['SO_BROADCAST', 6],
    ['SO_SNDBUF', 7, 'Send buffer; the kernel doubles it.'],
    ['SO_RCVBUF', 8, 'Receive buffer; the kernel doubles it.'],
    ['SO_KEEPALIVE', 9],
    ['SO_PRIORITY', 12, 'Priority: the band in pfifo_fast.'],
    ['SO_LINGER', 13, 'close() waits so many seconds; 0 resets.'],
    ['SO_REUSEPORT', 15, 'Several sockets share a port.'],
    ['SO_RCVLOWAT', 18],
    ['SO_SNDLOWAT', 19],
    ['SO_RCVTIMEO', 20, 'How long a receive waits.'],
    ['SO_SNDTIMEO', 21, 'How long a send waits.'],
    ['SO_BUSY_POLL', 46, 'Microseconds that a receive polls the NIC itself before it sleeps.'],
    ['SO_INCOMING_CPU', 49],
    ['SO_INCOMING_NAPI_ID', 56, 'The NAPI instance whose packets the socket gets; 0: none yet.'],
    ['SO_ZEROCOPY', 60, 'Allows MSG_ZEROCOPY (TCP).'],
    ['SO_BINDTOIFINDEX', 62, 'Only by the device of this number (1 is lo, then the devices in their order).'],
  ),
  ...group(
    'IP option.',
    ['IP_TOS', 1],
    ['IP_TTL', 2],
    ['IP_MTU_DISCOVER', 10],
    ['IP_RECVERR', 11, 'Queue errors about datagrams for recvmsg with MSG_ERRQUEUE.'],
    ['IP_MTU', 14],
    ['IP_PMTUDISC_DONT', 0],
    ['IP_PMTUDISC_WANT', 1],
    ['IP_PMTUDISC_DO', 2],
  ),
  ...group(
    'TCP option.',
    ['TCP_NODELAY', 1, 'Send small segments at once: Nagle off.'],
    ['TCP_MAXSEG', 2],
    ['TCP_CORK', 3, 'Hold back until a segment is full.'],
    ['TCP_KEEPIDLE', 4, 'Seconds of idleness before the first keepalive probe.'],
    ['TCP_KEEPINTVL', 5, 'Seconds between keepalive probes.'],
    ['TCP_KEEPCNT', 6, 'Keepalive probes before the connection is given up.'],
    ['TCP_SYNCNT', 7],
    ['TCP_LINGER2', 8, 'Seconds in FIN_WAIT2.'],
    ['TCP_DEFER_ACCEPT', 9, 'Seconds: wake the listener only when data has come.'],
    ['TCP_WINDOW_CLAMP', 10],
    ['TCP_INFO', 11],
    ['TCP_QUICKACK', 12],
    ['TCP_CONGESTION', 13, 'Congestion control: "cubic" or "reno".'],
    ['TCP_USER_TIMEOUT', 18, 'Milliseconds that sent data may stay unacknowledged.'],
    ['TCP_FASTOPEN', 23],
    ['TCP_NOTSENT_LOWAT', 25],
    ['TCP_INQ', 36, 'recvmsg tells by `.inq` how many bytes are left to read.'],
  ),
  ...group(
    'Question of ioctl.',
    ['SIOCINQ', 0x541b, 'Bytes that can be read; UDP: of the next datagram.'],
    ['SIOCOUTQ', 0x5411, 'Bytes sent and not acknowledged, or not sent yet; UDP: memory of datagrams under way.'],
    ['SIOCOUTQNSD', 0x894b, 'Bytes of a stream that are not sent yet.'],
  ),
  ...group(
    'UDP option.',
    ['UDP_CORK', 1],
    ['UDP_SEGMENT', 103, 'One send becomes datagrams of that many bytes, cut as late as possible.'],
    ['UDP_GRO', 104, 'Take datagrams of one flow merged: recvmsg tells their size by `.gso_size`.'],
  ),
];

const ERRORS = [
  ...group(
    'Origin of an error in the error queue.',
    ['SO_EE_ORIGIN_LOCAL', 1, 'This host found it.'],
    ['SO_EE_ORIGIN_ICMP', 2, 'An ICMP message told of it.'],
    [
      'SO_EE_ORIGIN_ZEROCOPY',
      5,
      'No error: pages of MSG_ZEROCOPY sends are free, those of the calls `ee_info` to `ee_data`.',
    ],
  ),
  ...group('Code of SO_EE_ORIGIN_ZEROCOPY.', ['SO_EE_CODE_ZEROCOPY_COPIED', 1, 'The bytes were copied after all.']),
  ...group(
    'ICMP type.',
    ['ICMP_DEST_UNREACH', 3, 'A datagram cannot be delivered.'],
    ['ICMP_TIME_EXCEEDED', 11, 'Its time to live is over, or a fragment is missing.'],
    ['ICMP_PARAMETERPROB', 12, 'Its header is wrong.'],
  ),
  ...group(
    'Code of ICMP_DEST_UNREACH.',
    ['ICMP_NET_UNREACH', 0],
    ['ICMP_HOST_UNREACH', 1],
    ['ICMP_PROT_UNREACH', 2],
    ['ICMP_PORT_UNREACH', 3, 'Nobody has that port.'],
    ['ICMP_FRAG_NEEDED', 4, 'Larger than the MTU on its way, and must not be fragmented.'],
  ),
];

const WAITING = [
  ...group(
    'Poll event.',
    ['POLLIN', 1, 'There is something to read.'],
    ['POLLPRI', 2, 'Urgent data.'],
    ['POLLOUT', 4, 'There is room to write.'],
    ['POLLERR', 8, 'An error is pending.'],
    ['POLLHUP', 0x10, 'Both directions are closed.'],
    ['POLLNVAL', 0x20, 'Not a descriptor.'],
    ['POLLRDHUP', 0x2000, 'The peer sends no more.'],
  ),
  ...group(
    'Epoll event.',
    ['EPOLLIN', 1, 'There is something to read.'],
    ['EPOLLPRI', 2, 'Urgent data.'],
    ['EPOLLOUT', 4, 'There is room to write.'],
    ['EPOLLERR', 8, 'An error is pending.'],
    ['EPOLLHUP', 0x10, 'Both directions are closed.'],
    ['EPOLLRDHUP', 0x2000, 'The peer sends no more.'],
    ['EPOLLEXCLUSIVE', 0x10000000, 'Wake one waiter only.'],
    ['EPOLLONESHOT', 0x40000000, 'Report once, then wait for EPOLL_CTL_MOD.'],
    ['EPOLLET', 0x80000000, 'Report edges, not levels.'],
  ),
  ...group(
    'Epoll operation.',
    ['EPOLL_CTL_ADD', 1, 'Add a descriptor.'],
    ['EPOLL_CTL_DEL', 2, 'Remove it.'],
    ['EPOLL_CTL_MOD', 3, 'Change its events.'],
    ['EPOLL_CLOEXEC', 0o2000000],
  ),
  ...group('Eventfd flag.', ['EFD_SEMAPHORE', 1], ['EFD_NONBLOCK', 0o4000], ['EFD_CLOEXEC', 0o2000000]),
  ...group('Descriptor command.', ['F_GETFL', 3], ['F_SETFL', 4], ['O_NONBLOCK', 0o4000]),
  ...group('Way to open a file.', ['O_RDONLY', 0], ['O_WRONLY', 1], ['O_RDWR', 2]),
  ...group('Clock.', ['CLOCK_REALTIME', 0], ['CLOCK_MONOTONIC', 1, 'Time since the start of the run.']),
];

export const CONSTANTS: ReadonlyMap<string, ConstantSchema> = new Map(
  [...SOCKET, ...OPTIONS, ...ERRORS, ...WAITING, ...ERRNOS].map((each) => [each.name, each]),
);
