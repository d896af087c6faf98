/** eventfd (fs/eventfd.c): a counter that can be waited for. */
import type { Resumable } from '../../machine/frames.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import type { file, poll_table } from '../include/linux/fs.ts';
import { O_NONBLOCK, O_RDWR } from '../include/linux/fs.ts';
import { EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT } from '../include/linux/poll.ts';
import { init_waitqueue_head } from '../include/linux/sched.ts';
import type { wait_queue_head } from '../include/linux/sched.ts';
import { SOCK_CLOEXEC } from '../include/linux/socket.ts';
import { EAGAIN, EBADF, EINVAL } from '../include/uapi/asm-generic/errno.ts';
import { schedule } from '../kernel/sched/core.ts';
import { __wake_up, do_wait_intr_irq, finish_wait, init_wait } from '../kernel/sched/wait.ts';
import { alloc_fd, alloc_file, fd_install, fget } from './file.ts';
import { poll_wait } from './select.ts';

export const EFD_SEMAPHORE = 1;
/** ULLONG_MAX there; here the largest count that numbers hold exactly. */
const COUNT_MAX = Number.MAX_SAFE_INTEGER;

/** struct eventfd_ctx. */
export interface eventfd_ctx { wqh: wait_queue_head; count: number; flags: number }

export function* __x64_sys_eventfd2(cpu: Cpu, count: number, flags: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const fd = do_eventfd(cpu, count, flags);
  yield;
  return fd;
}

export function do_eventfd(cpu: Cpu, count: number, flags: number): number {
  if ((flags & ~(EFD_SEMAPHORE | SOCK_CLOEXEC | O_NONBLOCK)) !== 0) return -EINVAL;
  const fd = alloc_fd(cpu);
  if (fd < 0) return fd;
  const ctx: eventfd_ctx = { wqh: init_waitqueue_head(), count, flags };
  fd_install(cpu, fd, alloc_file(cpu, 'eventfd_fops', O_RDWR | (flags & O_NONBLOCK), ctx));
  return fd;
}

export function* eventfd_poll(cpu: Cpu, file: file, wait: poll_table | null): Resumable<number> {
  const ctx = file.private_data as eventfd_ctx;
  poll_wait(cpu, file, ctx.wqh, wait);
  let events = 0;
  if (ctx.count > 0) events |= EPOLLIN;
  if (ctx.count === COUNT_MAX) events |= EPOLLERR;
  if (ctx.count < COUNT_MAX - 1) events |= EPOLLOUT;
  return events;
}

/** The eventfd behind a descriptor, null when it is none. @helper */
export function eventfdOf(cpu: Cpu, fd: number): eventfd_ctx | null {
  const file = fget(cpu, fd);
  return file !== null && file.f_op === 'eventfd_fops' ? (file.private_data as eventfd_ctx) : null;
}

/** @helper */
function eventfdNonblock(cpu: Cpu, fd: number): boolean {
  return (fget(cpu, fd)!.f_flags & O_NONBLOCK) !== 0;
}

/** read(2): takes the count, or one of it (EFD_SEMAPHORE); sleeps while it is 0. Answers the count, or a negative errno. */
export function* eventfd_read(cpu: Cpu, fd: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const ctx = eventfdOf(cpu, fd);
  if (ctx === null) return -EBADF;
  if (ctx.count === 0 && eventfdNonblock(cpu, fd)) return -EAGAIN;
  const wait = init_wait(cpu, 'autoremove_wake_function');
  while (ctx.count === 0) {
    do_wait_intr_irq(cpu, ctx.wqh, wait);
    cpu.current.wait = { what: 'an eventfd to be written', until: -1, since: cpu.now, event: cpu.world.event };
    yield* schedule(cpu);
    cpu.current.wait = null;
  }
  finish_wait(cpu, ctx.wqh, wait);
  const ucnt = (ctx.flags & EFD_SEMAPHORE) !== 0 ? 1 : ctx.count;
  ctx.count -= ucnt;
  if (ctx.wqh.head.length > 0) __wake_up(cpu, ctx.wqh, 1, EPOLLOUT);
  return ucnt;
}

/** write(2): adds to the count; sleeps while that would be too much. */
export function* eventfd_write(cpu: Cpu, fd: number, ucnt: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const ctx = eventfdOf(cpu, fd);
  if (ctx === null) return -EBADF;
  if (ucnt < 0 || ucnt > COUNT_MAX) return -EINVAL;
  if (COUNT_MAX - ctx.count <= ucnt && eventfdNonblock(cpu, fd)) return -EAGAIN;
  const wait = init_wait(cpu, 'autoremove_wake_function');
  while (COUNT_MAX - ctx.count <= ucnt) {
    do_wait_intr_irq(cpu, ctx.wqh, wait);
    cpu.current.wait = { what: 'an eventfd to be read', until: -1, since: cpu.now, event: cpu.world.event };
    yield* schedule(cpu);
    cpu.current.wait = null;
  }
  finish_wait(cpu, ctx.wqh, wait);
  ctx.count += ucnt;
  if (ctx.wqh.head.length > 0) __wake_up(cpu, ctx.wqh, 1, EPOLLIN);
  return 8;
}

/** Who polls it is told that it is gone. */
export function* eventfd_release(cpu: Cpu, file: file): Resumable<number> {
  __wake_up(cpu, (file.private_data as eventfd_ctx).wqh, 1, EPOLLHUP);
  yield;
  return 0;
}
