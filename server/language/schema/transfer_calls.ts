/** System calls that send and receive. */
import { ANY_ADDRESS, call, DATA, FD, FLAGS, maybe, parameter, ROOM, SIZE, VECTORS } from './call_parameters.ts';
import { SPLICES } from './splice_calls.ts';

const RECEIVED =
  'A buffer: `.length` bytes, `.text`, and from recvfrom `.from`, the sender (of a packet socket a `sockaddr_ll`). An errno when it fails; `.length` 0 is the end of a stream.';

export const TRANSFERS = [
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
    [FD, VECTORS, FLAGS, maybe(ANY_ADDRESS)],
    'number',
    'Number of bytes taken.',
    'EAGAIN EMSGSIZE ENOTCONN EDESTADDRREQ EPIPE ECONNRESET ENOBUFS',
    'Sends a message; the address is its `msg_name`. At most 1024 pieces; with MSG_ZEROCOPY each has pages of its own.',
    'sendmsg(fd, ["head", body])',
  ),
  call(
    'recvmsg',
    [FD, ROOM, FLAGS],
    'buffer',
    `${RECEIVED} Its \`.flags\` are the message's \`msg_flags\`; its \`.iov\` lists what each piece holds; with MSG_ERRQUEUE it is what is known of a datagram that came to grief, \`.error\` says how.`,
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
        "The file: `/proc/irq/N/smp_affinity` or `smp_affinity_list` of a device's interrupt, or any name under `/tmp`, which is in memory.",
      ),
      parameter('flags', 'flags', 'How it is opened; O_CREAT makes a file that is not there.', ['O_']),
    ],
    'fd',
    'A descriptor.',
    'ENOENT EMFILE',
    'Opens a file; `write(fd, "2")` then changes the CPUs of interrupt N (/proc/interrupts has its number) from the one after next on.',
    'fd = open("/proc/irq/1/smp_affinity", O_WRONLY)',
  ),
  ...SPLICES,
  call(
    'write',
    [FD, DATA],
    'number',
    'Number of bytes taken.',
    'EAGAIN EPIPE ECONNRESET',
    'As send without flags; on an eventfd it adds the number, a file of /proc takes the string, one of /tmp or a pipe the bytes. Into a pipe that nobody can read any more: EPIPE, without a signal.',
    'write(fd, "hello")',
  ),
  call(
    'read',
    [FD, SIZE],
    'buffer',
    RECEIVED,
    'EAGAIN ECONNRESET',
    'As recv without flags; on an eventfd it takes the counter, of a file of /tmp or a pipe the next bytes.',
    'data = read(fd, 4KiB)',
  ),
];
