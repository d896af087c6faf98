/** Everything that sets the run going, in either direction. */
import type { Move } from '../../control/waiter.ts';
import { bag, numberOf, stringOf } from '../arguments.ts';
import { Problem, PROBLEMS } from '../problem.ts';
import { ask, type Body, type Session, toClientColumn, toClientLine } from '../session.ts';

async function move(session: Session, wanted: Move): Promise<Body> {
  await ask(session, 'move', { move: wanted });
  return undefined;
}

const threadOf = (given: unknown): number => numberOf(bag(given), 'threadId', 0);

export async function continueRun(session: Session): Promise<Body> {
  await move(session, { kind: 'continue' });
  return { allThreadsContinued: true };
}

/** Steps go by lines, of the model's listings and of scenarios; one asked for by the instruction goes by ticks, whoever's comes next. */
const byTick = (given: unknown): boolean => bag(given).granularity === 'instruction';

export const next = (session: Session, given: unknown): Promise<Body> =>
  move(session, { kind: 'step', how: byTick(given) ? 'tick' : 'over', thread: threadOf(given) });

/** `targetId`: into one of the calls that `stepInTargets` told of. */
export async function stepIn(session: Session, given: unknown): Promise<Body> {
  const target = numberOf(bag(given), 'targetId', null);
  if (target === null)
    return move(session, { kind: 'step', how: byTick(given) ? 'tick' : 'in', thread: threadOf(given) });
  await ask(session, 'stepInto', { thread: threadOf(given), target });
  return undefined;
}

export async function stepInTargets(session: Session, given: unknown): Promise<Body> {
  const found = await ask(session, 'stepTargets', { frame: numberOf(bag(given), 'frameId') });
  const targets = found.map(({ id, label, line, column }) => ({
    id,
    label,
    line: toClientLine(session, line),
    column: toClientColumn(session, column),
  }));
  return { targets };
}

export const stepOut = (session: Session, given: unknown): Promise<Body> =>
  move(session, { kind: 'step', how: 'out', thread: threadOf(given) });
/** DAP has one step back. `how` (over, in, out) is ours: into calls that have returned, or to the line that made this one. */
export function stepBack(session: Session, given: unknown): Promise<Body> {
  const how = stringOf(bag(given), 'how', 'over');
  if (how !== 'over' && how !== 'in' && how !== 'out')
    throw new Problem(PROBLEMS.badArguments, `how must be over, in or out, not ${how}`);
  return move(session, { kind: 'back', how: byTick(given) ? 'tick' : how, thread: threadOf(given) });
}
export const reverseContinue = (session: Session): Promise<Body> => move(session, { kind: 'reverse' });

/** Goes back in time to where the frame's call began: the very call, which then goes on as it did. */
export async function restartFrame(session: Session, given: unknown): Promise<Body> {
  await ask(session, 'restartFrame', { frame: numberOf(bag(given), 'frameId') });
  return undefined;
}

/** Ends a run, and a search backwards as well. */
export async function pause(session: Session): Promise<Body> {
  await ask(session, 'pause', {});
  return undefined;
}
