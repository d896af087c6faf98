/** Interests come and go (fs/eventpoll.c). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import { EPOLLEXCLUSIVE } from '../../include/linux/eventpoll.ts';
import type { epitem, epoll_event, eventpoll } from '../../include/linux/eventpoll.ts';
import type { file, poll_table } from '../../include/linux/fs.ts';
import type { wait_queue_entry, wait_queue_head } from '../../include/linux/sched.ts';
import { __wake_up, add_wait_queue, add_wait_queue_exclusive, remove_wait_queue } from '../../kernel/sched/wait.ts';
import { vfs_poll } from '../file_operations.ts';
import { __ep_eventpoll_poll } from './file.ts';
import { ep_set_busy_poll_napi_id } from './busy_loop.ts';
import { ep_poll_safewake, linkReady } from './wake.ts';

/** @helper */
export function is_file_epoll(file: file): boolean {
  return file.f_op === 'eventpoll_fops';
}

/** A poll table that asks only, or queues the item too. @helper */
export function createPollTable(qproc: poll_table['_qproc'], epi: epitem | null): poll_table {
  return { _qproc: qproc, _key: -1, data: epi };
}

/** The file's poll function hands over its wait queue: the item's callback takes its place there. */
export function ep_ptable_queue_proc(cpu: Cpu, _file: file, whead: wait_queue_head, pt: poll_table): void {
  const epi = pt.data as epitem;
  const wait: wait_queue_entry = { flags: 0, func: 'ep_poll_callback', private: null, data: epi, head: null };
  if ((epi.event.events & EPOLLEXCLUSIVE) !== 0) add_wait_queue_exclusive(cpu, whead, wait);
  else add_wait_queue(cpu, whead, wait);
  epi.pwqlist.unshift(wait);
}

/** Events of interest that the file has now: it is asked, not remembered. */
export function* ep_item_poll(cpu: Cpu, epi: epitem, pt: poll_table): Resumable<number> {
  pt._key = epi.event.events;
  const file = epi.ffd.file;
  let res = 0;
  if (is_file_epoll(file)) res = yield* __ep_eventpoll_poll(cpu, file, pt);
  else res = yield* vfs_poll(cpu, file, pt);
  return res & epi.event.events;
}

/** @helper */
export function ep_find(ep: eventpoll, file: file, fd: number): epitem | null {
  for (const epi of ep.rbr) if (epi.ffd.fd === fd && epi.ffd.file === file) return epi;
  return null;
}

/** The file may be ready already: then the item is on the ready list at once. @helper */
function linkIfReady(cpu: Cpu, epi: epitem, revents: number): void {
  if (revents === 0 || epi.rdllink) return;
  const ep = epi.ep;
  linkReady(epi);
  if (ep.wq.head.length > 0) __wake_up(cpu, ep.wq, 1, 0);
  if (ep.poll_wait.head.length > 0) ep_poll_safewake(cpu, ep);
}

/** EPOLL_CTL_ADD. */
export function* ep_insert(cpu: Cpu, ep: eventpoll, event: epoll_event, tfile: file, fd: number): Resumable<number> {
  const epi: epitem = { rdllink: false, next: false, ep, ffd: { file: tfile, fd }, event: { events: event.events, data: event.data }, pwqlist: [] };
  if (is_file_epoll(tfile)) (tfile.private_data as eventpoll).refs.push(epi);
  tfile.f_ep.unshift(epi);
  ep.rbr.push(epi);
  ep.refcount++;
  const pt = createPollTable('ep_ptable_queue_proc', epi);
  const revents = yield* ep_item_poll(cpu, epi, pt);
  ep_set_busy_poll_napi_id(cpu, epi);
  linkIfReady(cpu, epi, revents);
  return 0;
}

/** EPOLL_CTL_MOD. */
export function* ep_modify(cpu: Cpu, _ep: eventpoll, epi: epitem, event: epoll_event): Resumable<number> {
  epi.event.events = event.events;
  epi.event.data = event.data;
  const revents = yield* ep_item_poll(cpu, epi, createPollTable(null, epi));
  linkIfReady(cpu, epi, revents);
  return 0;
}

/** @helper */
function takeOut<T>(list: T[], item: T): void {
  const at = list.indexOf(item);
  if (at >= 0) list.splice(at, 1);
}

/** The file's wait queues forget the item: nothing calls back any more. */
export function ep_unregister_pollwait(cpu: Cpu, _ep: eventpoll, epi: epitem): void {
  for (const wait of epi.pwqlist) if (wait.head !== null) remove_wait_queue(cpu, wait.head, wait);
  epi.pwqlist = [];
}

/** The file forgets the item. */
export function ep_remove_file(_cpu: Cpu, _ep: eventpoll, epi: epitem, file: file): void {
  takeOut(file.f_ep as epitem[], epi);
  if (is_file_epoll(file)) takeOut((file.private_data as eventpoll).refs, epi);
}

/** The instance forgets the item. */
export function ep_remove_epi(_cpu: Cpu, ep: eventpoll, epi: epitem): void {
  takeOut(ep.rbr, epi);
  takeOut(ep.rdllist, epi);
  if (ep.ovflist !== null) takeOut(ep.ovflist, epi);
  epi.rdllink = false;
  epi.next = false;
}

/** An item, or the instance's file, needs it no more; true when that was the last. */
export function ep_put(_cpu: Cpu, ep: eventpoll): boolean {
  return --ep.refcount === 0;
}

/** EPOLL_CTL_DEL, or the instance is closed. */
export function ep_remove(cpu: Cpu, ep: eventpoll, epi: epitem): void {
  ep_unregister_pollwait(cpu, ep, epi);
  ep_remove_file(cpu, ep, epi, epi.ffd.file);
  ep_remove_epi(cpu, ep, epi);
  ep_put(cpu, ep);
}
