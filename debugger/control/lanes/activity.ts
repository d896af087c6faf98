/**
 * What a run was busy with, from its beginning to as far as it has come: running totals of each CPU's modes and each wire's frames, read now and
 * then. When there are too many rows every second one goes; totals stay true, only coarser in time.
 */
import type { LogEntry } from '../../machine/log.ts';
import type { Cpu, World } from '../../machine/types.ts';
import type { Wire } from '../../machine/wire.ts';

const CAPACITY = 4096;
const FIRST_STEP = 1000;
const MARKS = 4096;

/** Modes of a CPU in the order of their columns. */
export const BUSY_MODES = ['us', 'sy', 'si', 'hi'] as const;

/** Totals at a time, in the order of `cpusOf` (four columns each, ns) and `directionsOf` (one each, frames). */
export interface Totals {
  /** ns */
  readonly time: number;
  readonly event: number;
  readonly columns: readonly number[];
}

export class Activity {
  #rows: Totals[] = [];
  /** ns between two rows at least, and the time of the next. */
  #step = FIRST_STEP;
  #next = 0;
  /** As far as anybody has seen. */
  #end = { time: 0, event: -1 };
  #logged = 0;
  readonly #marks: LogEntry[] = [];

  /** Before each event. What was seen before is left alone: runs repeat themselves. */
  note(world: World): void {
    if (world.event <= this.#end.event) return;
    this.#end = { time: world.now, event: world.event };
    if (world.log.length + world.log_dropped !== this.#logged) this.#mark(world);
    if (world.now >= this.#next) this.#take(world);
  }

  get end(): { readonly time: number; readonly event: number } {
    return this.#end;
  }

  /** ns; by then nearly everything has happened: runs end with a minute of TIME-WAIT, timers, and nothing else. */
  get eventful(): number {
    const most = this.#end.event * 0.97;
    return this.#rows.find(({ event }) => event >= most)?.time ?? this.#end.time;
  }

  get rows(): readonly Totals[] {
    return this.#rows;
  }

  /** Packets dropped and frames lost, the first of them. */
  get marks(): readonly LogEntry[] {
    return this.#marks;
  }

  #mark(world: World): void {
    const logged = world.log.length + world.log_dropped;
    const entries = world.log.slice(Math.max(0, world.log.length - (logged - this.#logged)));
    this.#marks.push(...entries.slice(0, MARKS - this.#marks.length));
    this.#logged = logged;
  }

  #take(world: World): void {
    const modes = cpusOf(world).flatMap(({ spent }) => BUSY_MODES.map((mode) => spent[mode]));
    const frames = directionsOf(world).map(({ wire, side }) => wire.directions[side]?.carried ?? 0);
    this.#rows.push({ time: world.now, event: world.event, columns: [...modes, ...frames] });
    this.#next = world.now + this.#step;
    if (this.#rows.length >= CAPACITY) this.#thin();
  }

  #thin(): void {
    this.#rows = this.#rows.filter((_, i) => i % 2 === 0);
    this.#step *= 2;
    this.#next = this.#rows.at(-1)!.time + this.#step;
  }
}

export const cpusOf = (world: World): Cpu[] => world.hosts.flatMap((host) => host.cpus);

/** Both ways of each wire, by the end that sends. */
export const directionsOf = (world: World): { wire: Wire; side: number }[] =>
  world.wires.flatMap((wire) => [0, 1].map((side) => ({ wire, side })));
