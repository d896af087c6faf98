/** What a run came to, in numbers by the names that `expect` and the console read them by. */
import { deviceCounter, deviceCounterNames } from '../../inspect/deviceCounters.ts';
import type { Host } from '../../kernel/include/linux/host.ts';
import type { task_struct } from '../../kernel/include/linux/sched.ts';
import type { World } from '../../machine/types.ts';
import { HOST_VIEWS, programOf } from '../expressions/members.ts';

export interface Figure {
  readonly value: number;
  readonly unit: 'count' | 'ns';
}

export type Figures = ReadonlyMap<string, Figure>;

/** A figure that differs; null where the run has none of that name. */
export interface FigureChange {
  readonly name: string;
  readonly unit: Figure['unit'];
  readonly before: number | null;
  readonly after: number | null;
}

/** Drops and losses by reason; null where the world has forgotten some. */
export function lossesOf(world: World): Figures | null {
  if (world.log_dropped > 0) return null;
  const losses = new Map<string, Figure>();
  for (const { host, where, reason } of world.log) addOne(losses, `${host === '' ? where : host}: ${reason}`);
  return losses;
}

/** What processes came to first, then devices, and what each kernel counted. */
export function figuresOf(world: World): Figures {
  const figures = new Map<string, Figure>();
  for (const host of world.hosts) for (const task of host.tasks) addProcess(figures, host, task);
  for (const host of world.hosts) addDevices(figures, host);
  for (const host of world.hosts)
    for (const view of COUNTED) addLeaves(figures, `${host.name}.${view}`, HOST_VIEWS[view]!(host));
  return figures;
}

const COUNTED = ['snmp', 'netstat', 'softnet_stat', 'softirqs', 'interrupts', 'stat'] as const;
/** The first is in `netstat` as well, the others count nothing. */
const LEFT_OUT = /\.snmp\.(?:TcpExt|IpExt)\.|\.softnet_stat\[\d+\]\.(?:cpu|backlog_len)$/;

function addProcess(figures: Map<string, Figure>, host: Host, task: task_struct): void {
  const program = programOf(task);
  if (program === null) return;
  const name = `${host.name}.${program.name}`;
  if (program.finished_at >= 0) figures.set(`${name}.finished_at`, { value: program.finished_at, unit: 'ns' });
  figures.set(`${name}.received_bytes`, { value: program.received_bytes, unit: 'count' });
  figures.set(`${name}.sent_bytes`, { value: program.sent_bytes, unit: 'count' });
}

function addOne(figures: Map<string, Figure>, name: string): void {
  figures.set(name, { value: (figures.get(name)?.value ?? 0) + 1, unit: 'count' });
}

function addDevices(figures: Map<string, Figure>, host: Host): void {
  for (const dev of host.devices) {
    for (const name of deviceCounterNames(dev)) {
      const value = deviceCounter(dev, name) ?? 0;
      if (value !== 0) figures.set(`${host.name}.${dev.name}.${name}`, { value, unit: 'count' });
    }
  }
}

/** Every number in a view, by its path; zeros are what is not there. */
function addLeaves(figures: Map<string, Figure>, path: string, view: unknown): void {
  if (typeof view === 'number') {
    if (view !== 0 && !LEFT_OUT.test(path))
      figures.set(path, { value: view, unit: /\.stat\[/.test(path) ? 'ns' : 'count' });
  } else if (Array.isArray(view)) for (const [i, each] of view.entries()) addLeaves(figures, `${path}[${i}]`, each);
  else if (typeof view === 'object' && view !== null)
    for (const [name, each] of Object.entries(view)) addLeaves(figures, member(path, name), each);
}

const member = (path: string, name: string): string => (/^\w+$/.test(name) ? `${path}.${name}` : `${path}['${name}']`);

/** In the order of `before`, then what only `after` has. */
export function changedFigures(before: Figures, after: Figures): FigureChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((name) => {
    const [old, fresh] = [before.get(name), after.get(name)];
    if (old?.value === fresh?.value) return [];
    return [{ name, unit: (old ?? fresh)!.unit, before: old?.value ?? null, after: fresh?.value ?? null }];
  });
}
