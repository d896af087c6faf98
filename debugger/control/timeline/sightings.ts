/** A piece of the past at full speed: where in it somebody may have stopped. */
import { FOREVER } from '../../machine/event_queue.ts';
import type { World } from '../../machine/types.ts';
import type { BreakpointTable } from '../breakpoints/table.ts';
import { beginEvent } from '../context.ts';
import type { Engines } from '../engine.ts';
import { mayStopFor } from '../fields/change.ts';
import { FieldWatch } from '../fields/field_watch.ts';
import { LogWatch } from '../log_watch.ts';
import { type LostFrame, lostFrames } from '../lost_frames.ts';
import { wantedBy } from '../wanted.ts';

export interface Sightings {
  /** Events in which a breakpoint or a drop may stop, in order. */
  readonly events: readonly number[];
  /** Lost frames that stop, with the event of the boundary at which they do, in order. */
  readonly losses: readonly (LostFrame & { readonly event: number })[];
}

/** Runs the world to the boundary before `until`, which counts as the events before it do. `poll` throws to break off. */
export function sightings(
  { fast }: Engines,
  breakpoints: BreakpointTable,
  world: World,
  until: number,
  poll: () => void,
): Sightings {
  const events: number[] = [];
  const losses: (LostFrame & { event: number })[] = [];
  const logWatch = new LogWatch(world);
  let changed = false;
  const fieldWatch = new FieldWatch(world, (change) => {
    changed ||= mayStopFor(world, change, false);
  });
  const look = (): void => {
    if (fast.takeSeen() || changed) events.push(world.event - 1);
    changed = false;
    fieldWatch.watch(breakpoints.fields);
    for (const lost of lostFrames(breakpoints, world, logWatch, false)) losses.push({ ...lost, event: world.event });
  };
  fast.watchFor(wantedBy(breakpoints, world, false));
  fast.takeSeen();
  fast.run(world, { event: until, time: FOREVER }, (_, next) => {
    look();
    poll();
    beginEvent(next);
    return false;
  });
  look();
  return { events, losses };
}
