/** What a sleeping task waits for, kept where a person can read it (net/core/sock.c). */
import type { Cpu } from '../../../machine/types.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../kernel/time/sleep_timeout.ts';
import { TICK_NSEC } from '../../kernel/time/jiffies.ts';

/** @helper The running task is about to sleep up to `timeo` jiffies for `what`. */
export function waitFor(cpu: Cpu, what: string, timeo: number): void {
  const until = timeo === MAX_SCHEDULE_TIMEOUT ? -1 : cpu.now + timeo * TICK_NSEC;
  cpu.current.wait = { what, until, since: cpu.now, event: cpu.world.event };
}
