/**
 * Whether code that comes to a `yield` has to wait there. It does where another actor's turn has come, and where its own CPU has something else
 * to do first; else the run loop would come straight back to it, so it goes on at once.
 */
import type { Context } from './frames.ts';
import type { Cpu, World } from './types.ts';

/** After so much of one event code gives way in any case: other CPUs wait for its end, and so does whoever seeks a moment. ns */
const LONG_EVENT = 15_000;

export function $givesWay(cpu: Cpu): boolean {
  const world = cpu.world;
  if (is_long_event(cpu)) return true;
  return world.context !== null && (world.context !== next_context(cpu) || others_are_due(world, cpu));
}

export function is_long_event(cpu: Cpu): boolean {
  return cpu.now - cpu.world.now > LONG_EVENT;
}

/** What this CPU would go on with; null where it first takes an interrupt, begins softirqs or chooses a task. */
function next_context(cpu: Cpu): Context | null {
  if (cpu.irq_pending.length > 0 && cpu.irq_raised_at[0]! <= cpu.now) return null;
  if (cpu.softirq.frames.length > 0) return cpu.softirq;
  return cpu.softirq_by !== '' || cpu.need_resched || (cpu.need_resched_lazy && cpu.current.mode === 'us') ? null : cpu.current.context;
}

function others_are_due(world: World, cpu: Cpu): boolean {
  for (const host of world.hosts) {
    if (host.hardware.next <= cpu.now) return true;
    for (const other of host.cpus) if (other.now <= cpu.now && other !== cpu && !other.halted) return true;
  }
  return false;
}
