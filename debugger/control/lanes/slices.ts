/** What each CPU did, call by call, with times: fed with what is under way at every statement of a run that is watched. */
import type { Cpu, World } from '../../machine/types.ts';
import { cpuKey } from '../context.ts';
import type { Moment } from '../moment.ts';
import { tickNumber } from '../probe.ts';
import { type Key, type Kind, kindOf, nameOf, underWay } from './under_way.ts';

export interface Slice {
  readonly name: string;
  readonly kind: Kind;
  readonly depth: number;
  /** ns on the CPU's clock */
  readonly from: number;
  readonly to: number;
  /** Where a debugger that is asked to go there stops. */
  readonly moment: Moment;
}

interface Open {
  readonly key: Key;
  readonly name: string;
  readonly from: number;
  readonly moment: Moment;
}

interface Lane {
  readonly cpu: Cpu;
  readonly open: Open[];
  readonly slices: Slice[];
  /** ns without work when it was last looked at. */
  idle: number;
}

export class Slices {
  readonly #lanes = new Map<number, Lane>();
  /** Of what ended before it nobody asked. */
  readonly #from: number;
  #running: Cpu | null = null;
  #count = 0;

  constructor(from: number) {
    this.#from = from;
  }

  get count(): number {
    return this.#count;
  }

  of(cpu: Cpu): readonly Slice[] {
    return this.#lanes.get(cpuKey(cpu))?.slices ?? [];
  }

  /** Before each event: the one before is over. */
  boundary(next: Cpu | null): void {
    if (this.#running !== null) this.#rest(this.#running);
    this.#running = next;
    if (next === null) return;
    this.#compare(this.#lane(next), 0, 0);
  }

  /** A statement begins, or a function that is shown (`entered`). */
  see(world: World, entered: boolean): void {
    if (world.running !== null)
      this.#compare(this.#lane(world.running), entered ? 1 : 0, tickNumber() + (entered ? 1 : 0));
  }

  /** Nobody looks on: what is still open counts up to now. */
  finish(): void {
    if (this.#running !== null) this.#rest(this.#running);
    for (const lane of this.#lanes.values()) this.#close(lane, 0, lane.cpu.now);
  }

  /** Once it has halted its clock may already stand where it will be woken; that time is nobody's. */
  #rest(cpu: Cpu): void {
    const lane = this.#lane(cpu);
    this.#compare(lane, 0, 0, cpu.now - (cpu.spent.id - lane.idle));
  }

  /** `fresh` calls on top are new, whatever stood in their place. */
  #compare(lane: Lane, fresh: number, tick: number, now = lane.cpu.now): void {
    const keys = underWay(lane.cpu);
    lane.idle = lane.cpu.spent.id;
    const most = Math.min(lane.open.length, keys.length - fresh);
    let same = 0;
    while (same < most && lane.open[same]!.key === keys[same]) same++;
    this.#close(lane, same, now);
    const moment = { event: lane.cpu.world.event, tick };
    for (const key of keys.slice(same)) lane.open.push({ key, name: nameOf(key, lane.cpu), from: now, moment });
  }

  /** What took no time cannot be drawn. */
  #close({ open, slices }: Lane, depth: number, to: number): void {
    while (open.length > depth) {
      const { key, name, from, moment } = open.pop()!;
      if (to <= from || to < this.#from) continue;
      slices.push({ name, kind: kindOf(key), depth: open.length, from, to, moment });
      this.#count++;
    }
  }

  #lane(cpu: Cpu): Lane {
    const key = cpuKey(cpu);
    let lane = this.#lanes.get(key);
    if (lane === undefined) this.#lanes.set(key, (lane = { cpu, open: [], slices: [], idle: cpu.spent.id }));
    return lane;
  }
}
