/** A language client over stdio, as small as the dialogue tests need it. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';

export interface LspClient {
  readonly request: (method: string, params: unknown) => Promise<unknown>;
  readonly notify: (method: string, params: unknown) => void;
  /** The next notification of that method that comes, or the last that came and was not taken. */
  readonly notification: (method: string) => Promise<unknown>;
  readonly stop: () => Promise<number | null>;
  /** For a test that failed half-way. */
  readonly kill: () => void;
}

interface Message {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
  error?: { message: string };
}

export function startLspClient(module: string): LspClient {
  const child = spawn(process.execPath, [module, '--stdio']);
  const pending = new Map<number, (message: Message) => void>();
  const arrived = new Map<string, unknown[]>();
  const waiting = new Map<string, (params: unknown) => void>();
  let next = 1;
  readMessages(child, (message) => {
    if (message.id !== undefined && message.method === undefined) pending.get(message.id)?.(message);
    else if (message.method !== undefined) take(message.method, message.params);
  });
  const take = (method: string, params: unknown): void => {
    const waiter = waiting.get(method);
    waiting.delete(method);
    if (waiter) waiter(params);
    else arrived.set(method, [...(arrived.get(method) ?? []), params]);
  };
  return {
    request: (method, params) =>
      new Promise((resolve) => {
        const id = next++;
        pending.set(id, (message) => resolve(message.error ? { error: message.error.message } : message.result));
        send(child, { id, method, params });
      }),
    notify: (method, params) => send(child, { method, params }),
    notification: (method) => {
      const have = arrived.get(method)?.shift();
      return have === undefined ? new Promise((resolve) => waiting.set(method, resolve)) : Promise.resolve(have);
    },
    kill: () => void child.kill(),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', resolve);
        send(child, { method: 'exit' });
      }),
  };
}

function send(child: ChildProcessWithoutNullStreams, message: Message): void {
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

function readMessages(child: ChildProcessWithoutNullStreams, take: (message: Message) => void): void {
  let buffer: Uint8Array = new Uint8Array(0);
  child.stdout.on('data', (chunk) => {
    buffer = joined(buffer, new Uint8Array(chunk));
    for (;;) {
      const header = /^Content-Length: (\d+)\r\n(?:[^\r]+\r\n)*?\r\n/.exec(Buffer.from(buffer).toString('latin1'));
      if (!header) return;
      const end = header[0].length + Number(header[1]);
      if (buffer.length < end) return;
      take(JSON.parse(new TextDecoder().decode(buffer.subarray(header[0].length, end))) as Message);
      buffer = buffer.subarray(end);
    }
  });
}

function joined(left: Uint8Array, right: Uint8Array): Uint8Array {
  const whole = new Uint8Array(left.length + right.length);
  whole.set(left);
  whole.set(right, left.length);
  return whole;
}
