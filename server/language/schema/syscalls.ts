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
const TIMEOUT = parameter('timeout', 'time', 'How long to wait; -1 waits for ever, 0 not at all.');
const EVENTS = parameter('events', 'flags', 'Events to wait for, joined with `|`.', ['POLL']);
const LEVEL = parameter('level', 'number', "Which layer's option.", ['SOL_', 'IPPROTO_']);
const OPTION = parameter('option', 'number', 'The option.', ['SO_', 'TCP_', 'IP_', 'UDP_']);

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
    parameters,
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
      maybe(parameter('protocol', 'number', "Protocol; 0 takes the type's own.", ['IPPROTO_'])),
    ],
    'fd',
    'A descriptor.',
    'EAFNOSUPPORT EINVAL EMFILE ENOBUFS EPROTONOSUPPORT',
    'Makes a socket.',
    'fd = socket(AF_INET, SOCK_DGRAM)',
  ),
  call(
    'bind',
    [FD, ADDRESS],
    'number',
    '0.',
    'EADDRINUSE EADDRNOTAVAIL EINVAL EACCES',
    'Gives a socket its own address and port.',
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
    "The option's value.",
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
    'getsockname',
    [FD],
    'number',
    'The own address and port.',
    'EBADF',
    'The address that the socket is bound to.',
    'mine = getsockname(fd)',
  ),
  call(
    'getpeername',
    [FD],
    'number',
    "The peer's address and port.",
    'ENOTCONN',
    'The address that the socket is connected to.',
    'peer = getpeername(fd)',
  ),
];

const RECEIVED =
  'A buffer: `.length` bytes, `.text`, and from recvfrom `.from`, the sender. An errno when it fails; `.length` 0 is the end of a stream.';

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
    [FD, DATA, ADDRESS, FLAGS],
    'number',
    'Number of bytes taken.',
    'EAGAIN EMSGSIZE ENETUNREACH EHOSTUNREACH EDESTADDRREQ ENOBUFS',
    'Sends a datagram to an address.',
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
    [FD, DATA, FLAGS, maybe(ADDRESS)],
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
    `${RECEIVED} Its \`.flags\` are the message's \`msg_flags\`.`,
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
      maybe(ADDRESS),
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
        parameter('timeout', 'time', 'After it, the next message that comes is the last; looked at when one has come.'),
      ),
    ],
    'buffers',
    'A list of buffers.',
    'EAGAIN ECONNREFUSED',
    'Receives several messages in one system call.',
    'messages = recvmmsg(fd, 2KiB, 16, MSG_WAITFORONE)',
  ),
  call(
    'write',
    [FD, DATA],
    'number',
    'Number of bytes taken.',
    'EAGAIN EPIPE ECONNRESET',
    'As send without flags; on an eventfd it adds the number.',
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

const WAITING = [
  call(
    'poll',
    [FD, EVENTS, TIMEOUT],
    'number',
    'The events that are ready (`revents`), 0 after the timeout.',
    'EBADF EINVAL',
    'Waits for one descriptor; epoll waits for many.',
    'ready = poll(fd, POLLIN, 5ms)',
  ),
  call(
    'select',
    [FD, EVENTS, TIMEOUT],
    'number',
    'The events whose sets have the descriptor, 0 after the timeout.',
    'EBADF EINVAL',
    'As poll, by way of select(2): POLLIN stands for the set of readers, POLLOUT for that of writers, POLLPRI for exceptions. Errors and hang-up make a descriptor readable and writable.',
    'ready = select(fd, POLLIN, 5ms)',
  ),
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
          ['EPOLLIN', 'EPOLLOUT', 'EPOLLRDHUP', 'EPOLLET', 'EPOLLONESHOT', 'EPOLLEXCLUSIVE', 'EPOLLPRI'],
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

export const SYSCALLS: ReadonlyMap<string, SyscallSchema> = new Map(
  [...SOCKETS, ...TRANSFERS, ...WAITING].map((each) => [each.name, each]),
);
