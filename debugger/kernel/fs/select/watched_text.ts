/** What a task in poll(2) or select(2) waits for, in words: its descriptors and their events. */
import {
  BITS_PER_LONG, EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT, EPOLLPRI, EPOLLRDBAND, EPOLLRDHUP, EPOLLRDNORM, EPOLLWRBAND, EPOLLWRNORM,
} from '../../include/linux/poll.ts';
import type { fd_set, fd_set_bits, pollfd } from '../../include/linux/poll.ts';

const NAMES: readonly (readonly [number, string])[] = [
  [EPOLLIN, 'POLLIN'], [EPOLLPRI, 'POLLPRI'], [EPOLLOUT, 'POLLOUT'], [EPOLLERR, 'POLLERR'], [EPOLLHUP, 'POLLHUP'], [EPOLLRDNORM, 'POLLRDNORM'],
  [EPOLLRDBAND, 'POLLRDBAND'], [EPOLLWRNORM, 'POLLWRNORM'], [EPOLLWRBAND, 'POLLWRBAND'], [EPOLLRDHUP, 'POLLRDHUP'],
];
/** As many are named, the rest is counted. */
const SHOWN = 4;

/** `poll: fd 3 POLLIN, fd 4 POLLIN|POLLOUT`; what is asked for unasked, errors and hang-up, goes without saying. @helper */
export function polledText(fds: readonly pollfd[]): string {
  const watched: string[] = [];
  for (const { fd, events } of fds) if (fd >= 0) watched.push(`fd ${fd} ${eventNames(events)}`);
  return `poll: ${shortened(watched)}`;
}

/** `select: fd 3 readable, fd 4 writable`. @helper */
export function selectedText(fds: fd_set_bits, n: number): string {
  const watched: string[] = [];
  for (let fd = 0; fd < n; fd++) {
    const names: string[] = [];
    if (isSet(fds.in, fd)) names.push('readable');
    if (isSet(fds.out, fd)) names.push('writable');
    if (isSet(fds.ex, fd)) names.push('exceptional');
    if (names.length > 0) watched.push(`fd ${fd} ${names.join(' or ')}`);
  }
  return `select: ${shortened(watched)}`;
}

/** @helper */
function shortened(watched: readonly string[]): string {
  if (watched.length === 0) return 'no descriptor, the timeout only';
  if (watched.length <= SHOWN) return watched.join(', ');
  return `${watched.slice(0, SHOWN).join(', ')} and ${watched.length - SHOWN} more`;
}

/** @helper */
function eventNames(events: number): string {
  const names: string[] = [];
  for (const [bit, name] of NAMES) if ((events & bit) !== 0) names.push(name);
  return names.length === 0 ? 'POLLERR|POLLHUP' : names.join('|');
}

/** @helper */
function isSet(set: fd_set, fd: number): boolean {
  return ((set[Math.floor(fd / BITS_PER_LONG)] ?? 0) & (1 << (fd % BITS_PER_LONG))) !== 0;
}
