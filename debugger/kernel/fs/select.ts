/** poll(2) and select(2) (fs/select.c): a task waits on many files by standing in each one's wait queue. */
import { perKib } from '../../machine/costs.ts';
import type { Resumable } from '../../machine/frames.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import type { file, poll_table } from '../include/linux/fs.ts';
import {
  BITS_PER_LONG, EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLNVAL, EPOLLOUT, EPOLLPRI, EPOLLRDBAND, EPOLLRDNORM, EPOLLWRBAND, EPOLLWRNORM, FDS_LONGS, POLL_BUSY_LOOP,
  demangle_poll,
} from '../include/linux/poll.ts';
import type { fd_set, fd_set_bits, poll_table_entry, poll_wqueues, pollfd } from '../include/linux/poll.ts';
import { TASK_INTERRUPTIBLE, TASK_RUNNING } from '../include/linux/sched.ts';
import type { wait_queue_entry, wait_queue_head } from '../include/linux/sched.ts';
import { busy_loop_current_time, busy_loop_timeout, net_busy_loop_on } from '../include/net/busy_poll.ts';
import { EBADF, EINVAL } from '../include/uapi/asm-generic/errno.ts';
import { add_wait_queue, default_wake_function, init_wait, remove_wait_queue } from '../kernel/sched/wait.ts';
import { schedule_hrtimeout_range } from '../kernel/time/sleep_timeout.ts';
import { ep_ptable_queue_proc } from './eventpoll/insert.ts';
import { RLIMIT_NOFILE, fget, fput, get_file } from './file.ts';
import { vfs_poll } from './file_operations.ts';
import { polledText, selectedText } from './select/watched_text.ts';

/** Poll events by which a descriptor belongs into each of select's three sets. */
const POLLIN_SET = EPOLLRDNORM | EPOLLRDBAND | EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLNVAL;
const POLLOUT_SET = EPOLLWRBAND | EPOLLWRNORM | EPOLLOUT | EPOLLERR | EPOLLNVAL;
const POLLEX_SET = EPOLLPRI | EPOLLNVAL;

/** Bytes of a struct pollfd. */
const SIZEOF_POLLFD = 8;
/** A task's descriptor table has this room at least (NR_OPEN_DEFAULT). */
const LEAST_FDTABLE = 64;

const queue_procs: Record<string, (cpu: Cpu, filp: file, head: wait_queue_head, p: poll_table) => void> = { __pollwait, ep_ptable_queue_proc };

/** A table whose entries wake the running task. */
function poll_initwait(cpu: Cpu): poll_wqueues {
  const pwq: poll_wqueues = { pt: { _qproc: '__pollwait', _key: 0, data: null }, polling_task: cpu.current, triggered: false, entries: [] };
  pwq.pt.data = pwq;
  return pwq;
}

/** Called by each file's poll function for every queue that will be woken when its answer changes. */
export function poll_wait(cpu: Cpu, filp: file, head: wait_queue_head, p: poll_table | null): void {
  if (p !== null && p._qproc !== null) queue_procs[p._qproc]!(cpu, filp, head, p);
}

/** A fresh entry of the table. */
function poll_get_entry(cpu: Cpu, pwq: poll_wqueues, filp: file): poll_table_entry {
  const entry: poll_table_entry = { filp, key: pwq.pt._key, wait: init_wait(cpu, 'pollwake') };
  pwq.entries.push(entry);
  return entry;
}

/** Puts the polling task on a wait queue, to be woken by events it asked for; the file stays until poll_freewait(). */
export function __pollwait(cpu: Cpu, filp: file, head: wait_queue_head, p: poll_table): void {
  const pwq = p.data as poll_wqueues;
  const entry = poll_get_entry(cpu, pwq, get_file(filp));
  entry.wait.data = { pwq, key: entry.key };
  add_wait_queue(cpu, head, entry.wait);
}

/** Wakes the polling task, unless the event is none that it asked for. */
export function pollwake(cpu: Cpu, wait: wait_queue_entry, key: number): number {
  const data = wait.data as { pwq: poll_wqueues; key: number };
  if (key !== 0 && (key & data.key) === 0) return 0;
  return __pollwake(cpu, wait, key);
}

export function __pollwake(cpu: Cpu, wait: wait_queue_entry, key: number): number {
  (wait.data as { pwq: poll_wqueues }).pwq.triggered = true;
  return default_wake_function(cpu, wait, key);
}

/** Whether to busy-poll (POLL_BUSY_LOOP or 0), whether this round met a socket that can, and since when it goes on so (0: not yet). */
interface BusyState { flag: number; can_busy_loop: boolean; busy_start: number }

/** @helper */
function createBusyState(cpu: Cpu): BusyState {
  return { flag: net_busy_loop_on(cpu) ? POLL_BUSY_LOOP : 0, can_busy_loop: false, busy_start: 0 };
}

/** After a round that found nothing: whether the next one follows at once. @helper */
function goesOnBusy(cpu: Cpu, busy: BusyState): boolean {
  if (!busy.can_busy_loop || cpu.need_resched) return false;
  if (busy.busy_start !== 0) return !busy_loop_timeout(cpu, busy.busy_start);
  busy.busy_start = busy_loop_current_time(cpu);
  return true;
}

/** What one descriptor is ready for, of what was asked and of what is always told. */
function* do_pollfd(cpu: Cpu, pollfd: pollfd, pwait: poll_table, busy: BusyState): Resumable<number> {
  if (pollfd.fd < 0) return 0;
  spend(cpu, cpu.costs.poll_fd);
  const file = fget(cpu, pollfd.fd);
  if (file === null) return EPOLLNVAL;
  const filter = demangle_poll(pollfd.events) | EPOLLERR | EPOLLHUP;
  pwait._key = filter | busy.flag;
  const mask = yield* vfs_poll(cpu, file, pwait);
  if ((mask & busy.flag) !== 0) busy.can_busy_loop = true;
  return mask & filter;
}

/**
 * Asks all descriptors, in rounds with sleeps between, until something is ready or the clock reads `end_time` ns (-1: no limit, 0: do not
 * wait). Once something is ready, or the task stands in all queues, they are only asked. Answers how many are ready.
 */
function* do_poll(cpu: Cpu, fds: pollfd[], wait: poll_wqueues, end_time: number): Resumable<number> {
  const pt = wait.pt;
  let timed_out = end_time === 0;
  const busy = createBusyState(cpu);
  if (timed_out) pt._qproc = null;
  for (;;) {
    let count = 0;
    busy.can_busy_loop = false;
    for (let i = 0; i < fds.length; i++) {
      const mask = yield* do_pollfd(cpu, fds[i]!, pt, busy);
      fds[i]!.revents = mask;
      if (mask !== 0) {
        count++;
        pt._qproc = null;
        busy.flag = 0;
        busy.can_busy_loop = false;
      }
      yield;
    }
    pt._qproc = null;
    if (count > 0 || timed_out) return count;
    if (goesOnBusy(cpu, busy)) continue;
    busy.flag = 0;
    timed_out = yield* poll_schedule_timeout(cpu, wait, polledText(fds), end_time);
  }
}

/** Sleeps until a queue wakes the task; true when the time was up. `what` says what it waits for. */
function* poll_schedule_timeout(cpu: Cpu, pwq: poll_wqueues, what: string, expires: number): Resumable<boolean> {
  let up = false;
  cpu.current.__state = TASK_INTERRUPTIBLE;
  if (!pwq.triggered) {
    cpu.current.wait = { what, until: expires, since: cpu.now, event: cpu.world.event };
    up = yield* schedule_hrtimeout_range(cpu, expires);
    cpu.current.wait = null;
  }
  cpu.current.__state = TASK_RUNNING;
  pwq.triggered = false;
  return up;
}

/** The program's array is copied in, asked about, and gets its `revents` back. `end_time` as do_poll()'s. -EINVAL for more than RLIMIT_NOFILE. */
export function* do_sys_poll(cpu: Cpu, ufds: pollfd[], end_time: number): Resumable<number> {
  if (ufds.length > RLIMIT_NOFILE) return -EINVAL;
  spend(cpu, perKib(cpu.costs.copy_from_user_kib, ufds.length * SIZEOF_POLLFD));
  const head: pollfd[] = [];
  for (let i = 0; i < ufds.length; i++) head.push({ fd: ufds[i]!.fd, events: ufds[i]!.events & 0xffff, revents: 0 });
  const table = poll_initwait(cpu);
  const fdcount = yield* do_poll(cpu, head, table, end_time);
  poll_freewait(cpu, table);
  for (let i = 0; i < head.length; i++) ufds[i]!.revents = head[i]!.revents;
  return fdcount;
}

/** Off its queue, and the file let go. */
function free_poll_entry(cpu: Cpu, entry: poll_table_entry): void {
  if (entry.wait.head !== null) remove_wait_queue(cpu, entry.wait.head, entry.wait);
  fput(cpu, entry.filp);
}

/** Off all queues. */
export function poll_freewait(cpu: Cpu, pwq: poll_wqueues): void {
  for (const entry of pwq.entries) free_poll_entry(cpu, entry);
}

/** Time of the clock at which a timeout of `ns` is over; -1 for none, 0 for one of zero, which does not wait. */
function poll_select_set_timeout(cpu: Cpu, ns: number): number {
  return ns < 0 ? -1 : ns === 0 ? 0 : cpu.now + ns;
}

/** poll(2); `timeout_msecs` < 0: no limit. Answers how many descriptors have `revents`. */
export function* __x64_sys_poll(cpu: Cpu, ufds: pollfd[], timeout_msecs: number): Resumable<number> {
  spend(cpu, cpu.costs.poll_entry);
  const end_time = poll_select_set_timeout(cpu, timeout_msecs < 0 ? -1 : timeout_msecs * 1_000_000);
  return yield* do_sys_poll(cpu, ufds, end_time);
}

/** Bits of word `i` that any of the three sets has. @helper */
function asked(fds: fd_set_bits, i: number): number {
  return (fds.in[i] ?? 0) | (fds.out[i] ?? 0) | (fds.ex[i] ?? 0);
}

/** One more than the highest descriptor below `n` in any set; -EBADF when one of them is not open. */
function max_select_fd(cpu: Cpu, n: number, fds: fd_set_bits): number {
  let max = 0;
  for (let fd = 0; fd < n; fd++) {
    if ((asked(fds, Math.floor(fd / BITS_PER_LONG)) & (1 << (fd % BITS_PER_LONG))) === 0) continue;
    if (fget(cpu, fd) === null) return -EBADF;
    max = fd + 1;
  }
  return max;
}

/** What one descriptor is ready for; `bit` is its bit in the words `inp` and `outp`. */
function* select_poll_one(cpu: Cpu, fd: number, wait: poll_table, inp: number, outp: number, bit: number, ll_flag: number): Resumable<number> {
  spend(cpu, cpu.costs.poll_fd);
  const file = fget(cpu, fd);
  if (file === null) return EPOLLNVAL;
  wait._key = POLLEX_SET | ll_flag;
  if ((inp & bit) !== 0) wait._key |= POLLIN_SET;
  if ((outp & bit) !== 0) wait._key |= POLLOUT_SET;
  return yield* vfs_poll(cpu, file, wait);
}

/** Enters descriptor `fd` into the result sets it belongs to and answers into how many. @helper */
function* selectOne(cpu: Cpu, fds: fd_set_bits, fd: number, wait: poll_table, busy: BusyState): Resumable<number> {
  const word = Math.floor(fd / BITS_PER_LONG);
  const bit = 1 << (fd % BITS_PER_LONG);
  const mask = yield* select_poll_one(cpu, fd, wait, fds.in[word]!, fds.out[word]!, bit, busy.flag);
  const isIn = (mask & POLLIN_SET) !== 0 && (fds.in[word]! & bit) !== 0;
  const isOut = (mask & POLLOUT_SET) !== 0 && (fds.out[word]! & bit) !== 0;
  const isEx = (mask & POLLEX_SET) !== 0 && (fds.ex[word]! & bit) !== 0;
  if (isIn) fds.res_in[word]! |= bit;
  if (isOut) fds.res_out[word]! |= bit;
  if (isEx) fds.res_ex[word]! |= bit;
  const found = Number(isIn) + Number(isOut) + Number(isEx);
  if (found > 0) wait._qproc = null;
  else if ((mask & busy.flag) !== 0) busy.can_busy_loop = true;
  return found;
}

/** Looks at all descriptors below `n`, in rounds with sleeps between, until something is ready or the clock reads `end_time` ns (-1: no limit, 0: do not wait). */
function* do_select(cpu: Cpu, n: number, fds: fd_set_bits, end_time: number): Resumable<number> {
  const nfds = max_select_fd(cpu, n, fds);
  if (nfds < 0) return nfds;
  const table = poll_initwait(cpu);
  const wait = table.pt;
  let timed_out = end_time === 0;
  if (timed_out) wait._qproc = null;
  const busy = createBusyState(cpu);
  let retval = 0;
  for (;;) {
    busy.can_busy_loop = false;
    for (let fd = 0; fd < nfds; fd++) {
      if ((asked(fds, Math.floor(fd / BITS_PER_LONG)) & (1 << (fd % BITS_PER_LONG))) === 0) continue;
      const found = yield* selectOne(cpu, fds, fd, wait, busy);
      retval += found;
      if (retval > 0) busy.flag = 0;
      yield;
    }
    wait._qproc = null;
    if (retval > 0 || timed_out) break;
    if (goesOnBusy(cpu, busy)) continue;
    busy.flag = 0;
    timed_out = yield* poll_schedule_timeout(cpu, table, selectedText(fds, nfds), end_time);
  }
  poll_freewait(cpu, table);
  return retval;
}

/** A set of `words` words: those of `from`, zeros beyond. @helper */
function fdSetCopy(from: fd_set, words: number): fd_set {
  const copy: fd_set = [];
  for (let i = 0; i < words; i++) copy.push(from[i] ?? 0);
  return copy;
}

/** The sets are read, and replaced by those of the ready descriptors. */
export function* core_sys_select(cpu: Cpu, n: number, inp: fd_set, outp: fd_set, exp: fd_set, end_time: number): Resumable<number> {
  if (n < 0) return -EINVAL;
  const nfds = Math.min(n, Math.max(LEAST_FDTABLE, cpu.current.files.length));
  const words = FDS_LONGS(nfds);
  const fds: fd_set_bits = {
    in: fdSetCopy(inp, words), out: fdSetCopy(outp, words), ex: fdSetCopy(exp, words), res_in: fdSetCopy([], words), res_out: fdSetCopy([], words), res_ex: fdSetCopy([], words),
  };
  const ret = yield* do_select(cpu, nfds, fds, end_time);
  if (ret < 0) return ret;
  for (let i = 0; i < words; i++) {
    inp[i] = fds.res_in[i]!;
    outp[i] = fds.res_out[i]!;
    exp[i] = fds.res_ex[i]!;
  }
  return ret;
}

export function* kern_select(cpu: Cpu, n: number, inp: fd_set, outp: fd_set, exp: fd_set, timeout_us: number): Resumable<number> {
  const end_time = poll_select_set_timeout(cpu, timeout_us < 0 ? -1 : timeout_us * 1000);
  return yield* core_sys_select(cpu, n, inp, outp, exp, end_time);
}

/** select(2) over descriptors below `n`; `timeout_us` < 0: no limit. Answers how many bits are left in the sets. */
export function* __x64_sys_select(cpu: Cpu, n: number, inp: fd_set, outp: fd_set, exp: fd_set, timeout_us: number): Resumable<number> {
  spend(cpu, cpu.costs.poll_entry);
  return yield* kern_select(cpu, n, inp, outp, exp, timeout_us);
}
