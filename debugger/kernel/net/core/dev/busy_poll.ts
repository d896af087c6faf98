/** Busy polling: a task that would sleep polls the device itself, with interrupts left masked (net/core/dev.c, CONFIG_NET_RX_BUSY_POLL). */
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { ep_busy_loop_end } from '../../../fs/eventpoll/busy_loop.ts';
import type { Host } from '../../../include/linux/host.ts';
import { NAPI_STATE_DISABLE, NAPI_STATE_IN_BUSY_POLL, NAPI_STATE_MISSED, NAPI_STATE_SCHED } from '../../../include/linux/netdevice.ts';
import type { napi_struct } from '../../../include/linux/netdevice.ts';
import { MIN_NAPI_ID, busy_loop_current_time } from '../../../include/net/busy_poll.ts';
import { schedule } from '../../../kernel/sched/core.ts';
import { local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { NET_ADD_STATS } from '../../../include/net/snmp.ts';
import { gro_normal_list } from '../gro/flush.ts';
import { skb_defer_free_flush } from '../skbuff/defer.ts';
import { sk_busy_loop_end } from '../sock/busy_loop.ts';
import { __napi_schedule, poll_functions } from './napi.ts';

/** Why a loop ends, by name; the argument is the socket or the epoll instance that polls. */
type LoopEnd = 'sk_busy_loop_end' | 'ep_busy_loop_end';
const loop_ends: Record<LoopEnd, (cpu: Cpu, p: unknown, start_time: number) => boolean> = { sk_busy_loop_end, ep_busy_loop_end };

/** Gives an instance its number. */
export function napi_hash_add(host: Host, napi: napi_struct): void {
  napi.napi_id = MIN_NAPI_ID + host.napi_hash.length;
  host.napi_hash.push(napi);
}

export function napi_by_id(cpu: Cpu, napi_id: number): napi_struct | null {
  return cpu.host.napi_hash[napi_id - MIN_NAPI_ID] ?? null;
}

/** There is more to poll: NET_RX goes on with it. */
function* __busy_poll_stop(cpu: Cpu, napi: napi_struct): Resumable<void> {
  yield* gro_normal_list(cpu, napi);
  __napi_schedule(cpu, napi);
}

/**
 * Gives the instance back: one more poll, now an ordinary one, so that napi_complete_done() flushes GRO and the driver may enable its
 * interrupt. An interrupt that came meanwhile (MISSED) is served by that poll.
 */
function* busy_poll_stop(cpu: Cpu, napi: napi_struct, budget: number): Resumable<void> {
  napi.state &= ~(NAPI_STATE_MISSED | NAPI_STATE_IN_BUSY_POLL);
  local_bh_disable(cpu);
  spend(cpu, cpu.costs.napi_poll);
  const rc = yield* poll_functions[napi.poll]!(cpu, napi, budget);
  if (rc === budget) yield* __busy_poll_stop(cpu, napi);
  local_bh_enable(cpu);
}

/** Takes the instance for this task; false when it is scheduled, disabled, or another task polls it. @helper */
function claim(napi: napi_struct): boolean {
  if ((napi.state & (NAPI_STATE_DISABLE | NAPI_STATE_SCHED | NAPI_STATE_IN_BUSY_POLL)) !== 0) return false;
  napi.state |= NAPI_STATE_IN_BUSY_POLL | NAPI_STATE_SCHED;
  return true;
}

/** Polls an instance again and again until `loop_end` says so; null: once. While it is not to be had, the loop only turns. */
function* __napi_busy_loop(cpu: Cpu, napi_id: number, loop_end: LoopEnd | null, loop_end_arg: unknown, budget: number): Resumable<void> {
  const start_time = loop_end === null ? 0 : busy_loop_current_time(cpu);
  const napi = napi_by_id(cpu, napi_id);
  if (napi === null) return;
  let owned = false;
  cpu.preempt_count++;
  for (;;) {
    let work = 0;
    spend(cpu, cpu.costs.busy_loop);
    local_bh_disable(cpu);
    if (!owned) owned = claim(napi);
    if (owned) {
      spend(cpu, cpu.costs.napi_poll);
      work = yield* poll_functions[napi.poll]!(cpu, napi, budget);
      yield* gro_normal_list(cpu, napi);
    }
    if (work > 0) NET_ADD_STATS(cpu, 'BusyPollRxPackets', work);
    skb_defer_free_flush(cpu);
    local_bh_enable(cpu);
    if (loop_end === null || loopEnds(cpu, loop_end, loop_end_arg, start_time)) break;
    if (cpu.need_resched) {
      if (owned) yield* busy_poll_stop(cpu, napi, budget);
      owned = false;
      cpu.preempt_count--;
      yield* schedule(cpu);
      if (loopEnds(cpu, loop_end, loop_end_arg, start_time)) return;
      cpu.preempt_count++;
    }
    yield;
  }
  if (owned) yield* busy_poll_stop(cpu, napi, budget);
  cpu.preempt_count--;
}

/** @helper */
function loopEnds(cpu: Cpu, loop_end: LoopEnd, loop_end_arg: unknown, start_time: number): boolean {
  return loop_ends[loop_end](cpu, loop_end_arg, start_time);
}

/** Busy-polls the instance `napi_id`, `budget` packets a round, until `loop_end(loop_end_arg)`; null: one round. */
export function* napi_busy_loop(cpu: Cpu, napi_id: number, loop_end: LoopEnd | null, loop_end_arg: unknown, budget: number): Resumable<void> {
  yield* __napi_busy_loop(cpu, napi_id, loop_end, loop_end_arg, budget);
}
