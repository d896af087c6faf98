/** epoll (fs/eventpoll.c, include/uapi/linux/eventpoll.h). */
import type { file } from './fs.ts';
import type { wait_queue_entry, wait_queue_head } from './sched.ts';

export const EPOLL_CTL_ADD = 1;
export const EPOLL_CTL_DEL = 2;
export const EPOLL_CTL_MOD = 3;

export const EPOLLEXCLUSIVE = 1 << 28;
export const EPOLLWAKEUP = 1 << 29;
export const EPOLLONESHOT = 1 << 30;
export const EPOLLET = 1 << 31;

/** What is no event but says how to report. */
export const EP_PRIVATE_BITS = EPOLLWAKEUP | EPOLLONESHOT | EPOLLET | EPOLLEXCLUSIVE;

/** As many as an int counts bytes of: a packed struct epoll_event has 12. */
export const EP_MAX_EVENTS = Math.floor(0x7fffffff / 12);
export const EP_MAX_NESTS = 4;

/** struct epoll_event. `data` is the user's own. */
export interface epoll_event { events: number; data: number }

/** One interest: a file, under a descriptor, in an epoll instance. */
export interface epitem {
  /** On the ready list (or on the list of a scan under way). */
  rdllink: boolean;
  /** On the overflow list: became ready while events were handed out. */
  next: boolean;
  ep: eventpoll;
  ffd: { file: file; fd: number };
  event: epoll_event;
  /** Its entries in the file's wait queues. */
  pwqlist: wait_queue_entry[];
}

/** struct eventpoll: behind the descriptor of epoll_create1(). */
export interface eventpoll {
  /** Tasks in epoll_wait(), and in poll() on the instance itself. */
  wq: wait_queue_head;
  poll_wait: wait_queue_head;
  rdllist: epitem[];
  /** What becomes ready while events are handed out; null when none are. */
  ovflist: epitem[] | null;
  /** All interests, in the order in which they were added. */
  rbr: epitem[];
  /** Its file and its interests hold it. */
  refcount: number;
  /** Interests of other instances in this one. */
  refs: epitem[];
  /** The NAPI instance of the socket that was ready last, for busy polling; 0: none. */
  napi_id: number;
  file: file | null;
}
