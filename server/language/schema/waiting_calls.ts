/** System calls that wait: poll, select, epoll, eventfd, sleeping. */
import { call, EVENTS, FD, maybe, parameter, TIMEOUT, TIMEVAL } from './call_parameters.ts';
import type { Parameter } from './shapes.ts';

const set = (name: string, doc: string): Parameter => parameter(name, 'fd_set', `${doc} \`[]\` or \`NULL\`: none.`);

const EPOLL_WAIT = [
  parameter('ep', 'fd', 'The epoll instance.'),
  maybe(parameter('maxevents', 'number', 'Most events to take.')),
  maybe(TIMEOUT),
];

export const WAITING = [
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
    EPOLL_WAIT,
    'events',
    'A list of events, each with `.fd` and `.events`; empty after the timeout.',
    'EBADF EINVAL',
    'Waits until a descriptor is ready.',
    'each event in epoll_wait(ep) { }',
  ),
  call(
    'epoll_pwait',
    EPOLL_WAIT,
    'events',
    'As of epoll_wait.',
    'EBADF EINVAL',
    'The same by another entry, which C libraries of other machines use for epoll_wait; without a signal mask.',
    'each event in epoll_pwait(ep) { }',
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
