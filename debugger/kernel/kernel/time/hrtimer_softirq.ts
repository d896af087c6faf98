/** HRTIMER softirq: soft-mode hrtimers; the model's hrtimers all run in the interrupt, those that need the softirq raise their own (kernel/time/hrtimer.c). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import { tcp_soft_hrtimers } from '../../net/ipv4/tcp_timer.ts';

/** Runs soft hrtimers that have expired on this CPU (pacing, compressed ACKs). */
export function* hrtimer_run_softirq(cpu: Cpu): Resumable<void> {
  while (cpu.soft_hrtimers.length > 0) {
    const timer = cpu.soft_hrtimers.shift()!;
    tcp_soft_hrtimers[timer.function]!(cpu, timer);
    yield;
  }
}
