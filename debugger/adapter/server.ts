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

  /** The session needs the server to send, and the server the session to serve. */
  serve(session: Session): void {
    this.#session = session;
  }

  send(event: string, body?: object): void {
    this.sendEvent(new Event(event, body));
  }

  protected override dispatchRequest(request: DebugProtocol.Request): void {
    void this.#handle(request);
  }

  async #handle(request: DebugProtocol.Request): Promise<void> {
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
    const response: DebugProtocol.Response = new Response(request);
    if (body !== undefined) response.body = body;
    this.sendResponse(response);
  }

  #fail(request: DebugProtocol.Request, error: Error): void {
    const { id, showUser } =
      error instanceof Problem
        ? error
        : { id: error instanceof Refused ? PROBLEMS.refused : PROBLEMS.defect, showUser: false };
    const response: DebugProtocol.ErrorResponse = new Response(request, error.message) as DebugProtocol.ErrorResponse;
    response.body = { error: { id, format: escaped(error.message), showUser } };
    this.sendResponse(response);
  }
}

/** Braces in a format mean variables. */
const escaped = (message: string): string => message.replaceAll('{', '(').replaceAll('}', ')');
