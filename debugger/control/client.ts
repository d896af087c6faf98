/** The adapter's end of the debugger's thread: requests as promises, events to a listener. */
import { Worker } from 'node:worker_threads';
import type { AnswerMessage, EventMessage, Parameters, RequestName, Result } from './protocol.ts';

export interface WorkerData {
  /** Counts letters, so that the other side need not look for them. */
  readonly counter: SharedArrayBuffer;
  /** URL of the fast build's bundle. */
  readonly fastEngine: string;
  /** URL of the table of listings. */
  readonly listings: string;
}

export interface ClientOptions {
  readonly workerFile: URL;
  readonly fastEngine: URL;
  readonly listings: URL;
  readonly onEvent: (message: EventMessage) => void;
  /** The thread is gone although nobody told it to go. */
  readonly onCrash: (message: string) => void;
}

/** A world that grows without bound ends its thread and not the editor. A young generation has three semispaces: see build/node_flags.mjs. */
const LIMITS = { maxOldGenerationSizeMb: 2048, maxYoungGenerationSizeMb: 144, stackSizeMb: 8 };

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/** The debugger refused a request; the message is for the user. */
export class Refused extends Error {
  override readonly name = 'Refused';
}

export class DebuggerClient {
  readonly #worker: Worker;
  readonly #counter = new Int32Array(new SharedArrayBuffer(4));
  readonly #waiting = new Map<number, Waiting>();
  readonly #options: ClientOptions;
  #nextId = 1;
  #ended = false;

  constructor(options: ClientOptions) {
    this.#options = options;
    const workerData: WorkerData = {
      counter: this.#counter.buffer as SharedArrayBuffer,
      fastEngine: options.fastEngine.href,
      listings: options.listings.href,
    };
    this.#worker = new Worker(options.workerFile, { workerData, resourceLimits: LIMITS });
    this.#worker.on('message', (message: AnswerMessage | EventMessage) => this.#take(message));
    this.#worker.on('error', (error) => this.#gone(crashText(error)));
    this.#worker.on('exit', () => this.#gone('the debugger ended'));
  }

  request<N extends RequestName>(name: N, parameters: Parameters<N>): Promise<Result<N>> {
    if (this.#ended) return Promise.reject(new Refused('the debugger has ended'));
    const id = this.#nextId++;
    const answer = new Promise<Result<N>>((resolve, reject) =>
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject }),
    );
    this.#worker.postMessage({ id, name, parameters });
    Atomics.add(this.#counter, 0, 1);
    Atomics.notify(this.#counter, 0);
    return answer;
  }

  /** Asks it to go; does not wait long for one that is busy. */
  async end(): Promise<void> {
    if (this.#ended) return;
    const gone = this.request('quit', {}).catch(() => null);
    await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 500).unref())]);
    this.#ended = true;
    await this.#worker.terminate();
  }

  #take(message: AnswerMessage | EventMessage): void {
    if ('event' in message) {
      this.#options.onEvent(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('error' in message) waiting?.reject(new Refused(message.error));
    else waiting?.resolve(message.result as never);
  }

  #gone(message: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Refused(message));
    this.#waiting.clear();
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onCrash(message);
  }
}

function crashText(error: Error & { code?: string }): string {
  if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return `the run needs more than ${LIMITS.maxOldGenerationSizeMb} MB of memory: end it earlier with "until"`;
  return `the debugger broke down: ${error.message}`;
}
