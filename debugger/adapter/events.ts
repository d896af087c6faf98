/** The debugger's news as events of DAP. */
import type { EventMessage, OutputLine, StoppedMessage } from '../control/protocol.ts';
import type { StopReason } from '../control/stop.ts';
import type { Reached } from '../control/waiter.ts';
import { duration } from '../inspect/format/time.ts';
import { endProgress, type Session, terminated, toClientLine } from './session.ts';

const REASONS: Readonly<Partial<Record<StopReason, string>>> = { end: 'pause' };

export function tell(session: Session, message: EventMessage): void {
  switch (message.event) {
    case 'progress':
      if (session.showsProgress) showProgress(session, message.body);
      break;
    case 'stopped':
      endProgress(session);
      session.send('stopped', stoppedBody(message.body));
      break;
    case 'output':
      session.send('output', outputBody(session, message.body));
      break;
    case 'ended':
      ended(session, message.body.exitCode);
      break;
    case 'failed':
      session.send('output', { category: 'important', output: `${message.body.message}\n` });
      ended(session, 1);
  }
}

function showProgress(session: Session, reached: Reached | null): void {
  const message =
    reached === null
      ? 'searching the past'
      : `${duration(reached.now)} simulated, event ${reached.event.toLocaleString('en-US')}`;
  if (session.progressId !== null) {
    session.send('progressUpdate', { progressId: session.progressId, message });
    return;
  }
  session.progressId = `run ${++runs}`;
  session.send('progressStart', { progressId: session.progressId, title: 'NetPath', message, cancellable: true });
}

/** Shown so far; an id is used once. */
let runs = 0;

function ended(session: Session, exitCode: number): void {
  session.send('exited', { exitCode });
  terminated(session);
}

function stoppedBody({ reason, description, thread, hitBreakpoints, packetEvent }: StoppedMessage): object {
  const text =
    packetEvent === null
      ? {}
      : { text: packetEvent.condition === '' ? packetEvent.reason : `${packetEvent.reason}: ${packetEvent.condition}` };
  return {
    reason: REASONS[reason] ?? reason,
    description,
    threadId: thread,
    allThreadsStopped: true,
    ...text,
    ...(hitBreakpoints.length === 0 ? {} : { hitBreakpointIds: hitBreakpoints }),
  };
}

function outputBody(session: Session, { text, category, line }: OutputLine): object {
  const place =
    line > 0 && session.launch !== null
      ? { source: session.sources.scenario(session.launch.file), line: toClientLine(session, line) }
      : {};
  return { category, output: `${text}\n`, ...place };
}
