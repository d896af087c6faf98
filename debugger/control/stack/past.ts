/**
 * What lies beyond a crossing: who sent the packet that is looked at. Its lineage tells in which event each stage of it was made;
 * a second world is run to that event, and its stack is read at the tick after the birth. Names and lines, no locals.
 */
import type { Lineage, sk_buff } from '../../kernel/include/linux/skbuff.ts';
import type { World } from '../../machine/types.ts';
import { ancestry } from '../../inspect/lineage.ts';
import { type Look, nowOf } from '../../inspect/look.ts';
import { duration } from '../../inspect/format/time.ts';
import type { Engines } from '../engine.ts';
import { functionNumber } from '../debug_info.ts';
import { readLocals } from '../locals.ts';
import { aside } from '../aside.ts';
import { armFunction, tickNumber } from '../probe.ts';
import { replay } from '../timeline/replay.ts';
import type { Timeline } from '../timeline/timeline.ts';
import { cpuStack } from './call_stack.ts';
import { label, type PastFrame, type StackFrame } from './frame.ts';

export class PastStacks {
  readonly #timeline: Timeline;
  readonly #engines: Engines;
  /** Arms the breakpoints again after a replay has armed its own. */
  readonly #rearm: () => void;
  /** By id of the lineage: what has happened does not change. */
  readonly #found = new Map<number, PastFrame[]>();

  constructor(timeline: Timeline, engines: Engines, rearm: () => void) {
    this.#timeline = timeline;
    this.#engines = engines;
    this.#rearm = rearm;
  }

  /** Frames to stand below a stack that works on a packet of this lineage. */
  beyond(lineage: Lineage, look: Look, stack: readonly StackFrame[]): StackFrame[] {
    const chain = ancestry(lineage);
    const frames: StackFrame[] = [];
    const crossing = chain.findLast((each) => each.kind === 'frame' || each.kind === 'outside');
    if (crossing !== undefined) {
      const sending = this.#sending(crossing);
      frames.push(label(wireText(crossing, look.now, sending[0]?.where, look.writer(chain[0]!))), ...sending);
    }
    if (endsAtScenario(frames.length > 0 ? frames : stack)) return frames;
    const write = chain[0]!;
    if (write.kind !== 'write') return frames;
    return [
      ...frames,
      label(`written ${ago(write, look.now)} on ${write.host}`),
      ...this.#once(write, () => stackAtBirth(this.#timeline, this.#engines, write)),
    ];
  }

  /** The driver handed the packet to the NIC before the NIC made the frame; where it did not, the packet's own birth is shown. */
  #sending(frame: Lineage): PastFrame[] {
    const packet = frame.from[0];
    if (frame.kind === 'outside' || packet === undefined) return [];
    return this.#once(frame, () => {
      const handedOver = stackAtTransmit(this.#timeline, this.#engines, frame, packet);
      return handedOver.length > 0 ? handedOver : stackAtBirth(this.#timeline, this.#engines, packet);
    });
  }

  /** The stopped world's calls are put aside meanwhile. */
  #once(lineage: Lineage, rebuild: () => PastFrame[]): PastFrame[] {
    const known = this.#found.get(lineage.id);
    if (known !== undefined) return known;
    const found = aside(this.#rearm, rebuild);
    this.#found.set(lineage.id, found);
    return found;
  }
}

/** Ids are dealt out in order, so the birth is over when the next id lies beyond. */
function stackAtBirth(timeline: Timeline, engines: Engines, lineage: Lineage): PastFrame[] {
  let found: PastFrame[] = [];
  let born = false;
  const see = (world: World): void => {
    if (!born) found = pastStack(world, lineage, tickNumber());
    born ||= world.next_id > lineage.id;
  };
  replay(
    engines.debug,
    timeline.worldAt(lineage.event),
    { event: lineage.event + 1, tick: 0 },
    { wants: () => true, tick: see, poll: () => undefined },
  );
  return found;
}

const TRANSMIT = functionNumber('igb_xmit_frame');

function stackAtTransmit(timeline: Timeline, engines: Engines, frame: Lineage, packet: Lineage): PastFrame[] {
  if (TRANSMIT < 0) return [];
  let found: PastFrame[] = [];
  const enter = (world: World, fn: number, depth: number): void => {
    if (fn !== TRANSMIT || found.length > 0) return;
    const skb = readLocals(depth).find((local) => local.name === 'skb')?.value as sk_buff | undefined;
    if (skb?.lineage.id === packet.id)
      found = pastStack(
        world,
        { ...packet, time: nowOf(world), host: `${packet.host}.${skb.dev?.name ?? ''}` },
        tickNumber() + 1,
      );
  };
  armFunction(TRANSMIT, true);
  replay(
    engines.debug,
    timeline.worldAt(packet.event),
    { event: frame.event + 1, tick: 0 },
    { wants: () => false, tick: () => undefined, enter, poll: () => undefined },
  );
  return found;
}

function pastStack(world: World, { time, host }: Lineage, tick: number): PastFrame[] {
  const cpu = world.running;
  if (cpu === null) return [];
  const moment = { event: world.event, tick };
  return cpuStack(world, cpu).flatMap((frame): PastFrame[] => {
    if (frame.kind === 'past') return [];
    const place =
      frame.kind === 'kernel'
        ? { file: frame.file, line: frame.line, column: frame.column }
        : { file: '', line: frame.kind === 'scenario' ? frame.line : 0, column: 0 };
    return [{ kind: 'past', name: frame.name, subtle: true, ...place, moment, time, where: host }];
  });
}

function endsAtScenario(frames: readonly StackFrame[]): boolean {
  const last = frames.at(-1);
  return (
    last !== undefined && (last.kind === 'scenario' || (last.kind === 'past' && last.file === '' && last.line > 0))
  );
}

const ago = (lineage: Lineage, now: number): string => `${duration(now - lineage.time)} ago`;

/** Says at once which line it comes from: a client may show the frames below only when asked for more. */
function wireText(lineage: Lineage, now: number, from: string | undefined, writer: string | undefined): string {
  if (lineage.kind === 'outside') return `wire: frame ${lineage.id}, ${ago(lineage, now)}, from the scenario's traffic`;
  const of = writer === undefined ? '' : ` of ${writer}`;
  return `wire: frame ${lineage.id}${of}, ${ago(lineage, now)}, from ${from ?? lineage.host}`;
}
