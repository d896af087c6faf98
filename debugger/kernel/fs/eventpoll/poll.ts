/** epoll_wait(): handing out what is ready, or sleeping until something is (fs/eventpoll.c). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import { EPOLLET, EPOLLONESHOT, EP_PRIVATE_BITS } from '../../include/linux/eventpoll.ts';
import type { epitem, epoll_event, eventpoll } from '../../include/linux/eventpoll.ts';
import { TASK_INTERRUPTIBLE, TASK_RUNNING, WQ_FLAG_EXCLUSIVE } from '../../include/linux/sched.ts';
import { __wake_up, init_wait, remove_wait_queue } from '../../kernel/sched/wait.ts';
import { schedule_hrtimeout_range } from '../../kernel/time/sleep_timeout.ts';
import { ep_busy_loop } from './busy_loop.ts';
import { createPollTable, ep_item_poll } from './insert.ts';

/** @helper Something may be ready. */
export function ep_events_available(ep: eventpoll): boolean {
  return ep.rdllist.length > 0 || ep.ovflist !== null;
}

/** The ready list is taken; what becomes ready from here on is put aside. */
export function ep_start_scan(_cpu: Cpu, ep: eventpoll): epitem[] {
  const txlist = ep.rdllist;
  ep.rdllist = [];
  ep.ovflist = [];
  return txlist;
}

/** What was put aside becomes ready, what was not looked at stays so, first in line. */
export function ep_done_scan(cpu: Cpu, ep: eventpoll, txlist: epitem[]): void {
  const late = ep.ovflist!;
  ep.ovflist = null;
  for (const epi of late) {
    epi.next = false;
    if (epi.rdllink) continue;
    epi.rdllink = true;
    ep.rdllist.unshift(epi);
  }
  for (let i = txlist.length - 1; i >= 0; i--) ep.rdllist.unshift(txlist[i]!);
  if (ep.rdllist.length === 0) return;
  if (ep.wq.head.length > 0) __wake_up(cpu, ep.wq, 1, 0);
}

/** Asks each item of the ready list again; those that are ready are reported. Level-triggered ones go back to the list. */
export function* ep_send_events(cpu: Cpu, ep: eventpoll, events: epoll_event[], maxevents: number): Resumable<number> {
  const txlist = ep_start_scan(cpu, ep);
  const pt = createPollTable(null, null);
  let res = 0;
  while (txlist.length > 0 && res < maxevents) {
    const epi = txlist.shift()!;
    epi.rdllink = false;
    const revents = yield* ep_item_poll(cpu, epi, pt);
    if (revents === 0) continue;
    events.push({ events: revents, data: epi.event.data });
    res++;
    if ((epi.event.events & EPOLLONESHOT) !== 0) {
      epi.event.events &= EP_PRIVATE_BITS;
    } else if ((epi.event.events & EPOLLET) === 0) {
      epi.rdllink = true;
      ep.rdllist.push(epi);
    }
  }
  ep_done_scan(cpu, ep, txlist);
  return res;
}

/** Fills `events` with what is ready; sleeps until something is, or the clock reads `expires` ns (-1: no limit, 0: do not sleep). */
export function* ep_poll(cpu: Cpu, ep: eventpoll, events: epoll_event[], maxevents: number, expires: number): Resumable<number> {
  let timed_out = expires === 0;
  let eavail = ep_events_available(ep);
  for (;;) {
    if (eavail) {
      const res = yield* ep_send_events(cpu, ep, events, maxevents);
      if (res > 0) return res;
    }
    if (timed_out) return 0;
    eavail = yield* ep_busy_loop(cpu, ep);
    if (eavail) continue;
    const wait = init_wait(cpu, 'ep_autoremove_wake_function');
    cpu.current.__state = TASK_INTERRUPTIBLE;
    eavail = ep_events_available(ep);
    if (!eavail) {
      wait.flags |= WQ_FLAG_EXCLUSIVE;
      wait.head = ep.wq;
      ep.wq.head.unshift(wait);
      cpu.current.wait = { what: 'an event of epoll_wait()', until: expires, since: cpu.now, event: cpu.world.event };
      timed_out = expires >= 0 && expires <= cpu.now;
      if (!timed_out) timed_out = yield* schedule_hrtimeout_range(cpu, expires);
      cpu.current.wait = null;
    }
    cpu.current.__state = TASK_RUNNING;
    eavail = true;
    if (wait.head !== null) {
      if (timed_out) eavail = false;
      remove_wait_queue(cpu, ep.wq, wait);
    }
  }
}
