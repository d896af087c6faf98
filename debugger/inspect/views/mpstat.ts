/** `mpstat -P ALL`: where each CPU's time went since the run began (sysstat). */
import type { Cpu } from '../../machine/types.ts';
import type { Host } from '../../kernel/include/linux/host.ts';

const NS_PER_SECOND = 1_000_000_000;

/** Columns in mpstat's order; those that are no part of the model are 0. */
const COLUMNS = ['%usr', '%nice', '%sys', '%iowait', '%irq', '%soft', '%steal', '%guest', '%gnice', '%idle'] as const;
type Column = (typeof COLUMNS)[number];
type Times = Readonly<Partial<Record<Column, number>>>;

/** `all` is every CPU together; without it only that line is printed. */
export function mpstat(host: Host, each: boolean): string {
  const cpus = host.cpus.map((cpu) => times(cpu.spent, cpu.now, host.world.now));
  const rows: [string, Times][] = [['all', sum(cpus)]];
  if (each) for (const [id, cpu] of cpus.entries()) rows.push([String(id), cpu]);
  const clock = timeOfDay(host.world.now);
  const line = (name: string, cells: readonly string[]): string =>
    `${clock}  ${name.padStart(3)}${cells.map((cell) => cell.padStart(8)).join('')}`;
  const head = `Linux 7.3.4 (${host.name})\t_x86_64_\t(${host.cpus.length} CPU)`;
  return [head, '', line('CPU', COLUMNS), ...rows.map(([name, row]) => line(name, percentages(row)))].join('\n');
}

/** ns by column. A halted CPU's clock stands: what has passed since is idle time. */
function times(spent: Cpu['spent'], clock: number, now: number): Times {
  const idle = spent.id + Math.max(0, now - clock);
  return { '%usr': spent.us, '%sys': spent.sy, '%irq': spent.hi, '%soft': spent.si, '%idle': idle };
}

function sum(all: readonly Times[]): Times {
  return Object.fromEntries(COLUMNS.map((name) => [name, all.reduce((total, row) => total + (row[name] ?? 0), 0)]));
}

function percentages(row: Times): string[] {
  const total = Object.values(row).reduce((a, b) => a + b, 0);
  return COLUMNS.map((name) => (total === 0 ? 0 : (100 * (row[name] ?? 0)) / total).toFixed(2));
}

/** The run began at midnight. */
function timeOfDay(ns: number): string {
  const seconds = Math.floor(ns / NS_PER_SECOND);
  return [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}
