/** NAPI: devices are polled in NET_RX softirq after their first interrupt (net/core/dev.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { NAPI_STATE_DISABLE, NAPI_STATE_IN_BUSY_POLL, NAPI_STATE_MISSED, NAPI_STATE_SCHED, NAPI_STATE_SCHED_THREADED, NAPI_STATE_THREADED } from '../../../include/linux/netdevice.ts';
import type { napi_struct, softnet_data } from '../../../include/linux/netdevice.ts';
import type { hrtimer } from '../../../include/linux/timer.ts';
import { NET_RX_SOFTIRQ, __raise_softirq_irqoff, raise_softirq_irqoff } from '../../../kernel/softirq.ts';
import { wake_up_process } from '../../../kernel/sched/wake.ts';
import { hrtimer_setup, hrtimer_start, HRTIMER_NORESTART } from '../../../kernel/time/hrtimer.ts';
import { HZ, jiffies, usecs_to_jiffies } from '../../../kernel/time/jiffies.ts';
import { gro_flush_normal } from '../gro/flush.ts';
import { skb_defer_free_flush } from '../skbuff/defer.ts';
import { igb_poll } from '../../../drivers/net/ethernet/intel/igb/igb_poll.ts';
import { veth_poll } from '../../../drivers/net/veth.ts';
import { process_backlog } from './backlog.ts';
import { net_rps_action_and_irq_enable } from './rps.ts';

/** Poll functions by name (napi_struct.poll). */
export const poll_functions: Record<string, (cpu: Cpu, napi: napi_struct, budget: number) => Resumable<number>> = { igb_poll, process_backlog, veth_poll };

/** Claims the instance for polling: false when it is scheduled already (it will be polled once more) or disabled. */
export function napi_schedule_prep(_cpu: Cpu, n: napi_struct): boolean {
  if ((n.state & NAPI_STATE_DISABLE) !== 0) return false;
  const scheduled = (n.state & NAPI_STATE_SCHED) !== 0;
  n.state |= scheduled ? NAPI_STATE_MISSED : NAPI_STATE_SCHED;
  return !scheduled;
}

export function __napi_schedule(cpu: Cpu, n: napi_struct): void {
  ____napi_schedule(cpu, cpu.host.softnet[cpu.id]!, n);
}

export function __napi_schedule_irqoff(cpu: Cpu, n: napi_struct): void {
  ____napi_schedule(cpu, cpu.host.softnet[cpu.id]!, n);
}

/** To the instance's kernel thread, or onto this CPU's poll list: a running net_rx_action looks there itself, else the softirq is raised. */
export function ____napi_schedule(cpu: Cpu, sd: softnet_data, napi: napi_struct): void {
  if ((napi.state & NAPI_STATE_THREADED) !== 0) {
    napi.state |= NAPI_STATE_SCHED_THREADED;
    napi.scheduled_at = cpu.now;
    wake_up_process(cpu, napi.thread!);
    return;
  }
  sd.poll_list.push(napi);
  napi.list_owner = cpu.id;
  napi.scheduled_at = cpu.now;
  if (!sd.in_net_rx_action) raise_softirq_irqoff(cpu, NET_RX_SOFTIRQ);
}

/**
 * The ring is empty: what GRO holds goes up the stack, and polling ends. Answers whether the driver may enable its interrupt:
 * not when an interrupt came meanwhile (MISSED: polled again), nor when hard interrupts are deferred to a timer. To a task that
 * busy-polls it means nothing: that one ends its polling itself (busy_poll_stop).
 */
export function* napi_complete_done(cpu: Cpu, n: napi_struct, work_done: number): Resumable<boolean> {
  if ((n.state & NAPI_STATE_IN_BUSY_POLL) !== 0) return false;
  spend(cpu, cpu.costs.napi_complete_done);
  let may_enable = true;
  let timeout = 0;
  if (work_done > 0) {
    if (n.gro_list.length > 0) timeout = n.dev!.gro_flush_timeout;
    n.defer_hard_irqs_count = n.dev!.napi_defer_hard_irqs;
  }
  if (n.defer_hard_irqs_count > 0) {
    n.defer_hard_irqs_count--;
    timeout = n.dev!.gro_flush_timeout;
    if (timeout > 0) may_enable = false;
  }
  yield* gro_flush_normal(cpu, n, timeout > 0);
  n.list_owner = -1;
  const missed = (n.state & NAPI_STATE_MISSED) !== 0;
  n.state &= ~(NAPI_STATE_MISSED | NAPI_STATE_SCHED | NAPI_STATE_SCHED_THREADED);
  if (missed) {
    n.state |= NAPI_STATE_SCHED;
    __napi_schedule(cpu, n);
    return false;
  }
  if (timeout > 0) {
    if (n.timer === null) n.timer = hrtimer_setup('napi_watchdog', n);
    hrtimer_start(cpu, n.timer, cpu.now + timeout);
  }
  return may_enable;
}

/** The timer that stands in for the interrupt (gro_flush_timeout). */
export function napi_watchdog(cpu: Cpu, timer: hrtimer): number {
  const napi = timer.data as napi_struct;
  if ((napi.state & (NAPI_STATE_SCHED | NAPI_STATE_DISABLE)) === 0) {
    napi.state |= NAPI_STATE_SCHED;
    __napi_schedule_irqoff(cpu, napi);
  }
  return HRTIMER_NORESTART;
}

/** One poll of one instance. Work of a full weight means that there is more: it stays scheduled, and goes to `repoll`. */
export function* __napi_poll(cpu: Cpu, n: napi_struct, repoll: napi_struct[]): Resumable<number> {
  spend(cpu, cpu.costs.napi_poll);
  const weight = n.weight;
  if ((n.state & NAPI_STATE_SCHED) === 0) return 0;
  const work = yield* poll_functions[n.poll]!(cpu, n, weight);
  if (work < weight) return work;
  if ((n.state & NAPI_STATE_DISABLE) !== 0) {
    yield* napi_complete_done(cpu, n, 0);
    return work;
  }
  yield* gro_flush_normal(cpu, n, HZ >= 1000);
  repoll.push(n);
  return work;
}

/** Takes an instance off the round's list and polls it. */
function* napi_poll(cpu: Cpu, list: napi_struct[], repoll: napi_struct[]): Resumable<number> {
  const n = list.shift()!;
  const work = yield* __napi_poll(cpu, n, repoll);
  return work;
}

/** NET_RX softirq: polls what is scheduled, round robin, until the budget of packets or of time is used up. */
export function* net_rx_action(cpu: Cpu): Resumable<void> {
  const sd = cpu.host.softnet[cpu.id]!;
  const knobs = cpu.host.knobs;
  const time_limit = jiffies(cpu) + usecs_to_jiffies(knobs.netdev_budget_usecs!);
  let budget = knobs.netdev_budget!;
  const list: napi_struct[] = [];
  const repoll: napi_struct[] = [];
  sd.in_net_rx_action = true;
  take_poll_list(sd, list);
  for (;;) {
    skb_defer_free_flush(cpu);
    if (list.length === 0) {
      if (repoll.length === 0) {
        sd.in_net_rx_action = false;
        if (sd.poll_list.length > 0) {
          sd.in_net_rx_action = true;
          take_poll_list(sd, list);
          continue;
        }
        if (sd.rps_ipi_list.length === 0) return;
      }
      break;
    }
    const work = yield* napi_poll(cpu, list, repoll);
    budget -= work;
    yield;
    if (budget <= 0 || jiffies(cpu) >= time_limit) {
      sd.time_squeeze++;
      break;
    }
  }
  end_of_round(cpu, sd, list, repoll);
}

/** @helper Moves what is scheduled to the round's own list. */
function take_poll_list(sd: softnet_data, list: napi_struct[]): void {
  for (let i = 0; i < sd.poll_list.length; i++) list.push(sd.poll_list[i]!);
  sd.poll_list = [];
}

/** @helper Unfinished instances first, then those that came meanwhile, then those that had a full poll; NET_RX again when there are any. */
function end_of_round(cpu: Cpu, sd: softnet_data, list: napi_struct[], repoll: napi_struct[]): void {
  take_poll_list(sd, list);
  for (let i = 0; i < repoll.length; i++) list.push(repoll[i]!);
  sd.poll_list = list;
  if (list.length > 0) __raise_softirq_irqoff(cpu, NET_RX_SOFTIRQ);
  else sd.in_net_rx_action = false;
  net_rps_action_and_irq_enable(cpu, sd);
}
