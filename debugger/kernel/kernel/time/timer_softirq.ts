/** TIMER softirq: expired timers of this CPU, in the order of their buckets (kernel/time/timer.c). */
import { ip6_frag_expire } from '../../net/ipv6/reassembly.ts';
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { timer_base, timer_list } from '../../include/linux/timer.ts';
import { igb_watchdog } from '../../drivers/net/ethernet/intel/igb/igb_watchdog.ts';
import { neigh_timer_handler } from '../../net/core/neighbour/timer.ts';
import { ip_expire } from '../../net/ipv4/ip_fragment.ts';
import { tcp_orphan_update } from '../../net/ipv4/tcp/orphan.ts';
import { tcp_timer_functions } from '../../net/ipv4/tcp_timer.ts';
import { delayed_work_timer_fn } from '../workqueue/delayed.ts';
import { process_timeout } from './sleep_timeout.ts';
import { jiffies } from './jiffies.ts';
import { tick_program } from './tick.ts';
import { timerPeek, timerPop } from './timer_heap.ts';

/** Timer functions by name. */
const timer_functions: Record<string, (cpu: Cpu, timer: timer_list) => void> = {
  process_timeout,
  neigh_timer_handler,
  ip_expire, ip6_frag_expire,
  tcp_orphan_update,
  delayed_work_timer_fn,
  igb_watchdog,
};

/** @helper */
function timerFunction(name: string): (cpu: Cpu, timer: timer_list) => void {
  return timer_functions[name] ?? tcp_timer_functions[name]!;
}

/** Deferrable timers come after the others. */
export function* run_timer_softirq(cpu: Cpu): Resumable<void> {
  yield* run_timer_base(cpu, cpu.host.timer_bases[cpu.id]!);
  yield* run_timer_base(cpu, cpu.host.timer_bases_def[cpu.id]!);
  tick_program(cpu);
}

function* run_timer_base(cpu: Cpu, base: timer_base<timer_list>): Resumable<void> {
  for (;;) {
    const entry = timerPeek(base);
    if (entry === null || entry.when > jiffies(cpu)) break;
    timerPop(base);
    entry.timer.pending = false;
    call_timer_fn(cpu, entry.timer);
    yield;
  }
}

export function call_timer_fn(cpu: Cpu, timer: timer_list): void {
  timerFunction(timer.function)(cpu, timer);
}
