/** Where a step back leads: the line that the same context began last before this moment, calls passed over or gone into, or the line that made the call. */
import { SOFTIRQ, TASK } from '../context.ts';
import type { Engines } from '../engine.ts';
import { compareMoments, type Moment, START } from '../moment.ts';
import type { Plan } from '../plan.ts';
import { LineStarts } from '../stepping/line_starts.ts';
import { onLine, type Position, positionAt } from '../stepping/position.ts';
import { tickNumber } from '../probe.ts';
import type { LoggedContext } from './context_log.ts';
import { replay } from './replay.ts';
import type { Timeline } from './timeline.ts';

/** START when this context did nothing before. */
export function stepBack(
  timeline: Timeline,
  engines: Engines,
  moment: Moment,
  { how, from }: NonNullable<Plan['step']>,
  poll: () => void,
): Moment {
  const fits = (context: LoggedContext): boolean => mayHold(from, context);
  let until = moment;
  for (;;) {
    const found = until.tick === 0 ? null : lastLineStart(timeline, engines, until, new LineStarts(from, how), poll);
    if (found !== null) return found;
    const event = timeline.log.lastBefore(until.event, fits);
    if (event < 0) return START;
    until = { event, tick: Number.MAX_SAFE_INTEGER };
  }
}

/** Where the line of its process began on which a task stands, maybe at this very moment; null when none has. */
export function lineStart(
  timeline: Timeline,
  engines: Engines,
  { event, tick }: Moment,
  task: number,
  poll: () => void,
): Moment | null {
  const until = { event, tick: tick === 0 ? 0 : tick + 1 };
  const found = stepBack(timeline, engines, until, { how: 'over', from: onLine(task) }, poll);
  return compareMoments(found, START) === 0 ? null : found;
}

/** The tick before this moment, whoever's it is; START where there is none. */
export function tickBefore(timeline: Timeline, engines: Engines, { event, tick }: Moment, poll: () => void): Moment {
  if (tick > 1) return { event, tick: tick - 1 };
  const before = timeline.log.lastBefore(event, () => true);
  if (before < 0) return START;
  let last = 0;
  const until = { event: before + 1, tick: 0 };
  replay(engines.debug, timeline.worldAt(before), until, {
    wants: () => true,
    tick: () => void (last = tickNumber()),
    poll,
  });
  return last > 0 ? { event: before, tick: last } : tickBefore(timeline, engines, { event: before, tick: 0 }, poll);
}

/** Within one event, before `until`. */
function lastLineStart(
  timeline: Timeline,
  engines: Engines,
  until: Moment,
  starts: LineStarts,
  poll: () => void,
): Moment | null {
  replay(engines.debug, timeline.worldAt(until.event), until, {
    wants: (event) => event === until.event,
    tick: (world, tick, depth) => {
      const at = positionAt(world, tick, depth);
      if (at !== null) starts.see(at, { event: world.event, tick: tickNumber() });
    },
    poll,
  });
  return starts.last;
}

/** Whether an event that ran this context may hold ticks of the step's. */
function mayHold(from: Position, context: LoggedContext): boolean {
  if (from.level === TASK) return context.level === TASK && context.task === from.task;
  if (context.cpu !== from.cpu) return false;
  return from.level !== SOFTIRQ || context.level !== TASK || context.task !== -1;
}
