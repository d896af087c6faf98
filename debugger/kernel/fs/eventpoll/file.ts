/** The file of an epoll instance (fs/eventpoll.c). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { epitem, eventpoll } from '../../include/linux/eventpoll.ts';
import type { file, poll_table } from '../../include/linux/fs.ts';
import { EPOLLIN, EPOLLRDNORM } from '../../include/linux/poll.ts';
import { poll_wait } from '../select.ts';
import { createPollTable, ep_item_poll, ep_put, ep_remove, ep_remove_epi, ep_remove_file, ep_unregister_pollwait } from './insert.ts';
import { ep_done_scan, ep_start_scan } from './poll.ts';
import { ep_poll_safewake } from './wake.ts';

/** An instance watched by another, or by poll(2): readable when one of its files is ready. */
export function* ep_eventpoll_poll(cpu: Cpu, file: file, wait: poll_table | null): Resumable<number> {
  return yield* __ep_eventpoll_poll(cpu, file, wait);
}

export function* __ep_eventpoll_poll(cpu: Cpu, file: file, wait: poll_table | null): Resumable<number> {
  const ep = file.private_data as eventpoll;
  poll_wait(cpu, file, ep.poll_wait, wait);
  const pt = createPollTable(null, null);
  const txlist = ep_start_scan(cpu, ep);
  let res = 0;
  while (txlist.length > 0) {
    const revents = yield* ep_item_poll(cpu, txlist[0]!, pt);
    if (revents !== 0) {
      res = EPOLLIN | EPOLLRDNORM;
      break;
    }
    txlist.shift()!.rdllink = false;
  }
  ep_done_scan(cpu, ep, txlist);
  return res;
}

/** The instance is closed: it watches nothing any more. */
export function* ep_eventpoll_release(cpu: Cpu, file: file): Resumable<number> {
  ep_clear_and_put(cpu, file.private_data as eventpoll);
  yield;
  return 0;
}

export function ep_clear_and_put(cpu: Cpu, ep: eventpoll): void {
  if (ep.poll_wait.head.length > 0) ep_poll_safewake(cpu, ep);
  ep_drain_pollwaits(cpu, ep);
  ep_drain_tree(cpu, ep);
  ep_put(cpu, ep);
}

/** First nothing calls back any more ... */
function ep_drain_pollwaits(cpu: Cpu, ep: eventpoll): void {
  for (const epi of ep.rbr) ep_unregister_pollwait(cpu, ep, epi);
}

/** ... then the items go. */
function ep_drain_tree(cpu: Cpu, ep: eventpoll): void {
  while (ep.rbr.length > 0) ep_remove(cpu, ep, ep.rbr[0]!);
}

/** A watched file is closed: every instance forgets it. */
export function eventpoll_release(cpu: Cpu, file: file): void {
  eventpoll_release_file(cpu, file);
}

export function eventpoll_release_file(cpu: Cpu, file: file): void {
  while (file.f_ep.length > 0) {
    const epi = file.f_ep[0] as epitem;
    const { ep } = epi;
    ep_unregister_pollwait(cpu, ep, epi);
    ep_remove_file(cpu, ep, epi, file);
    ep_remove_epi(cpu, ep, epi);
    ep_put(cpu, ep);
  }
}
