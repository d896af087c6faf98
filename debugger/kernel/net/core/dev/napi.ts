/** NAPI: devices that asked to be polled, and NET_RX softirq, which polls them (net/core/dev.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { igb_poll } from '../../../drivers/net/ethernet/intel/igb/igb_poll.ts';
import { NAPI_STATE_DISABLE, NAPI_STATE_MISSED, NAPI_STATE_SCHED } from '../../../include/linux/netdevice.ts';
import type { napi_struct, softnet_data } from '../../../include/linux/netdevice.ts';
import { NET_RX_SOFTIRQ, __raise_softirq_irqoff } from '../../../kernel/softirq.ts';
import { jiffies, usecs_to_jiffies } from '../../../kernel/time/jiffies.ts';
import { __gro_flush, gro_normal_list } from '../gro.ts';
import { skb_defer_free_flush } from '../skbuff/defer.ts';
import { process_backlog } from './backlog.ts';
import { net_rps_action_and_irq_enable } from './rps.ts';
import { this_cpu_softnet } from './softnet.ts';

/** Poll functions by name: (napi, budget) -> packets received. */
const polls: Record<string, (cpu: Cpu, napi: napi_struct, budget: number) => Resumable<number>> = { igb_poll, process_backlog };

/** Claims the instance; false when it is scheduled already: then its poll will look again (MISSED). */
export function napi_schedule_prep(_cpu: Cpu, n: napi_struct): boolean {
  if ((n.state & NAPI_STATE_DISABLE) !== 0) return false;
  const scheduled = (n.state & NAPI_STATE_SCHED) !== 0;
  n.state |= scheduled ? NAPI_STATE_MISSED : NAPI_STATE_SCHED;
  return !scheduled;
}

export function __napi_schedule(cpu: Cpu, n: napi_struct): void {
  ____napi_schedule(cpu, this_cpu_softnet(cpu), n);
}

/** As __napi_schedule, from a hard interrupt. */
export function __napi_schedule_irqoff(cpu: Cpu, n: napi_struct): void {
  ____napi_schedule(cpu, this_cpu_softnet(cpu), n);
}

export function napi_schedule(cpu: Cpu, n: napi_struct): void {
  if (napi_schedule_prep(cpu, n)) __napi_schedule(cpu, n);
}

/** Onto the CPU's poll list; net_rx_action, if it runs here now, looks at the list again itself. */
export function ____napi_schedule(cpu: Cpu, sd: softnet_data, napi: napi_struct): void {
  sd.poll_list.push(napi);
  napi.list_owner = cpu.id;
  napi.scheduled_at = cpu.now;
  if (!sd.in_net_rx_action) __raise_softirq_irqoff(cpu, NET_RX_SOFTIRQ);
}

/** NET_RX softirq: polls until nothing is left, or until the budget of packets or jiffies is used up (time_squeeze). */
export function* net_rx_action(cpu: Cpu): Resumable<void> {
  const sd = this_cpu_softnet(cpu);
  const time_limit = jiffies(cpu) + usecs_to_jiffies(cpu.host.knobs.netdev_budget_usecs!);
  let budget = cpu.host.knobs.netdev_budget!;
  let list = takePollList(sd);
  const repoll: napi_struct[] = [];
  for (;;) {
    skb_defer_free_flush(cpu);
    if (list.length === 0) {
      if (repoll.length > 0) break;
      sd.in_net_rx_action = false;
      if (sd.poll_list.length > 0) {
        list = takePollList(sd);
        continue;
      }
      if (sd.rps_ipi_list.length === 0) return;
      break;
    }
    const n = list.shift()!;
    const work = yield* napi_poll(cpu, n, repoll);
    budget -= work;
    if (budget <= 0 || jiffies(cpu) >= time_limit) {
      sd.time_squeeze++;
      break;
    }
  }
  sd.poll_list = [...list, ...sd.poll_list, ...repoll];
  sd.in_net_rx_action = false;
  if (sd.poll_list.length > 0) __raise_softirq_irqoff(cpu, NET_RX_SOFTIRQ);
  net_rps_action_and_irq_enable(cpu, sd);
}

/** @helper */
function takePollList(sd: softnet_data): napi_struct[] {
  const list = sd.poll_list;
  sd.poll_list = [];
  sd.in_net_rx_action = true;
  return list;
}

/** Polls one instance; one that used its whole weight is polled again later. */
function* napi_poll(cpu: Cpu, n: napi_struct, repoll: napi_struct[]): Resumable<number> {
  const work = yield* __napi_poll(cpu, n);
  if (work >= n.weight) repoll.push(n);
  return work;
}

export function* __napi_poll(cpu: Cpu, n: napi_struct): Resumable<number> {
  spend(cpu, cpu.costs.napi_poll);
  let work = 0;
  if ((n.state & NAPI_STATE_SCHED) !== 0) {
    work = yield* polls[n.poll]!(cpu, n, n.weight);
  }
  if (work < n.weight) return work;
  if (n.gro_list.length > 0) yield* __gro_flush(cpu, n, false);
  yield* gro_normal_list(cpu, n);
  return work;
}

/** The poll found less than its budget: packets held by GRO go up, the instance is free again. False: it was asked for meanwhile. */
export function* napi_complete_done(cpu: Cpu, n: napi_struct, _work_done: number): Resumable<boolean> {
  spend(cpu, cpu.costs.napi_complete_done);
  if (n.gro_list.length > 0) yield* __gro_flush(cpu, n, n.dev !== null && n.dev.gro_flush_timeout > 0);
  yield* gro_normal_list(cpu, n);
  const missed = (n.state & NAPI_STATE_MISSED) !== 0;
  n.state &= ~(NAPI_STATE_MISSED | NAPI_STATE_SCHED);
  n.list_owner = -1;
  if (!missed) return true;
  n.state |= NAPI_STATE_SCHED;
  __napi_schedule(cpu, n);
  return false;
}
