/** What happens when a watched file becomes ready (fs/eventpoll.c). */
import type { Cpu } from '../../../machine/types.ts';
import { EPOLLEXCLUSIVE, EP_PRIVATE_BITS } from '../../include/linux/eventpoll.ts';
import type { epitem, eventpoll } from '../../include/linux/eventpoll.ts';
import { EPOLLIN, EPOLLOUT } from '../../include/linux/poll.ts';
import type { wait_queue_entry } from '../../include/linux/sched.ts';
import { ep_set_busy_poll_napi_id } from './busy_loop.ts';
import { WAKE_SYNC, __wake_up, __wake_up_common, default_wake_function, remove_wait_queue } from '../../kernel/sched/wait.ts';

/** The item goes to the end of the ready list, unless it is there. @helper */
export function linkReady(epi: epitem): void {
  if (epi.rdllink) return;
  epi.rdllink = true;
  epi.ep.rdllist.push(epi);
}

/** An instance that is watched itself: tells its watchers. */
export function ep_poll_safewake(cpu: Cpu, ep: eventpoll): void {
  __wake_up(cpu, ep.poll_wait, 1, EPOLLIN);
}

/** Whether an exclusive waiter counts as woken: by an event it asked for. @helper */
function exclusiveWoken(epi: epitem, pollflags: number): number {
  const inout = pollflags & (EPOLLIN | EPOLLOUT);
  if (inout === EPOLLIN) return (epi.event.events & EPOLLIN) !== 0 ? 1 : 0;
  if (inout === EPOLLOUT) return (epi.event.events & EPOLLOUT) !== 0 ? 1 : 0;
  return inout === 0 ? 1 : 0;
}

/** Stands in the wait queue of the watched file: marks the item ready and wakes one task in epoll_wait(). */
export function ep_poll_callback(cpu: Cpu, wait: wait_queue_entry, key: number): number {
  const epi = wait.data as epitem;
  const ep = epi.ep;
  ep_set_busy_poll_napi_id(cpu, epi);
  const sync = (key & WAKE_SYNC) !== 0;
  const pollflags = key & ~WAKE_SYNC;
  let ewake = 0;
  const events = epi.event.events;
  if ((events & ~EP_PRIVATE_BITS) !== 0 && (pollflags === 0 || (pollflags & events) !== 0)) {
    if (ep.ovflist !== null) {
      if (!epi.next) {
        epi.next = true;
        ep.ovflist.unshift(epi);
      }
    } else {
      linkReady(epi);
    }
    if (ep.wq.head.length > 0) {
      if ((events & EPOLLEXCLUSIVE) !== 0) ewake = exclusiveWoken(epi, pollflags);
      if (sync) __wake_up_common(cpu, ep.wq, 1, 0);
      else __wake_up(cpu, ep.wq, 1, 0);
    }
    if (ep.poll_wait.head.length > 0) ep_poll_safewake(cpu, ep);
  }
  if ((events & EPOLLEXCLUSIVE) === 0) ewake = 1;
  return ewake;
}

/** Wakes a task in epoll_wait(); its entry goes in any case, the next event is another waiter's. */
export function ep_autoremove_wake_function(cpu: Cpu, wait: wait_queue_entry, key: number): number {
  const ret = default_wake_function(cpu, wait, key);
  if (wait.head !== null) remove_wait_queue(cpu, wait.head, wait);
  return ret;
}
