/** The DAP connection: takes a request, asks the table, sends what came of it. Nothing that a client sends ends the process. */
import { ProtocolServer } from '@vscode/debugadapter/lib/protocol.js';
import { Event, Response } from '@vscode/debugadapter/lib/messages.js';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { Refused } from '../control/client.ts';
import { Problem, PROBLEMS } from './problem.ts';
import type { Body, Session } from './session.ts';
import { REQUESTS } from './table.ts';

export class AdapterServer extends ProtocolServer {
  #session: Session | null = null;
  /** Not yet answered. */
  readonly #open = new Set<DebugProtocol.Request>();

  /** The session needs the server to send, and the server the session to serve. */
  serve(session: Session): void {
    this.#session = session;
  }

  send(event: string, body?: object): void {
    this.sendEvent(new Event(event, body));
  }

  /** Nobody waits for this answer any more: it is given at once, whatever the debugger's thread still finds. False: too late, or it moves the run. */
  cancel(seq: number): boolean {
    const request = [...this.#open].find((each) => each.seq === seq);
    if (request === undefined || !onlyLooks(request)) return false;
    this.#fail(request, new Problem(PROBLEMS.cancelled, 'cancelled'));
    return true;
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.#handle(request);
  }

  async #handle(request: DebugProtocol.Request): Promise<void> {
    this.#open.add(request);
    try {
      const row =
        typeof request.command === 'string' && Object.hasOwn(REQUESTS, request.command)
          ? REQUESTS[request.command]
          : undefined;
      if (row === undefined)
        throw new Problem(PROBLEMS.unknownRequest, `there is no request ${JSON.stringify(request.command)}`);
      this.#succeed(request, await row.handler(this.#session!, request.arguments));
    } catch (error) {
      this.#fail(request, error as Error);
    }
  }

  #succeed(request: DebugProtocol.Request, body: Body): void {
    if (!this.#open.delete(request)) return;
    const response: DebugProtocol.Response = new Response(request);
    if (body !== undefined) response.body = body;
    this.sendResponse(response);
  }

  #fail(request: DebugProtocol.Request, error: Error): void {
    if (!this.#open.delete(request)) return;
    const { id, showUser } =
      error instanceof Problem
        ? error
        : { id: error instanceof Refused ? PROBLEMS.refused : PROBLEMS.defect, showUser: false };
    const response: DebugProtocol.ErrorResponse = new Response(request, error.message) as DebugProtocol.ErrorResponse;
    response.body = { error: { id, format: escaped(error.message), showUser } };
    this.sendResponse(response);
  }
}

/** The console's commands may move the run. */
function onlyLooks({ command, arguments: given }: DebugProtocol.Request): boolean {
  return REQUESTS[command]?.looks === true && (given as { context?: string } | undefined)?.context !== 'repl';
}

/** Braces in a format mean variables. */
const escaped = (message: string): string => message.replaceAll('{', '(').replaceAll('}', ')');
