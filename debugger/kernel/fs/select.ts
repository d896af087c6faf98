/** poll(2) (fs/select.c): a task waits on many files by standing in each one's wait queue. */
import type { Resumable } from '../../machine/frames.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import type { file, poll_table } from '../include/linux/fs.ts';
import { EPOLLERR, EPOLLHUP, EPOLLNVAL } from '../include/linux/poll.ts';
import type { pollfd } from '../include/linux/poll.ts';
import { TASK_INTERRUPTIBLE, TASK_RUNNING } from '../include/linux/sched.ts';
import type { task_struct, wait_queue_entry, wait_queue_head } from '../include/linux/sched.ts';
import { add_wait_queue, default_wake_function, init_wait, remove_wait_queue } from '../kernel/sched/wait.ts';
import { schedule_hrtimeout_range } from '../kernel/time/sleep_timeout.ts';
import { ep_ptable_queue_proc } from './eventpoll/insert.ts';
import { fget } from './file.ts';
import { vfs_poll } from './file_operations.ts';

/** struct poll_wqueues: what a poll in progress keeps beside its table. */
interface poll_wqueues { polling_task: task_struct; triggered: boolean }

const queue_procs: Record<string, (cpu: Cpu, filp: file, head: wait_queue_head, p: poll_table) => void> = { __pollwait, ep_ptable_queue_proc };

/** Called by each file's poll function for every queue that will be woken when its answer changes. */
export function poll_wait(cpu: Cpu, filp: file, head: wait_queue_head, p: poll_table | null): void {
  if (p !== null && p._qproc !== null) queue_procs[p._qproc]!(cpu, filp, head, p);
}

/** Puts the polling task on a wait queue, to be woken by events it asked for. */
export function __pollwait(cpu: Cpu, _filp: file, head: wait_queue_head, p: poll_table): void {
  const entry = init_wait(cpu, 'pollwake');
  entry.data = { pwq: p.data, key: p._key };
  p.entries.push(entry);
  add_wait_queue(cpu, head, entry);
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

/** What one descriptor is ready for, of what was asked and of what is always told. */
function do_pollfd(cpu: Cpu, pollfd: pollfd, pt: poll_table): number {
  if (pollfd.fd < 0) return 0;
  const file = fget(cpu, pollfd.fd);
  if (file === null) return EPOLLNVAL;
  const filter = pollfd.events | EPOLLERR | EPOLLHUP;
  pt._key = filter;
  return vfs_poll(cpu, file, pt) & filter;
}

/** One round over the descriptors; once something is ready or the task stands in all queues, later rounds only ask. */
function pollRound(cpu: Cpu, fds: pollfd[], pt: poll_table): number {
  let count = 0;
  for (const pollfd of fds) {
    pollfd.revents = do_pollfd(cpu, pollfd, pt);
    if (pollfd.revents === 0) continue;
    count++;
    pt._qproc = null;
  }
  pt._qproc = null;
  return count;
}

/** Until something is ready or the clock reads `end_time` ns (-1: no limit, 0: do not wait). */
function* do_poll(cpu: Cpu, fds: pollfd[], pt: poll_table, end_time: number): Resumable<number> {
  const pwq = pt.data as poll_wqueues;
  let timed_out = end_time === 0;
  if (timed_out) pt._qproc = null;
  for (;;) {
    const count = pollRound(cpu, fds, pt);
    if (count > 0 || timed_out) return count;
    timed_out = yield* poll_schedule_timeout(cpu, pwq, end_time);
  }
}

/** Sleeps until a queue wakes the task; true when the time was up. */
function* poll_schedule_timeout(cpu: Cpu, pwq: poll_wqueues, expires: number): Resumable<boolean> {
  let up = false;
  cpu.current.__state = TASK_INTERRUPTIBLE;
  if (!pwq.triggered) {
    cpu.current.wait = { what: 'a descriptor of poll()', until: expires, since: cpu.now, event: cpu.world.event };
    up = yield* schedule_hrtimeout_range(cpu, expires);
    cpu.current.wait = null;
  }
  cpu.current.__state = TASK_RUNNING;
  pwq.triggered = false;
  return up;
}

/** `timeout` in ns from now; -1: no limit. */
export function* do_sys_poll(cpu: Cpu, ufds: pollfd[], timeout: number): Resumable<number> {
  const pwq: poll_wqueues = { polling_task: cpu.current, triggered: false };
  const pt: poll_table = { _qproc: '__pollwait', _key: 0, entries: [], data: pwq };
  const end_time = timeout < 0 ? -1 : timeout === 0 ? 0 : cpu.now + timeout;
  const count = yield* do_poll(cpu, ufds, pt, end_time);
  poll_freewait(cpu, pt);
  return count;
}

/** Off all queues. */
export function poll_freewait(cpu: Cpu, pt: poll_table): void {
  for (const entry of pt.entries) if (entry.head !== null) remove_wait_queue(cpu, entry.head, entry);
}

/** poll(2); `timeout_msecs` < 0: no limit. Answers how many descriptors have `revents`. */
export function* __x64_sys_poll(cpu: Cpu, ufds: pollfd[], timeout_msecs: number): Resumable<number> {
  spend(cpu, cpu.costs.poll_entry);
  return yield* do_sys_poll(cpu, ufds, timeout_msecs < 0 ? -1 : timeout_msecs * 1_000_000);
}
