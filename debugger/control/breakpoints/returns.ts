/** Calls whose return a breakpoint waits for: nobody counts out of a call, so each tick shows whether one is over. */
import type { Frame } from '../../machine/frames.ts';
import type { World } from '../../machine/types.ts';
import { functions } from '../debug_info.ts';
import { $returned, callAt, callIdentity, frameDepth } from '../probe.ts';
import { softirqRuns, taskOn } from '../context.ts';
import { contextsOf, type Place, placeOf } from '../call_place.ts';
import { frameSite } from '../site.ts';
import type { Armed } from './breakpoint.ts';
import type { BreakpointTable } from './table.ts';

/** Under this name conditions and watches read what the call returned. */
export const RETURN_VALUE = 'retval';

/** A call that is over. Its value can be read as long as the run stands where it was found. */
export interface Returned {
  readonly fn: number;
  readonly depth: number;
  /** It was a frame: its value is in its context. */
  readonly framed: boolean;
}

interface Awaited extends Returned {
  readonly armed: readonly Armed[];
  readonly event: number;
  readonly identity: object | null;
  /** Where its frame lies, or will lie when it comes to wait; null for a function that never does. */
  readonly place: Place | null;
}

/** A frame that is awaited, for the same moment in a copy of the world. */
export interface AwaitedFrame {
  readonly fn: number;
  readonly armed: readonly Armed[];
  readonly key: string;
  readonly index: number;
}

export class Returns {
  #awaited: Awaited[] = [];

  /** A call began that one of these waits for. */
  enter(world: World, fn: number, depth: number, armed: readonly Armed[]): void {
    const place = functions[fn]!.resumable ? placeOf(world.running!) : null;
    const framed = callAt(depth).frame !== null;
    this.#awaited.push({ fn, depth, armed, event: world.event, identity: callIdentity(depth), framed, place });
  }

  /** After breakpoints have changed, or in a world that was under way: waits for what is wanted now, for frames that began before too. */
  adopt(world: World, breakpoints: BreakpointTable): void {
    const wanted = ({ fn, armed }: Awaited): Armed[] =>
      armed.filter((each) => breakpoints.returnsOf(fn).includes(each));
    this.#awaited = this.#awaited
      .map((call) => ({ ...call, armed: wanted(call) }))
      .filter((call) => call.armed.length > 0);
    if (!breakpoints.waitsForReturns) return;
    for (const { key, context, cpu } of contextsOf(world))
      context.frames.forEach((frame, index) => {
        if (this.#awaited.some((call) => call.identity === frame)) return;
        const site = frameSite(world, cpu, frame, context.frames[index - 1]?.fn ?? -1);
        const armed = breakpoints.returnsOf(frame.fn).filter((each) => each.condition.holds(site));
        if (armed.length > 0)
          this.#awaited.push({
            fn: frame.fn,
            depth: 0,
            armed,
            event: world.event,
            identity: frame,
            framed: true,
            place: { key, context, index },
          });
      });
  }

  get waiting(): boolean {
    return this.#awaited.length > 0;
  }

  /** Between two events: what is awaited if that is nothing but frames that wait themselves, of which nothing is heard until they go on; else null. */
  waitingFrames(world: World): readonly AwaitedFrame[] | null {
    this.#awaited = this.#awaited.map((each) => withFrame(each, world));
    const frames = this.#awaited.filter(
      ({ framed, place, identity }) => framed && place!.context.frames[place!.index] === identity,
    );
    if (frames.length < this.#awaited.length) return null;
    return frames.map(({ fn, armed, place }) => ({ fn, armed, key: place!.key, index: place!.index }));
  }

  /** Awaits these in a copy of the world that they were told of. */
  await(world: World, frames: readonly AwaitedFrame[]): void {
    const contexts = new Map(contextsOf(world).map(({ key, context }) => [key, context]));
    this.#awaited = frames.map(({ fn, armed, key, index }) => {
      const context = contexts.get(key)!;
      const identity = context.frames[index]!;
      return { fn, depth: 0, armed, event: world.event, identity, framed: true, place: { key, context, index } };
    });
  }

  /** The innermost call that is over by this tick; it is no longer waited for. */
  over(world: World, depth: number): Awaited | null {
    this.#awaited = this.#awaited.map((each) => withFrame(each, world));
    const at = this.#awaited.findLastIndex((each) => isOver(each, world, depth));
    return at < 0 ? null : this.#awaited.splice(at, 1)[0]!;
  }
}

/** A call that came to wait in its event has become a frame. */
function withFrame(call: Awaited, world: World): Awaited {
  if (call.framed || call.place === null || world.event === call.event) return call;
  const frame = call.place.context.frames[call.place.index];
  return frame?.fn === call.fn ? { ...call, identity: frame, framed: true } : call;
}

/** A plain call ends within its event. A frame's end shows when its context goes on without it. */
function isOver(call: Awaited, world: World, depth: number): boolean {
  if (!call.framed)
    return world.event !== call.event || depth < call.depth || callIdentity(call.depth) !== call.identity;
  const { frames } = call.place!.context;
  if (frames.includes(call.identity as Frame)) return false;
  const running = frameDepth(depth);
  return frames.length === 0 || (running > 0 && frames.includes(callAt(running).frame!));
}

/** undefined for a call that returned nothing. */
export function returnValue(world: World, { depth, framed }: Returned): unknown {
  if (!framed) return $returned[depth];
  const cpu = world.running;
  if (cpu === null) return undefined;
  return (softirqRuns(cpu) ? cpu.softirq : taskOn(cpu).context).ret;
}
