/** A client of DAP over stdio, as an editor is one: requests as promises, events kept until somebody waits for them. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import path from 'node:path';

// biome-ignore lint/suspicious/noExplicitAny: a test reads whatever the protocol brings
export type Body = Record<string, any>;
export interface DapEvent {
  readonly event: string;
  readonly body: Body;
}

export class DapError extends Error {
  readonly body: Body;
  constructor(message: string, body: Body) {
    super(message);
    this.body = body;
  }
}

interface Waiting {
  readonly resolve: (body: Body) => void;
  readonly reject: (error: Error) => void;
}

export class DapClient {
  readonly events: DapEvent[] = [];
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, Waiting>();
  #waiters: (() => void)[] = [];
  #received: Buffer = Buffer.alloc(0);
  #seq = 1;
  exitCode: number | null = null;
  stderr = '';

  constructor(adapter = path.resolve('dist/adapter.cjs')) {
    this.#process = spawn(process.execPath, [adapter], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#process.stdout.on('data', (chunk: Buffer) => this.#take(chunk));
    this.#process.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.#process.stdin.on('error', () => undefined);
    this.#process.on('exit', (code) => {
      this.exitCode = code ?? -1;
      for (const { reject } of this.#waiting.values())
        reject(new Error(`the adapter ended with ${code}: ${this.stderr}`));
      this.#wake();
    });
  }

  /** The number of the request that was made last. */
  get lastSeq(): number {
    return this.#seq - 1;
  }

  request(command: string, args: Body = {}): Promise<Body> {
    const seq = this.#seq++;
    const answer = new Promise<Body>((resolve, reject) => this.#waiting.set(seq, { resolve, reject }));
    this.raw(JSON.stringify({ seq, type: 'request', command, arguments: args }));
    return answer;
  }

  /** What `work` sends arrives in one piece. */
  together<T>(work: () => T): T {
    this.#process.stdin.cork();
    const result = work();
    this.#process.stdin.uncork();
    return result;
  }

  /** Whatever bytes, with a right header. */
  raw(text: string): void {
    this.#process.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  /** Bytes without any header. */
  bytes(bytes: Uint8Array): void {
    this.#process.stdin.write(bytes);
  }

  /** The next event that fits, which may have come already; it and all before it are used up. */
  async next(fits: (event: DapEvent) => boolean, timeout = 20_000): Promise<DapEvent> {
    const deadline = performance.now() + timeout;
    for (;;) {
      const at = this.events.findIndex(fits);
      if (at >= 0) return this.events.splice(0, at + 1).at(-1)!;
      if (this.exitCode !== null) throw new Error(`the adapter ended with ${this.exitCode}: ${this.stderr}`);
      if (performance.now() > deadline)
        throw new Error(`no such event; there were ${JSON.stringify(this.events.map((each) => each.event))}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 100);
        this.#waiters.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  end(): void {
    this.#process.kill();
  }

  #wake(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const wake of waiters) wake();
  }

  #take(chunk: Buffer): void {
    this.#received = Buffer.concat([this.#received as Uint8Array, chunk as Uint8Array]);
    for (;;) {
      const head = this.#received.indexOf('\r\n\r\n');
      if (head < 0) return;
      const length = Number(/Content-Length: (\d+)/.exec(this.#received.subarray(0, head).toString())![1]);
      if (this.#received.length < head + 4 + length) return;
      this.#message(JSON.parse(this.#received.subarray(head + 4, head + 4 + length).toString()) as Body);
      this.#received = this.#received.subarray(head + 4 + length);
    }
  }

  #message(message: Body): void {
    if (message.type === 'event') {
      this.events.push({ event: message.event, body: message.body ?? {} });
      this.#wake();
      return;
    }
    const waiting = this.#waiting.get(message.request_seq);
    this.#waiting.delete(message.request_seq);
    if (message.success) waiting?.resolve(message.body ?? {});
    else waiting?.reject(new DapError(message.message, message.body ?? {}));
  }
}
