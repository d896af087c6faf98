/** What sockets do by default when something happens to them (net/core/sock.c): wake those who wait. */
import type { Cpu } from '../../../../machine/types.ts';
import {
  EPOLLERR, EPOLLIN, EPOLLOUT, EPOLLPRI, EPOLLRDBAND, EPOLLRDNORM, EPOLLWRBAND, EPOLLWRNORM,
} from '../../../include/linux/poll.ts';
import type { sock } from '../../../include/net/sock.ts';
import { __wake_up, __wake_up_sync_key } from '../../../kernel/sched/wait.ts';
import { skErrorReport } from '../sock_callbacks.ts';
import { sock_writeable } from './wmem.ts';

/** The state has changed: everybody who waits looks again. */
export function sock_def_wakeup(cpu: Cpu, sk: sock): void {
  if (sk.sk_wq.head.length > 0) __wake_up(cpu, sk.sk_wq, 0, 0);
}

export function sock_def_error_report(cpu: Cpu, sk: sock): void {
  if (sk.sk_wq.head.length > 0) __wake_up(cpu, sk.sk_wq, 1, EPOLLERR);
}

/** There is something to read. */
export function sock_def_readable(cpu: Cpu, sk: sock): void {
  if (sk.sk_wq.head.length > 0) __wake_up_sync_key(cpu, sk.sk_wq, EPOLLIN | EPOLLPRI | EPOLLRDNORM | EPOLLRDBAND);
}

/** Wakes senders once half of the send buffer is free: earlier they would only fill it packet by packet. */
export function sock_def_write_space(cpu: Cpu, sk: sock): void {
  if (sock_writeable(sk) && sk.sk_wq.head.length > 0) {
    __wake_up_sync_key(cpu, sk.sk_wq, EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND);
  }
}

/** The same, called while the packet that made the room is freed. */
export function sock_def_write_space_wfree(cpu: Cpu, sk: sock): void {
  if (sock_writeable(sk) && sk.sk_wq.head.length > 0) {
    __wake_up_sync_key(cpu, sk.sk_wq, EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND);
  }
}

/** sk_err has been set. */
export function sk_error_report(cpu: Cpu, sk: sock): void {
  skErrorReport(cpu, sk);
}
