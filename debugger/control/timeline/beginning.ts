/**
 * When a call that is under way began. A plain call began in the event that runs. One that waits, or has waited, is a frame that lies in its context
 * since the event in which it first came to wait; the world's copies are searched backwards for that event, at full speed.
 */
import { FOREVER } from '../../machine/event_queue.ts';
import type { Frame } from '../../machine/frames.ts';
import type { Context, World } from '../../machine/types.ts';
import { HARDIRQ, levelOf } from '../context.ts';
import type { Engines } from '../engine.ts';
import type { Moment } from '../moment.ts';
import { type CallPlace, contextsOf, placeOf } from '../call_place.ts';
import { armFunction, tickNumber } from '../probe.ts';
import { NOTHING } from '../watch.ts';
import { replay } from './replay.ts';
import type { Timeline } from './timeline.ts';

interface Past {
  readonly timeline: Timeline;
  readonly engines: Engines;
  /** Throws to break off. */
  readonly poll: () => void;
}

/** The first tick of a call that is under way at `moment`; null when the run does not come by it. */
export function beginningOf(past: Past, moment: Moment, call: CallPlace): Moment | null {
  const here = moment.tick === 0 ? null : lastEntry(past, moment, call);
  if (here !== null || call.kind === 'plain') return here;
  for (let until = moment.event; until > 0; ) {
    const from = past.timeline.history.eventBefore(until - 1);
    const event = eventOfBeginning(past, from, until, call);
    if (event >= 0) return lastEntry(past, { event: event + 1, tick: 0 }, call);
    until = from;
  }
  return null;
}

/** Within the event that `until` ends, or is in. What lies in a call's place was entered last of all that lay there. */
function lastEntry({ timeline, engines, poll }: Past, until: Moment, call: CallPlace): Moment | null {
  const event = until.tick === 0 ? until.event - 1 : until.event;
  let found: Moment | null = null;
  armFunction(call.fn, true);
  replay(engines.debug, timeline.worldAt(event), until, {
    wants: () => false,
    tick: () => undefined,
    enter: (world, fn, depth) => {
      if (fn === call.fn && liesThere(world, depth, call)) found = { event, tick: tickNumber() + 1 };
    },
    poll,
  });
  return found;
}

function liesThere(world: World, depth: number, call: CallPlace): boolean {
  if (call.kind === 'plain') return depth === call.depth;
  const cpu = world.running;
  if (cpu === null || levelOf(cpu) === HARDIRQ) return false;
  const place = placeOf(cpu);
  return place.key === call.key && place.index === call.index;
}

/** The event between the boundaries `from` and `until` in which the frame that lies there at `until` began; -1: before. */
function eventOfBeginning(
  { timeline, engines, poll }: Past,
  from: number,
  until: number,
  { key, index }: CallPlace & { kind: 'frame' },
): number {
  const world = timeline.history.worldBefore(from);
  let context: Context | undefined;
  const begun = (): Frame | null => {
    context ??= contextsOf(world).find((each) => each.key === key)?.context;
    const frame = context?.frames[index];
    return frame === undefined || frame.label === 0 ? null : frame;
  };
  let frame = begun();
  let event = -1;
  const look = (): void => {
    const now = begun();
    if (now !== frame) event = world.event - 1;
    frame = now;
  };
  engines.fast.watchFor(NOTHING);
  engines.fast.run(world, { event: until, time: FOREVER }, () => {
    look();
    poll();
    return false;
  });
  look();
  return event;
}
