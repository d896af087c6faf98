/** What the adapter tells VS Code during sessions, kept so that a test can wait for the next one. */
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';

export class DebugEvents implements vscode.Disposable {
  readonly output: string[] = [];
  private readonly stops: DebugProtocol.StoppedEvent['body'][] = [];
  private readonly waiting: ((body: DebugProtocol.StoppedEvent['body']) => void)[] = [];
  private readonly subscriptions: vscode.Disposable[] = [];
  private ended = 0;
  private last: vscode.DebugSession | undefined;

  constructor() {
    const tracker = {
      createDebugAdapterTracker: (session: vscode.DebugSession) => ({
        onDidSendMessage: (message: DebugProtocol.Event): void => this.take(message, session),
      }),
    };
    this.subscriptions.push(vscode.debug.registerDebugAdapterTrackerFactory('netpath', tracker));
    this.subscriptions.push(vscode.debug.onDidTerminateDebugSession(() => this.ended++));
  }

  /** The next `stopped`, which may have come already. */
  nextStop(): Promise<DebugProtocol.StoppedEvent['body']> {
    const early = this.stops.shift();
    return early ? Promise.resolve(early) : new Promise((resolve) => this.waiting.push(resolve));
  }

  /** A `stopped` that has come and that nobody waited for. */
  takeStop(): DebugProtocol.StoppedEvent['body'] | undefined {
    return this.stops.shift();
  }

  /** Whose stop came last. VS Code's active session may still be the one before, which has ended. */
  stoppedSession(): vscode.DebugSession {
    if (this.last === undefined) throw new Error('no session has stopped yet');
    return this.last;
  }

  sessionsEnded(): number {
    return this.ended;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private take(message: DebugProtocol.Event, session: vscode.DebugSession): void {
    if (message.type !== 'event') return;
    if (message.event === 'output') this.output.push(message.body.output);
    if (message.event !== 'stopped') return;
    this.last = session;
    const waiter = this.waiting.shift();
    if (waiter) waiter(message.body);
    else this.stops.push(message.body);
  }
}
