/** `mpstat -P ALL`: where each CPU's time went since the run began. */
import type { Cpu } from '../../machine/types.ts';
import type { Host } from '../../kernel/include/linux/host.ts';
import { columns } from './table.ts';

const HEAD = ['CPU', '%usr', '%sys', '%irq', '%soft', '%idle'];

export function mpstat(host: Host): string {
  const rows = host.cpus.map((cpu) => [String(cpu.id), ...shares(cpu.spent, cpu.now, host.world.now)]);
  return columns([HEAD, ...rows]);
}

/** A halted CPU's clock stands: what has passed since is idle time. */
function shares(spent: Cpu['spent'], clock: number, now: number): string[] {
  const idle = spent.id + Math.max(0, now - clock);
  const total = spent.us + spent.sy + spent.hi + spent.si + idle;
  return [spent.us, spent.sy, spent.hi, spent.si, idle].map((ns) => (total === 0 ? 0 : (100 * ns) / total).toFixed(2));
}
