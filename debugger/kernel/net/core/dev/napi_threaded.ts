/** Threaded NAPI: an instance is polled by a kernel thread of its own instead of NET_RX softirq (net/core/dev.c). */
import { start } from '../../../../machine/frames.ts';
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { NAPI_STATE_SCHED_THREADED, NAPI_STATE_THREADED } from '../../../include/linux/netdevice.ts';
import type { napi_struct } from '../../../include/linux/netdevice.ts';
import { TASK_INTERRUPTIBLE, TASK_RUNNING } from '../../../include/linux/sched.ts';
import { copy_process } from '../../../kernel/fork.ts';
import { schedule } from '../../../kernel/sched/core.ts';
import { local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { skb_defer_free_flush } from '../skbuff/defer.ts';
import { __napi_poll } from './napi.ts';
import { net_rps_action_and_irq_enable } from './rps.ts';

/** The thread of an instance, asleep; it may run on any CPU. */
export function napi_kthread_create(cpu: Cpu, n: napi_struct): void {
  const thread = copy_process(cpu, `napi/${n.dev!.name}-${n.napi_id}`, 'kthread', -1);
  thread.__state = TASK_INTERRUPTIBLE;
  start(thread.context, napi_threaded_poll, cpu, n);
  n.thread = thread;
  n.state |= NAPI_STATE_THREADED;
}

export function* napi_threaded_poll(cpu: Cpu, napi: napi_struct): Resumable<void> {
  for (;;) {
    yield* napi_thread_wait(cpu, napi);
    yield* napi_threaded_poll_loop(cpu, napi);
  }
}

/** Until the instance is scheduled for its thread. */
function* napi_thread_wait(cpu: Cpu, napi: napi_struct): Resumable<void> {
  while ((napi.state & NAPI_STATE_SCHED_THREADED) === 0) {
    cpu.current.__state = TASK_INTERRUPTIBLE;
    cpu.current.wait = { what: 'its device to have packets', until: -1, since: cpu.now, event: cpu.world.event };
    yield* schedule(cpu);
    cpu.current.wait = null;
  }
  cpu.current.__state = TASK_RUNNING;
}

/** Polls while there is more to do; bottom halves are disabled for each poll only, and others may run between two. */
function* napi_threaded_poll_loop(cpu: Cpu, napi: napi_struct): Resumable<void> {
  for (;;) {
    local_bh_disable(cpu);
    const sd = cpu.host.softnet[cpu.id]!;
    sd.in_napi_threaded_poll = true;
    const repoll: napi_struct[] = [];
    yield* __napi_poll(cpu, napi, repoll);
    sd.in_napi_threaded_poll = false;
    if (sd.rps_ipi_list.length > 0) net_rps_action_and_irq_enable(cpu, sd);
    skb_defer_free_flush(cpu);
    local_bh_enable(cpu);
    if (repoll.length === 0) break;
    yield;
    if (cpu.need_resched) yield* schedule(cpu);
  }
}
