/**
 * The way of a run through the kernel, small enough to keep: for each context (a task, a CPU's softirqs, its hard interrupts) a hash of
 * every thousand statements. Two runs of the same length and hashes went the same way.
 */
import type { Cpu, World } from '../../machine/types.ts';
import { cpuKey, HARDIRQ, type Level, levelOf, TASK, taskKey, taskOn } from '../context.ts';
import { lineOfTick } from '../probe.ts';

/** Statements that one hash stands for. */
export const CHUNK = 1024;

/** `server cpu0 softirq`, `client.app`: the same in both runs, whatever else is on their hosts. */
export type ContextName = string;

export interface Way {
  readonly name: ContextName;
  /** Of whole chunks. */
  readonly hashes: number[];
  /** Statements so far, and the hash of the chunk that is not full yet. */
  count: number;
  hash: number;
}

export class Ways {
  readonly byName = new Map<ContextName, Way>();
  readonly #byKey = new Map<number, Way>();

  /** A statement begins. Lines of processes are left out: those of two files do not compare. */
  tick(world: World, tick: number): void {
    const cpu = world.running;
    if (cpu === null || lineOfTick(tick) > 0) return;
    const way = this.wayOf(cpu);
    way.hash = (Math.imul(way.hash, 31) + tick) | 0;
    if (++way.count % CHUNK !== 0) return;
    way.hashes.push(way.hash);
    way.hash = 0;
  }

  wayOf(cpu: Cpu): Way {
    const level = levelOf(cpu);
    const key = keyOf(cpu, level);
    let way = this.#byKey.get(key);
    if (way === undefined) this.#byKey.set(key, (way = this.#named(contextName(cpu, level))));
    return way;
  }

  #named(name: ContextName): Way {
    const known = this.byName.get(name);
    if (known !== undefined) return known;
    const way = { name, hashes: [], count: 0, hash: 0 };
    this.byName.set(name, way);
    return way;
  }
}

/** Tasks and CPUs are told apart by their level. */
const keyOf = (cpu: Cpu, level: Level): number => (level === TASK ? taskKey(taskOn(cpu)) : cpuKey(cpu)) * 4 + level;

export function contextName(cpu: Cpu, level: Level): ContextName {
  if (level !== TASK) return `${cpu.host.name} cpu${cpu.id} ${level === HARDIRQ ? 'hard interrupts' : 'softirqs'}`;
  const task = taskOn(cpu);
  return task === cpu.idle ? `${cpu.host.name} cpu${cpu.id}${IDLE}` : `${cpu.host.name}.${task.comm}`;
}

const IDLE = ' idle';

/** The idle loop goes another way wherever anything happens at another time: that tells nothing. */
export const isIdle = (name: ContextName): boolean => name.endsWith(IDLE);

/** The first chunk in which two ways differ; null: they are the same. */
export function partingChunk(before: Way | undefined, after: Way | undefined): number | null {
  if (before === undefined || after === undefined) return 0;
  const whole = Math.min(before.hashes.length, after.hashes.length);
  for (let i = 0; i < whole; i++) if (before.hashes[i] !== after.hashes[i]) return i;
  return before.count === after.count && before.hash === after.hash ? null : whole;
}
