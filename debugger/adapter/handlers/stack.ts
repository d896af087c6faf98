/** Threads, stacks, scopes. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { FrameRow } from '../../control/protocol.ts';
import { bag, numberOf } from '../arguments.ts';
import { ask, type Body, type Session, toClientColumn, toClientLine } from '../session.ts';

export async function threads(session: Session): Promise<Body> {
  if (session.launch === null || session.ended) return { threads: [] };
  return { threads: await ask(session, 'threads', {}) };
}

export async function stackTrace(session: Session, given: unknown): Promise<Body> {
  const of = bag(given);
  const { frames, total } = await ask(session, 'stack', {
    thread: numberOf(of, 'threadId'),
    start: Math.max(0, numberOf(of, 'startFrame', 0)),
    levels: Math.max(0, numberOf(of, 'levels', 0)),
  });
  return { stackFrames: frames.map((frame) => frameBody(session, frame)), totalFrames: total };
}

function frameBody(
  session: Session,
  { id, kind, name, subtle, file, line, column }: FrameRow,
): DebugProtocol.StackFrame {
  if (kind === 'label' || file === null)
    return { id, name, line: 0, column: 0, presentationHint: 'label', canRestart: kind !== 'label' };
  const source = file === '' ? session.sources.scenario(session.launch!.file) : session.sources.listing(file);
  return {
    id,
    name,
    source,
    line: toClientLine(session, line),
    column: toClientColumn(session, column),
    ...(subtle ? { presentationHint: 'subtle' as const } : {}),
  };
}

export async function scopes(session: Session, given: unknown): Promise<Body> {
  const rows = await ask(session, 'scopes', { frame: numberOf(bag(given), 'frameId') });
  return {
    scopes: rows.map(({ name, hint, reference, expensive }) => ({
      name,
      variablesReference: reference,
      expensive,
      ...(hint === null ? {} : { presentationHint: hint }),
    })),
  };
}
