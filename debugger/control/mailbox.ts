/** The debugger thread's post: it never returns to its event loop, so it asks for messages, and sleeps until the counter moves. */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import type { AnswerMessage, EventMessage, RequestMessage } from './protocol.ts';

export class Mailbox {
  readonly #port: MessagePort;
  /** [0]: letters posted so far. */
  readonly #counter: Int32Array;
  #taken = 0;

  constructor(port: MessagePort, counter: Int32Array) {
    this.#port = port;
    this.#counter = counter;
  }

  /** Sleeps until there is a letter. */
  wait(): RequestMessage {
    for (;;) {
      const letter = this.take();
      if (letter !== undefined) return letter;
      Atomics.wait(this.#counter, 0, this.#taken);
    }
  }

  /** One load while nothing has come. */
  take(): RequestMessage | undefined {
    if (Atomics.load(this.#counter, 0) === this.#taken) return undefined;
    const letter = receiveMessageOnPort(this.#port);
    if (letter === undefined) return undefined;
    this.#taken++;
    return letter.message as RequestMessage;
  }

  post(message: AnswerMessage | EventMessage): void {
    this.#port.postMessage(message);
  }
}
