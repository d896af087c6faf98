/** What the handlers share: the debugger's thread, the client's habits, where the run stands. It decides nothing. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { DebuggerClient } from '../control/client.ts';
import type { LaunchParameters, Parameters, RequestName, Result } from '../control/protocol.ts';
import { Problem, PROBLEMS } from './problem.ts';
import type { Sources } from './sources.ts';

export interface Session {
  readonly client: DebuggerClient;
  readonly sources: Sources;
  readonly send: (event: string, body?: object) => void;
  /** Answers an open request that only looks with `cancelled`. */
  readonly cancel: (seq: number) => boolean;
  /** Ends the process once everything written has left. */
  readonly leave: () => void;
  /** What the client counts lines and columns from. */
  linesFrom: 0 | 1;
  columnsFrom: 0 | 1;
  launch: LaunchParameters | null;
  /** `configurationDone` came. */
  configured: boolean;
  /** The thread has been told to run. */
  running: boolean;
  /** The client shows progress. */
  showsProgress: boolean;
  /** Of the long run that is shown; null: none is. */
  progressId: string | null;
  /** `terminated` has been sent. */
  ended: boolean;
}

export function ask<N extends RequestName>(session: Session, name: N, parameters: Parameters<N>): Promise<Result<N>> {
  if (session.launch === null) throw new Problem(PROBLEMS.notLaunched, `${name}: nothing has been launched yet`);
  return session.client.request(name, parameters);
}

/** Lines of ours count from 1, as do columns. */
export const toClientLine = (session: Session, line: number): number => Math.max(line, 1) - 1 + session.linesFrom;
export const fromClientLine = (session: Session, line: number): number => line - session.linesFrom + 1;
export const toClientColumn = (session: Session, column: number): number =>
  Math.max(column, 1) - 1 + session.columnsFrom;

/** Runs once both `launch` and `configurationDone` have come, in whichever order. */
export async function startWhenReady(session: Session): Promise<void> {
  if (session.launch === null || !session.configured || session.running) return;
  session.running = true;
  await session.client.request('go', {});
}

/** The run has stopped, or is about to be another. */
export function endProgress(session: Session): void {
  if (session.progressId === null) return;
  session.send('progressEnd', { progressId: session.progressId });
  session.progressId = null;
}

export function terminated(session: Session): void {
  if (session.ended) return;
  session.ended = true;
  endProgress(session);
  session.send('terminated');
}

export type Body = object | undefined;
export type { DebugProtocol };
