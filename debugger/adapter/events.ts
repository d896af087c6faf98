/** The debugger's news as events of DAP. */
import type { EventMessage, OutputLine, StoppedMessage } from '../control/protocol.ts';
import type { StopReason } from '../control/stop.ts';
import { type Session, terminated, toClientLine } from './session.ts';

const REASONS: Readonly<Partial<Record<StopReason, string>>> = { end: 'pause' };

export function tell(session: Session, message: EventMessage): void {
  switch (message.event) {
    case 'stopped':
      return session.send('stopped', stoppedBody(message.body));
    case 'output':
      return session.send('output', outputBody(session, message.body));
    case 'ended':
      session.send('exited', { exitCode: message.body.exitCode });
      return terminated(session);
    case 'failed':
      session.send('output', { category: 'important', output: `${message.body.message}\n` });
      session.send('exited', { exitCode: 1 });
      return terminated(session);
  }
}

function stoppedBody({ reason, description, thread, hitBreakpoints, packetEvent }: StoppedMessage): object {
  const text = packetEvent === null ? {} : { text: packetEvent.condition === '' ? packetEvent.reason : `${packetEvent.reason}: ${packetEvent.condition}` };
  return {
    reason: REASONS[reason] ?? reason, description, threadId: thread, allThreadsStopped: true, ...text,
    ...(hitBreakpoints.length === 0 ? {} : { hitBreakpointIds: hitBreakpoints }),
  };
}

function outputBody(session: Session, { text, category, line }: OutputLine): object {
  const place = line > 0 && session.launch !== null ? { source: session.sources.scenario(session.launch.file), line: toClientLine(session, line) } : {};
  return { category, output: `${text}\n`, ...place };
}
