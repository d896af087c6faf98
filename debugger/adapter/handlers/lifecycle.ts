/** From `initialize` to `disconnect`. */
import { Refused } from '../../control/client.ts';
import type { LaunchParameters } from '../../control/protocol.ts';
import { capabilities } from '../table.ts';
import { readLaunch } from '../launch.ts';
import { bag, flagOf, numberOf, stringOf } from '../arguments.ts';
import { Problem, PROBLEMS } from '../problem.ts';
import { ask, type Body, endProgress, type Session, startWhenReady, terminated } from '../session.ts';

export function initialize(session: Session, given: unknown): Body {
  const of = bag(given);
  session.linesFrom = of.linesStartAt1 === false ? 0 : 1;
  session.columnsFrom = of.columnsStartAt1 === false ? 0 : 1;
  session.showsProgress = of.supportsProgressReporting === true;
  session.sources.byScheme = /^(?:vscode|code)/.test(stringOf(of, 'clientID', ''));
  return capabilities();
}

/** Answered once the scenario is found good and the debugger has built it; `initialized` follows, since names resolve from then on. */
export async function launch(session: Session, given: unknown): Promise<Body> {
  if (session.launch !== null) throw new Problem(PROBLEMS.refused, 'this session has launched already: use restart');
  const parameters = readLaunch(given);
  await build(session, parameters);
  session.launch = parameters;
  session.send('initialized');
  await startWhenReady(session);
  return undefined;
}

/** The debugger's thread reads the text: what is wrong with it the user is to see. */
async function build(session: Session, parameters: LaunchParameters): Promise<void> {
  try {
    await session.client.request('launch', parameters);
  } catch (error) {
    throw error instanceof Refused ? new Problem(PROBLEMS.badScenario, error.message, true) : error;
  }
}

export function attach(): Body {
  throw new Problem(PROBLEMS.attach, 'There is nothing to attach to: a run begins with "request": "launch"', true);
}

export async function configurationDone(session: Session): Promise<Body> {
  session.configured = true;
  await startWhenReady(session);
  return undefined;
}

/** From time 0 again, with the scenario's text as it is now; breakpoints stay. */
export async function restart(session: Session, given: unknown): Promise<Body> {
  if (session.launch === null) throw new Problem(PROBLEMS.notLaunched, 'nothing has been launched yet');
  const of = bag(bag(given).arguments);
  const newest = readLaunch({ ...asArguments(session.launch), ...of });
  await build(session, newest);
  endProgress(session);
  session.launch = newest;
  session.ended = false;
  await session.client.request('go', {});
  return undefined;
}

function asArguments({ file, seed, until, stopOnEntry, noDebug }: NonNullable<Session['launch']>): object {
  return { program: file, seed, stopOnEntry, noDebug, ...(until === null ? {} : { until: `${until}ns` }) };
}

/** A request that is answered already is none of anybody's concern, nor is a run that has ended; one that goes on pauses. */
export async function cancel(session: Session, given: unknown): Promise<Body> {
  const of = bag(given);
  session.cancel(numberOf(of, 'requestId', -1));
  if (session.progressId !== null && of.progressId === session.progressId) await ask(session, 'pause', {});
  return undefined;
}

/** Nothing outlives a run, so its graceful end is its end. */
export async function terminate(session: Session): Promise<Body> {
  await session.client.end();
  terminated(session);
  return undefined;
}

export async function disconnect(session: Session, given: unknown): Promise<Body> {
  if (flagOf(bag(given), 'restart') === false) terminated(session);
  await session.client.end();
  session.leave();
  return undefined;
}
