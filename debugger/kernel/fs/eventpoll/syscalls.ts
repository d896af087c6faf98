/** epoll_create1, epoll_ctl, epoll_wait (fs/eventpoll.c). */
import type { Resumable } from '../../../machine/frames.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { EPOLLET, EPOLLEXCLUSIVE, EPOLLWAKEUP, EPOLL_CTL_ADD, EPOLL_CTL_DEL, EPOLL_CTL_MOD, EP_MAX_EVENTS, EP_MAX_NESTS } from '../../include/linux/eventpoll.ts';
import type { epoll_event, eventpoll } from '../../include/linux/eventpoll.ts';
import { O_RDWR } from '../../include/linux/fs.ts';
import type { file } from '../../include/linux/fs.ts';
import { EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT } from '../../include/linux/poll.ts';
import { init_waitqueue_head } from '../../include/linux/sched.ts';
import { SOCK_CLOEXEC } from '../../include/linux/socket.ts';
import { EBADF, EEXIST, EINVAL, ELOOP, ENOENT, EPERM } from '../../include/uapi/asm-generic/errno.ts';
import { alloc_fd, alloc_file, fd_install, fget } from '../file.ts';
import { file_can_poll } from '../file_operations.ts';
import { ep_find, ep_insert, ep_modify, ep_remove, is_file_epoll } from './insert.ts';
import { ep_poll } from './poll.ts';

/** What EPOLLEXCLUSIVE may be combined with. */
const EPOLLEXCLUSIVE_OK_BITS = EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLWAKEUP | EPOLLET | EPOLLEXCLUSIVE;

/** @helper struct eventpoll */
function createEventpoll(): eventpoll {
  return { wq: init_waitqueue_head(), poll_wait: init_waitqueue_head(), rdllist: [], ovflist: null, rbr: [], refcount: 1, refs: [], napi_id: 0, file: null };
}

export function* __x64_sys_epoll_create1(cpu: Cpu, flags: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const fd = do_epoll_create(cpu, flags);
  yield;
  return fd;
}

export function do_epoll_create(cpu: Cpu, flags: number): number {
  if ((flags & ~SOCK_CLOEXEC) !== 0) return -EINVAL;
  const fd = alloc_fd(cpu);
  if (fd < 0) return fd;
  const ep = createEventpoll();
  ep.file = alloc_file(cpu, 'eventpoll_fops', O_RDWR, ep);
  fd_install(cpu, fd, ep.file);
  return fd;
}

export function* __x64_sys_epoll_ctl(cpu: Cpu, epfd: number, op: number, fd: number, event: epoll_event): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const err = yield* do_epoll_ctl(cpu, epfd, op, fd, event);
  yield;
  return err;
}

export function* do_epoll_ctl(cpu: Cpu, epfd: number, op: number, fd: number, epds: epoll_event): Resumable<number> {
  const f = fget(cpu, epfd);
  const tf = fget(cpu, fd);
  if (f === null || tf === null) return -EBADF;
  return yield* do_epoll_ctl_file(cpu, f, op, tf, fd, epds);
}

/** How many instances stand in one another below `ep`; more than EP_MAX_NESTS: too many, or `inserting_into` is among them. */
function ep_loop_check_proc(ep: eventpoll, inserting_into: eventpoll, depth: number): number {
  let result = 0;
  for (const epi of ep.rbr) {
    if (!is_file_epoll(epi.ffd.file)) continue;
    const ep_tovisit = epi.ffd.file.private_data as eventpoll;
    if (ep_tovisit === inserting_into || depth > EP_MAX_NESTS) return EP_MAX_NESTS + 1;
    result = Math.max(result, ep_loop_check_proc(ep_tovisit, inserting_into, depth + 1) + 1);
    if (result > EP_MAX_NESTS) break;
  }
  return result;
}

/** In how many instances `ep` stands, one in another. */
function ep_get_upwards_depth_proc(ep: eventpoll): number {
  let result = 0;
  for (const epi of ep.refs) result = Math.max(result, ep_get_upwards_depth_proc(epi.ep) + 1);
  return result;
}

/** Whether instances would nest too deep, or in a circle, were `to` put into `ep`: true then. */
function ep_loop_check(ep: eventpoll, to: eventpoll): boolean {
  const depth = ep_loop_check_proc(to, ep, 0);
  return depth > EP_MAX_NESTS || depth + 1 + ep_get_upwards_depth_proc(ep) > EP_MAX_NESTS;
}

/** The operation asked for makes sense. @helper */
function checkCtl(f: file, op: number, tf: file, epds: epoll_event): boolean {
  if (f === tf || !is_file_epoll(f)) return false;
  if (op === EPOLL_CTL_DEL || (epds.events & EPOLLEXCLUSIVE) === 0) return true;
  if (op === EPOLL_CTL_MOD) return false;
  return !is_file_epoll(tf) && (epds.events & ~EPOLLEXCLUSIVE_OK_BITS) === 0;
}

export function* do_epoll_ctl_file(cpu: Cpu, f: file, op: number, tf: file, fd: number, epds: epoll_event): Resumable<number> {
  if (!file_can_poll(tf)) return -EPERM;
  if (!checkCtl(f, op, tf, epds)) return -EINVAL;
  const ep = f.private_data as eventpoll;
  const event: epoll_event = { events: (epds.events & ~EPOLLWAKEUP) | EPOLLERR | EPOLLHUP, data: epds.data };
  if (op === EPOLL_CTL_ADD && is_file_epoll(tf) && ep_loop_check(ep, tf.private_data as eventpoll)) return -ELOOP;
  const epi = ep_find(ep, tf, fd);
  if (op === EPOLL_CTL_ADD) {
    if (epi !== null) return -EEXIST;
    return yield* ep_insert(cpu, ep, event, tf, fd);
  }
  if (op === EPOLL_CTL_DEL) {
    if (epi === null) return -ENOENT;
    ep_remove(cpu, ep, epi);
    return 0;
  }
  if (op !== EPOLL_CTL_MOD) return -EINVAL;
  if (epi === null) return -ENOENT;
  if ((epi.event.events & EPOLLEXCLUSIVE) !== 0) return -EINVAL;
  return yield* ep_modify(cpu, ep, epi, event);
}

/** @helper When a wait of `timeout` ms is over, ns; -1: never, 0: it does not wait (ep_timeout_to_timespec). */
function expiryOf(cpu: Cpu, timeout: number): number {
  if (timeout < 0) return -1;
  return timeout === 0 ? 0 : cpu.now + timeout * 1_000_000;
}

/** Fills `events`; `timeout` in ms, < 0: no limit. Answers how many there are. */
export function* __x64_sys_epoll_wait(cpu: Cpu, epfd: number, events: epoll_event[], maxevents: number, timeout: number): Resumable<number> {
  spend(cpu, cpu.costs.poll_entry);
  const expires = expiryOf(cpu, timeout);
  return yield* do_epoll_wait(cpu, epfd, events, maxevents, expires);
}

/** epoll_pwait without a signal mask: there are no signals. */
export function* __x64_sys_epoll_pwait(cpu: Cpu, epfd: number, events: epoll_event[], maxevents: number, timeout: number): Resumable<number> {
  spend(cpu, cpu.costs.poll_entry);
  const expires = expiryOf(cpu, timeout);
  return yield* do_epoll_pwait(cpu, epfd, events, maxevents, expires);
}

function* do_epoll_pwait(cpu: Cpu, epfd: number, events: epoll_event[], maxevents: number, expires: number): Resumable<number> {
  return yield* do_epoll_wait(cpu, epfd, events, maxevents, expires);
}

export function* do_epoll_wait(cpu: Cpu, epfd: number, events: epoll_event[], maxevents: number, expires: number): Resumable<number> {
  const file = fget(cpu, epfd);
  if (file === null) return -EBADF;
  if (maxevents <= 0 || maxevents > EP_MAX_EVENTS || !is_file_epoll(file)) return -EINVAL;
  return yield* ep_poll(cpu, file.private_data as eventpoll, events, maxevents, expires);
}
