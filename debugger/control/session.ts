/**
 * A debugging session from its first event to its last: runs forwards until somebody wants to be elsewhere, goes there, and runs
 * on from there. Knows neither DAP nor threads; it blocks in the waiter.
 */
import type { AwaitedFrame } from './breakpoints/returns.ts';
import { BreakpointTable } from './breakpoints/table.ts';
import type { World } from '../machine/types.ts';
import type { RunEnd } from '../world/run.ts';
import { Drive, type DriveParts } from './drive.ts';
import { TASK, taskKey } from './context.ts';
import { programOf } from './expressions/members.ts';
import { parsePlace, placeText } from './fields/place.ts';
import { functions } from './debug_info.ts';
import { type Moment, START } from './moment.ts';
import { type Arrival, type Plan, RUN_ON } from './plan.ts';
import type { PacketStep } from './packet/packet_step.ts';
import type { Position } from './stepping/position.ts';
import { stepFrom } from './stepping/step_from.ts';
import { waitText } from './threads.ts';
import { beginningOf } from './timeline/beginning.ts';
import { lastHitBefore } from './timeline/reverse.ts';
import { lineStart, stepBack, tickBefore } from './timeline/step_back.ts';
import { Unwind } from './unwind.ts';
import type { Move } from './waiter.ts';

export type SessionEnd =
  | { readonly how: RunEnd; readonly world: World }
  | { readonly how: 'quit' | 'restart'; readonly world: null };

interface Start {
  readonly event: number;
  readonly plan: Plan;
  /** Where nobody moved, and an event is run again in the other build: the returns that are awaited; null: whatever the world shows is. */
  readonly awaited: readonly AwaitedFrame[] | null;
}

/** Runs until the end is reached and nobody wants to go back from there, or until told to quit or to restart. */
export function runSession(parts: DriveParts, first: Plan): SessionEnd {
  let start: Start = { event: 0, plan: first, awaited: null };
  for (;;) {
    const world = parts.timeline.worldAt(start.event);
    try {
      return runFrom(parts, world, start);
    } catch (error) {
      if (!(error instanceof Unwind)) throw error;
      const next = startOf(parts, error);
      if (next === 'quit' || next === 'restart') return { how: next, world: null };
      start = next;
    }
  }
}

function runFrom(parts: DriveParts, world: World, { plan, awaited }: Start): SessionEnd {
  const drive = new Drive(parts, world, plan, awaited);
  for (;;) {
    const how = drive.run();
    const left = drive.unfinished;
    if (left.step === null && left.packet === null && left.arrival === null && !left.paused && !parts.stopAtEnd)
      return { how, world };
    drive.stopBetween('end', endText(world, left));
    if (drive.unfinished.step === null && drive.unfinished.packet === null) return { how, world };
  }
}

/** A step that never came to its end: its process has finished, or still waits. */
function endText(world: World, { step, packet }: Plan): string {
  if (packet !== null) return 'The run ended: the packet came to no other stage';
  const task =
    step === null || step.from.level !== TASK
      ? undefined
      : world.hosts.flatMap((host) => host.tasks).find((each) => taskKey(each) === step.from.task);
  const program = task === undefined ? null : programOf(task);
  if (task === undefined || program === null) return 'The run ended';
  const state = program.finished_at >= 0 ? 'has finished' : `still waits: ${waitText(task, world.now)}`;
  return `The run ended: ${program.host}.${program.name} ${state}`;
}

/** Where a move that leaves the world leads. A search that is broken off stays where it began. */
function startOf(parts: DriveParts, { move, moment, position }: Unwind): Start | 'quit' | 'restart' {
  if (move.kind === 'quit' || move.kind === 'restart') return move.kind;
  if (move.kind === 'repeat') return { event: moment.event, plan: move.plan, awaited: move.awaited };
  try {
    return landing(destination(parts, move, moment, position));
  } catch (error) {
    if (!(error instanceof Unwind)) throw error;
    if (error.move.kind === 'quit' || error.move.kind === 'restart') return error.move.kind;
    return landing({ moment, reason: 'pause', description: 'Paused: the search was broken off' });
  }
}

const landing = (arrival: Arrival): Start => ({
  event: arrival.moment.event,
  plan: { ...RUN_ON, arrival },
  awaited: null,
});

function destination(parts: DriveParts, move: Move, moment: Moment, position: Position | null): Arrival {
  switch (move.kind) {
    case 'back':
      return backwards(parts, move, moment, position);
    case 'reverse':
      return reversed(parts, moment);
    case 'packet':
      return packetBefore(parts, move.step, moment);
    case 'last change':
      return lastChange(parts, move.field, moment);
    case 'goto':
      return { moment: move.moment, reason: 'goto', description: `At event ${move.moment.event}` };
    case 'goto time':
      return {
        moment: { event: parts.timeline.eventAtTime(move.ns), tick: 0 },
        reason: 'goto',
        description: 'At the time asked for',
      };
    case 'entry':
      return restarted(
        beginningOf({ ...parts, poll: breakOff(parts, moment) }, moment, move.call),
        moment,
        `At the entry of ${functions[move.call.fn]!.name}`,
      );
    case 'line start':
      return restarted(
        lineStart(parts.timeline, parts.engines, moment, move.task, breakOff(parts, moment)),
        moment,
        'Where the line began',
      );
    default:
      throw new Error(`${move.kind} leads nowhere`);
  }
}

function backwards(
  parts: DriveParts,
  move: Move & { kind: 'back' },
  moment: Moment,
  position: Position | null,
): Arrival {
  if (move.how === 'tick') return wentBack(tickBefore(parts.timeline, parts.engines, moment, breakOff(parts, moment)));
  const step = stepFrom(parts.timeline.worldAt(moment.event), move, position);
  return wentBack(stepBack(parts.timeline, parts.engines, moment, step, breakOff(parts, moment)));
}

const wentBack = (moment: Moment): Arrival =>
  isStart(moment)
    ? { moment, reason: 'entry', description: 'Start of recording' }
    : { moment, reason: 'step', description: 'Step back' };

function reversed(parts: DriveParts, moment: Moment): Arrival {
  const found = lastHitBefore({ ...parts, poll: breakOff(parts, moment) }, moment);
  if (found === null) return { moment: START, reason: 'entry', description: 'Start of recording' };
  return found;
}

/** Stays where nothing changed the field before. */
function lastChange(parts: DriveParts, field: string, moment: Moment): Arrival {
  const only = new BreakpointTable(() => undefined);
  only.setFields([{ field }]);
  const found = lastHitBefore({ ...parts, breakpoints: only, poll: breakOff(parts, moment) }, moment);
  if (found !== null) return found;
  return { moment, reason: 'goto', description: `${placeText(parsePlace(field)!)} has not changed before` };
}

/** Stays where the packet has been in no other stage. */
function packetBefore(parts: DriveParts, step: PacketStep, moment: Moment): Arrival {
  const only = new BreakpointTable(() => undefined);
  only.follow(step);
  const found = lastHitBefore({ ...parts, breakpoints: only, poll: breakOff(parts, moment) }, moment);
  if (found === null) return { moment, reason: 'goto', description: 'The packet began in this stage' };
  return { ...found, reason: 'step', description: 'Where the packet was before' };
}

/** What is under way has begun at some time: where that is not found, it stays where it is. */
function restarted(found: Moment | null, moment: Moment, description: string): Arrival {
  if (found === null) return { moment, reason: 'pause', description: 'Where this began is not found' };
  return { moment: found, reason: 'restart', description };
}

const isStart = (moment: Moment): boolean => moment.event === 0 && moment.tick === 0;

/** During a search a pause leads back to where it began. */
function breakOff({ waiter }: DriveParts, moment: Moment): () => void {
  return () => {
    const wish = waiter.poll(null);
    if (wish !== 'none') throw new Unwind(wish === 'pause' ? { kind: 'continue' } : { kind: wish }, moment, null);
  };
}
