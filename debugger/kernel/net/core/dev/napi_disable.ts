/** An instance is taken out of service, and put into it again (net/core/dev.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { NAPI_STATE_DISABLE, NAPI_STATE_SCHED, NAPI_STATE_THREADED } from '../../../include/linux/netdevice.ts';
import type { napi_struct } from '../../../include/linux/netdevice.ts';
import { hrtimer_cancel } from '../../../kernel/time/hrtimer.ts';
import { usleep_range } from '../../../kernel/time/sleep_timeout.ts';

/** Waits until nobody polls it; from then on it counts as scheduled, so that nobody can. */
export function* napi_disable(cpu: Cpu, n: napi_struct): Resumable<void> {
  n.state |= NAPI_STATE_DISABLE;
  while ((n.state & NAPI_STATE_SCHED) !== 0) yield* usleep_range(cpu, 200, `${n.name} to be polled to its end`);
  n.state |= NAPI_STATE_SCHED;
  n.state &= ~NAPI_STATE_THREADED;
  if (n.timer !== null) hrtimer_cancel(cpu, n.timer);
  n.state &= ~NAPI_STATE_DISABLE;
}

export function napi_enable(_cpu: Cpu, n: napi_struct): void {
  n.state &= ~NAPI_STATE_SCHED;
  if (n.thread !== null) n.state |= NAPI_STATE_THREADED;
}
