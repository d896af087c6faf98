/** Where two runs part: in each context, the last statement that both have, and what each does next. */
import type { Cpu, World } from '../../machine/types.ts';
import { nowOf } from '../../inspect/look.ts';
import type { Moment } from '../moment.ts';
import { lineOfTick, tickNumber } from '../probe.ts';
import { CHUNK, type ContextName, isIdle, partingChunk, Ways } from './ways.ts';
import { watchRun, type WatchedRun } from './watch_run.ts';

export interface Point {
  /** Of the debug build's statements. */
  readonly tick: number;
  /** Of its own run. */
  readonly moment: Moment;
  /** ns */
  readonly now: number;
}

export interface Parting {
  readonly context: ContextName;
  /** The last statement of both, as each run has it; null: they have none in common. */
  readonly last: { readonly before: Point; readonly after: Point } | null;
  /** The first that only this run has; null: it has no more. */
  readonly before: Point | null;
  readonly after: Point | null;
}

/** The earliest first, idle loops left out. Both runs go through the debug build twice: to find the thousand statements, then the one. */
export function partingsOf(before: WatchedRun, after: WatchedRun): Parting[] {
  const [ours, theirs] = [waysOf(before), waysOf(after)];
  const chunks = new Map<ContextName, number>();
  for (const name of new Set([...ours.byName.keys(), ...theirs.byName.keys()])) {
    if (isIdle(name)) continue;
    const chunk = partingChunk(ours.byName.get(name), theirs.byName.get(name));
    if (chunk !== null) chunks.set(name, chunk);
  }
  if (chunks.size === 0) return [];
  const [here, there] = [pointsOf(before, chunks), pointsOf(after, chunks)];
  const partings = [...chunks.keys()].map((name) => partingIn(name, here.get(name) ?? [], there.get(name) ?? []));
  return partings.sort((a, b) => timeOf(a) - timeOf(b));
}

const timeOf = ({ before, after }: Parting): number => Math.min(before?.now ?? Infinity, after?.now ?? Infinity);

function partingIn(context: ContextName, here: readonly Point[], there: readonly Point[]): Parting {
  let k = 0;
  while (k < here.length && k < there.length && here[k]!.tick === there[k]!.tick) k++;
  const last = k === 0 ? null : { before: here[k - 1]!, after: there[k - 1]! };
  return { context, last, before: here[k] ?? null, after: there[k] ?? null };
}

function waysOf(run: WatchedRun): Ways {
  const ways = new Ways();
  watchRun(run, { tick: (world, tick) => ways.tick(world, tick), boundary: () => false });
  return ways;
}

/** By context: the statements of its chunk, and the one before. */
function pointsOf(run: WatchedRun, chunks: ReadonlyMap<ContextName, number>): Map<ContextName, Point[]> {
  const ways = new Ways();
  const points = new Map<ContextName, Point[]>();
  let open = chunks.size;
  const see = (world: World, cpu: Cpu, tick: number): void => {
    const { name, count } = ways.wayOf(cpu);
    const chunk = chunks.get(name);
    if (chunk === undefined || count < chunk * CHUNK || count > (chunk + 1) * CHUNK) return;
    const list = points.get(name) ?? [];
    points.set(name, list);
    list.push({ tick, moment: { event: world.event, tick: tickNumber() }, now: nowOf(world) });
    if (count === (chunk + 1) * CHUNK) open--;
  };
  watchRun(run, {
    tick: (world, tick) => {
      ways.tick(world, tick);
      if (world.running !== null && lineOfTick(tick) === 0) see(world, world.running, tick);
    },
    boundary: () => open === 0,
  });
  return points;
}
