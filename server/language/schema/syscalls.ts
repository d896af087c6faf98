/** System calls by the names of section 2 of the manual, in the form that a scenario writes them. */
import type { ArgumentType, Parameter, SyscallSchema } from './shapes.ts';

const parameter = (name: string, type: ArgumentType, doc: string, constants: readonly string[] = []): Parameter => ({
  name,
  type,
  doc,
  optional: false,
  constants,
});
const maybe = (of: Parameter): Parameter => ({ ...of, optional: true });

const FD = parameter('fd', 'fd', 'The descriptor.');
const FLAGS = maybe(parameter('flags', 'flags', 'Flags, joined with `|`.', ['MSG_']));
const DATA = parameter(
  'data',
  'data',
  'A string, a buffer that recv returned, or a size: then that many pattern bytes go out.',
);
const SIZE = parameter('size', 'buffer size', 'Room in the buffer: at most so many bytes arrive.');
const ADDRESS = parameter('address', 'endpoint', 'Address and port: `10.0.0.1:7`, `server:7`, `0.0.0.0:7`.');
const ANY_ADDRESS = parameter(
  'address',
  'address',
  `${ADDRESS.doc.slice(0, -1)}; of a packet socket a \`sockaddr_ll\`.`,
);
const DEVICE = parameter('device', 'device', "The device's name, or its number (1 is lo); 0: all.");
const TIMEOUT = parameter('timeout', 'time', 'How long to wait; -1 or nothing waits for ever, 0 not at all.');
const TIMEVAL = parameter('timeout', 'time or NULL', 'How long to wait; NULL or nothing waits for ever, 0 not at all.');
const EVENTS = parameter('events', 'flags', 'Events to wait for, joined with `|`.', ['POLL']);
const LEVEL = parameter('level', 'number', "Which layer's option.", ['SOL_', 'IPPROTO_']);
const OPTION = parameter('option', 'number', 'The option.', ['SO_', 'TCP_', 'IP_', 'UDP_', 'PACKET_']);

type Result = SyscallSchema['result'];

function call(
  name: string,
  parameters: readonly Parameter[],
  result: Result,
  returns: string,
  errnos: string,
  doc: string,
  example: string,
): SyscallSchema {
  return {
    name,
    forms: [parameters],
    result,
    returns,
    errnos: errnos.split(' ').filter(Boolean),
    doc,
    example,
    takesTime: true,
  };
}

const SOCKETS = [
  call(
    'socket',
    [
      parameter('domain', 'number', 'Address family.', ['AF_']),
      parameter('type', 'flags', 'Socket type; `| SOCK_NONBLOCK` makes it non-blocking.', ['SOCK_']),
      maybe(
        parameter('protocol', 'number', "Protocol; 0 takes the type's own. AF_PACKET: which packets.", [
          'IPPROTO_',
          'ETH_P_',
        ]),
      ),
    ],
    'fd',
    'A descriptor.',
    'EAFNOSUPPORT EINVAL EMFILE ENOBUFS EPROTONOSUPPORT',
    'Makes a socket.',
    'fd = socket(AF_INET, SOCK_DGRAM)',
  ),
  call(
    'bind',
    [FD, ANY_ADDRESS],
    'number',
    '0.',
    'EADDRINUSE EADDRNOTAVAIL EINVAL EACCES ENODEV',
    'Gives a socket its own address and port; a packet socket its device and protocol.',
    'bind(fd, 0.0.0.0:7)',
  ),
  call(
    'connect',
    [FD, ADDRESS],
    'number',
    '0.',
    'ECONNREFUSED EINPROGRESS EISCONN ENETUNREACH EHOSTUNREACH ETIMEDOUT',
    'Sets the peer. TCP: opens the connection and waits for it; UDP: looks up the route and keeps it.',
    'connect(fd, server:7)',
  ),
  call(
    'listen',
    [FD, parameter('backlog', 'number', 'Room in the accept queue, bounded by net.core.somaxconn.')],
    'number',
    '0.',
    'EADDRINUSE EOPNOTSUPP',
    'Makes a TCP socket accept connections.',
    'listen(fd, 128)',
  ),
  call(
    'accept4',
    [FD, maybe(parameter('flags', 'flags', 'SOCK_NONBLOCK or nothing.', ['SOCK_NONBLOCK', 'SOCK_CLOEXEC']))],
    'fd',
    'A descriptor of the new connection.',
    'EAGAIN ECONNABORTED EINVAL EMFILE',
    'Takes a completed connection from the accept queue; waits for one.',
    'peer = accept4(listener)',
  ),
  call(
    'shutdown',
    [FD, parameter('how', 'number', 'Which direction.', ['SHUT_'])],
    'number',
    '0.',
    'ENOTCONN EINVAL',
    'Closes one direction of a connection, or both.',
    'shutdown(fd, SHUT_WR)',
  ),
  call(
    'close',
    [FD],
    'number',
    '0.',
    'EBADF',
    'Gives the descriptor back; the last one releases the socket.',
    'close(fd)',
  ),
  call(
    'setsockopt',
    [FD, LEVEL, OPTION, parameter('value', 'any', 'The value; a time for SO_RCVTIMEO and SO_SNDTIMEO.')],
    'number',
    '0.',
    'EINVAL ENOPROTOOPT EDOM',
    'Sets an option.',
    'setsockopt(fd, SOL_SOCKET, SO_RCVBUF, 64KiB)',
  ),
  call(
    'getsockopt',
    [FD, LEVEL, OPTION],
    'number',
    "The option's value; of PACKET_STATISTICS a struct.",
    'ENOPROTOOPT',
    'Reads an option; SO_ERROR also clears the pending error.',
    'error = getsockopt(fd, SOL_SOCKET, SO_ERROR)',
  ),
  call(
    'fcntl',
    [
      FD,
      parameter('command', 'number', 'What to do.', ['F_']),
      maybe(parameter('argument', 'flags', 'Its argument.', ['O_'])),
    ],
    'number',
    '0, or the flags.',
    'EBADF EINVAL',
    "Reads or sets the descriptor's flags.",
    'fcntl(fd, F_SETFL, O_NONBLOCK)',
  ),
  call(
    'ioctl',
    [FD, parameter('request', 'number', 'What is asked.', ['SIOC'])],
    'number',
    'The number that was asked for.',
    'EBADF EINVAL ENOTTY',
    "Asks how much waits in a socket's queues.",
    'unread = ioctl(fd, SIOCINQ)',
  ),
  call(
    'getsockname',
    [FD],
    'endpoint',
    'The own address and port.',
    'EBADF',
    'The address that the socket is bound to.',
    'mine = getsockname(fd)',
  ),
  call(
    'getpeername',
    [FD],
    'endpoint',
    "The peer's address and port.",
    'ENOTCONN',
    'The address that the socket is connected to.',
    'peer = getpeername(fd)',
  ),
];

const RECEIVED =
  'A buffer: `.length` bytes, `.text`, and from recvfrom `.from`, the sender (of a packet socket a `sockaddr_ll`). An errno when it fails; `.length` 0 is the end of a stream.';

const TRANSFERS = [
  call(
    'send',
    [FD, DATA, FLAGS],
    'number',
    'Number of bytes taken.',
    'EAGAIN ECONNREFUSED ECONNRESET EMSGSIZE ENOTCONN EPIPE ENOBUFS',
    'Sends on a connected socket.',
    'send(fd, "hello")',
  ),
  call(
    'sendto',
    [FD, DATA, ANY_ADDRESS, FLAGS],
    'number',
    'Number of bytes taken.',
    'EAGAIN EMSGSIZE ENETUNREACH EHOSTUNREACH EDESTADDRREQ ENOBUFS',
    'Sends a datagram to an address; with MSG_FASTOPEN it connects a TCP socket.',
    'sendto(fd, "hello", server:7)',
  ),
  call(
    'recv',
    [FD, SIZE, FLAGS],
    'buffer',
    RECEIVED,
    'EAGAIN ECONNREFUSED ECONNRESET ENOTCONN',
    'Receives; waits until there is something.',
    'data = recv(fd, 2KiB)',
  ),
  call(
    'recvfrom',
    [FD, SIZE, FLAGS],
    'buffer',
    RECEIVED,
    'EAGAIN ECONNREFUSED',
    'Receives a datagram and tells who sent it.',
    'data = recvfrom(fd, 2KiB)',
  ),
  call(
    'sendmsg',
    [FD, DATA, FLAGS, maybe(ANY_ADDRESS)],
    'number',
    'Number of bytes taken.',
    'EAGAIN EMSGSIZE ENOTCONN EDESTADDRREQ EPIPE ECONNRESET ENOBUFS',
    'Sends a message; the address is its `msg_name`.',
    'sendmsg(fd, "hello")',
  ),
  call(
    'recvmsg',
    [FD, SIZE, FLAGS],
    'buffer',
    `${RECEIVED} Its \`.flags\` are the message's \`msg_flags\`; with MSG_ERRQUEUE it is what is known of a datagram that came to grief, \`.error\` says how.`,
    'EAGAIN ECONNREFUSED ECONNRESET ENOTCONN',
    'Receives a message, with its flags and its sender.',
    'data = recvmsg(fd, 2KiB)',
  ),
  call(
    'sendmmsg',
    [
      FD,
      DATA,
      parameter('count', 'number', 'How many messages, each of that data; at most 1024.'),
      FLAGS,
      maybe(ANY_ADDRESS),
    ],
    'number',
    'How many messages went out.',
    'EAGAIN EMSGSIZE EDESTADDRREQ ECONNREFUSED ENOBUFS',
    'Sends several messages in one system call. It stops at the first error, and fails only when that is the first message.',
    'sendmmsg(fd, 100B, 16)',
  ),
  call(
    'recvmmsg',
    [
      FD,
      SIZE,
      parameter('count', 'number', 'Most messages to take, at most 1024; it waits for all of them.'),
      maybe(parameter('flags', 'flags', 'Flags; MSG_WAITFORONE waits for the first message only.', ['MSG_'])),
      maybe(
        parameter(
          'timeout',
          'time or NULL',
          'After it, the next message that comes is the last; looked at when one has come.',
        ),
      ),
    ],
    'buffers',
    'A list of buffers.',
    'EAGAIN ECONNREFUSED',
    'Receives several messages in one system call.',
    'messages = recvmmsg(fd, 2KiB, 16, MSG_WAITFORONE)',
  ),
  call(
    'open',
    [
      parameter(
        'path',
        'string',
        "The file: `/proc/irq/N/smp_affinity` or `smp_affinity_list` of a device's interrupt.",
      ),
      parameter('flags', 'flags', 'How it is opened.', ['O_']),
    ],
    'fd',
    'A descriptor.',
    'ENOENT EMFILE',
    'Opens a file; `write(fd, "2")` then changes the CPUs of interrupt N (/proc/interrupts has its number) from the one after next on.',
    'fd = open("/proc/irq/1/smp_affinity", O_WRONLY)',
  ),
  call(
    'write',
    [FD, DATA],
    'number',
    'Number of bytes taken.',
    'EAGAIN EPIPE ECONNRESET',
    'As send without flags; on an eventfd it adds the number, a file of /proc takes the string.',
    'write(fd, "hello")',
  ),
  call(
    'read',
    [FD, SIZE],
    'buffer',
    RECEIVED,
    'EAGAIN ECONNRESET',
    'As recv without flags; on an eventfd it takes the counter.',
    'data = read(fd, 4KiB)',
  ),
];

const SET = parameter('set', 'fd_set', 'A list of descriptors.');
const set = (name: string, doc: string): Parameter => parameter(name, 'fd_set', `${doc} \`[]\` or \`NULL\`: none.`);

const WAITING = [
  {
    ...call(
      'poll',
      [],
      'number',
      'Of a list: how many of it have `revents`. Of one descriptor: its `revents`. 0 after the timeout.',
      'EINVAL',
      'Waits until a descriptor is ready. Each `pollfd` of a list has its `.revents` then: POLLERR, POLLHUP and POLLNVAL (not open) stand there unasked; a negative descriptor is passed over.',
      'fds = [pollfd(0, POLLIN), pollfd(1, POLLIN | POLLOUT)]; ready = poll(fds, 5ms)',
    ),
    forms: [
      [parameter('fds', 'pollfds', 'A list of `pollfd(fd, events)`.'), maybe(TIMEOUT)],
      [FD, EVENTS, maybe(TIMEOUT)],
    ],
  },
  {
    ...call(
      'select',
      [],
      'number',
      'Of sets: how many descriptors are left in them, which are those that are ready. Of one descriptor: the events that are ready. 0 after the timeout.',
      'EBADF EINVAL',
      'Waits until a descriptor is ready, and leaves only ready ones in the sets. POLLIN stands for the set of readers, POLLOUT for that of writers, POLLPRI for exceptions. Errors and hang-up make a descriptor readable, errors writable as well.',
      'readers = [0]; writers = [0, 1]; ready = select(2, readers, writers, NULL, 5ms)',
    ),
    forms: [
      [
        parameter('nfds', 'number', 'One more than the highest descriptor: those from here on are not looked at.'),
        set('readfds', 'Watched for something to read.'),
        set('writefds', 'Watched for room to write.'),
        set('exceptfds', 'Watched for urgent data.'),
        maybe(TIMEVAL),
      ],
      [FD, EVENTS, maybe(TIMEVAL)],
    ],
  },
  call(
    'epoll_create1',
    [maybe(parameter('flags', 'flags', 'EPOLL_CLOEXEC or nothing.', ['EPOLL_CLOEXEC']))],
    'fd',
    'A descriptor of the epoll instance.',
    'EMFILE ENOMEM',
    'Makes an epoll instance.',
    'ep = epoll_create1()',
  ),
  call(
    'epoll_ctl',
    [
      parameter('ep', 'fd', 'The epoll instance.'),
      parameter('op', 'number', 'What to do.', ['EPOLL_CTL_']),
      FD,
      maybe(
        parameter(
          'events',
          'flags',
          'Events of interest, joined with `|`; EPOLLET for edges. Needless for EPOLL_CTL_DEL.',
          [
            'EPOLLIN',
            'EPOLLOUT',
            'EPOLLRDHUP',
            'EPOLLET',
            'EPOLLONESHOT',
            'EPOLLEXCLUSIVE',
            'EPOLLPRI',
            'EPOLLERR',
            'EPOLLHUP',
          ],
        ),
      ),
    ],
    'number',
    '0.',
    'EEXIST ENOENT EBADF EINVAL',
    'Adds, changes or removes interest in a descriptor.',
    'epoll_ctl(ep, EPOLL_CTL_ADD, fd, EPOLLIN)',
  ),
  call(
    'epoll_wait',
    [
      parameter('ep', 'fd', 'The epoll instance.'),
      maybe(parameter('maxevents', 'number', 'Most events to take.')),
      maybe(TIMEOUT),
    ],
    'events',
    'A list of events, each with `.fd` and `.events`; empty after the timeout.',
    'EBADF EINVAL',
    'Waits until a descriptor is ready.',
    'each event in epoll_wait(ep) { }',
  ),
  call(
    'eventfd',
    [
      maybe(parameter('initval', 'number', "The counter's first value.")),
      maybe(parameter('flags', 'flags', 'EFD_NONBLOCK, EFD_SEMAPHORE.', ['EFD_'])),
    ],
    'fd',
    'A descriptor.',
    'EMFILE EINVAL',
    'Makes a counter that can be waited for.',
    'wake = eventfd()',
  ),
  call(
    'mmap',
    [FD],
    'frames',
    'A list of frames, each with `.tp_status`, `.data`, `.from` and the fields of `struct tpacket2_hdr`.',
    'EBADF EINVAL ENODEV',
    "Maps a packet socket's ring (PACKET_RX_RING): memory that kernel and process share. It goes with the descriptor.",
    'fd = socket(AF_PACKET, SOCK_RAW, ETH_P_ALL); setsockopt(fd, SOL_PACKET, PACKET_VERSION, TPACKET_V2); setsockopt(fd, SOL_PACKET, PACKET_RX_RING, tpacket_req(4KiB, 2, 2KiB, 4)); ring = mmap(fd)',
  ),
  {
    ...call(
      'clock_gettime',
      [parameter('clock', 'number', 'Which clock.', ['CLOCK_'])],
      'time',
      'The time in ns.',
      'EINVAL',
      'Reads a clock; CLOCK_MONOTONIC counts from the start of the run.',
      'start = clock_gettime(CLOCK_MONOTONIC)',
    ),
    takesTime: false,
  },
];

/** What the headers of the C library give, beside system calls: it runs in user mode and takes no time. */
function macro(
  name: string,
  parameters: readonly Parameter[],
  result: Result,
  returns: string,
  doc: string,
  example: string,
): SyscallSchema {
  return { ...call(name, parameters, result, returns, '', doc, example), takesTime: false };
}

const MACROS = [
  macro(
    'pollfd',
    [parameter('fd', 'fd', 'The descriptor; a negative one is passed over.'), EVENTS],
    'pollfd',
    'A pollfd with `.fd`, `.events` and `.revents`, which poll fills.',
    'Makes a `struct pollfd`, an element of the list that poll takes.',
    'fds = [pollfd(0, POLLIN)]',
  ),
  macro(
    'sockaddr_ll',
    [
      DEVICE,
      maybe(parameter('protocol', 'number', "Which packets; 0 or nothing: the socket's own.", ['ETH_P_'])),
      maybe(parameter('mac', 'device', 'To whom a SOCK_DGRAM packet socket sends: "ff:ff:ff:ff:ff:ff".')),
    ],
    'sockaddr_ll',
    'A `struct sockaddr_ll`. Of a received packet `.sll_ifindex`, `.sll_protocol`, `.sll_pkttype`, and `.sll_addr`, who sent it.',
    'Makes the address of a packet socket.',
    'fd = socket(AF_PACKET, SOCK_RAW, ETH_P_ALL); bind(fd, sockaddr_ll("lo"))',
  ),
  macro(
    'tpacket_req',
    [
      parameter('block_size', 'buffer size', 'A multiple of 4 KiB.'),
      parameter('block_nr', 'number', 'How many blocks.'),
      parameter('frame_size', 'buffer size', 'A multiple of 16; header and packet must fit, or the packet is cut.'),
      parameter('frame_nr', 'number', 'How many frames in all.'),
    ],
    'tpacket_req',
    'A `struct tpacket_req`.',
    'Makes the value of PACKET_RX_RING.',
    'request = tpacket_req(4KiB, 2, 2KiB, 4)',
  ),
  macro(
    'packet_mreq',
    [DEVICE, parameter('type', 'number', 'What to receive.', ['PACKET_MR_'])],
    'packet_mreq',
    'A `struct packet_mreq`.',
    'Makes the value of PACKET_ADD_MEMBERSHIP.',
    'fd = socket(AF_PACKET, SOCK_RAW); setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, packet_mreq("lo", PACKET_MR_PROMISC))',
  ),
  macro(
    'TP_SET_STATUS',
    [
      parameter('frame', 'frame', 'A frame of a ring.'),
      parameter('status', 'flags', 'The new status.', ['TP_STATUS_']),
    ],
    'number',
    '0.',
    'Writes the status of a frame: TP_STATUS_KERNEL gives it back to the kernel. In C an assignment.',
    'fd = socket(AF_PACKET, SOCK_RAW); ring = mmap(fd); TP_SET_STATUS(ring[0], TP_STATUS_KERNEL)',
  ),
  macro('FD_ZERO', [SET], 'number', '0.', 'Empties a set.', 'readers = [0]; FD_ZERO(readers)'),
  macro('FD_SET', [FD, SET], 'number', '0.', 'Puts a descriptor into a set.', 'readers = []; FD_SET(0, readers)'),
  macro('FD_CLR', [FD, SET], 'number', '0.', 'Takes a descriptor out of a set.', 'readers = [0]; FD_CLR(0, readers)'),
  macro(
    'FD_ISSET',
    [FD, SET],
    'number',
    '1 or 0.',
    'Whether a descriptor is in a set: after select, whether it is ready.',
    'readers = [0]; select(1, readers, [], [], 5ms); if FD_ISSET(0, readers) { }',
  ),
];

export const SYSCALLS: ReadonlyMap<string, SyscallSchema> = new Map(
  [...SOCKETS, ...TRANSFERS, ...WAITING, ...MACROS].map((each) => [each.name, each]),
);

/** `recv(fd, size, [flags])`, for each form of the call. */
export function signatures({ name, forms }: SyscallSchema): string[] {
  return forms.map((form) => `${name}(${form.map(parameterText).join(', ')})`);
}

/** A parameter's name, in brackets where it may be left out. */
export function parameterText({ name, optional }: Parameter): string {
  return optional ? `[${name}]` : name;
}
