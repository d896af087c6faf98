/** The adapter as a process: what it offers it does, and nothing that is sent to it ends it. */
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import fc from 'fast-check';
import { capabilities, REQUESTS } from '../../debugger/adapter/table.ts';
import { DapClient, DapError } from './dapClient.ts';

const example = path.resolve('examples/udp-echo.netpath');
const folder = mkdtempSync(path.join(os.tmpdir(), 'netpath-dap-'));

async function withClient<T>(work: (client: DapClient) => Promise<T>): Promise<T> {
  const client = new DapClient();
  try {
    return await work(client);
  } finally {
    client.end();
  }
}

async function stopped(client: DapClient): Promise<void> {
  await client.request('initialize', { clientID: 'test' });
  await client.request('launch', { program: example });
  await client.request('setFunctionBreakpoints', { breakpoints: [{ name: 'ip_rcv' }] });
  await client.request('configurationDone');
  await client.next((event) => event.event === 'stopped');
}

/** What a capability promises, as a request that must not be refused as unknown. */
const PROMISES: Readonly<Record<string, string>> = {
  supportsConfigurationDoneRequest: 'configurationDone',
  supportsRestartRequest: 'restart',
  supportsTerminateRequest: 'terminate',
  supportTerminateDebuggee: 'disconnect',
  supportsConditionalBreakpoints: 'setBreakpoints',
  supportsHitConditionalBreakpoints: 'setBreakpoints',
  supportsLogPoints: 'setBreakpoints',
  supportsFunctionBreakpoints: 'setFunctionBreakpoints',
  exceptionBreakpointFilters: 'setExceptionBreakpoints',
  supportsExceptionFilterOptions: 'setExceptionBreakpoints',
  supportsBreakpointLocationsRequest: 'breakpointLocations',
  supportsStepInTargetsRequest: 'stepInTargets',
  supportsValueFormattingOptions: 'variables',
  supportsSteppingGranularity: 'next',
  supportsStepBack: 'stepBack',
  supportsRestartFrame: 'restartFrame',
  supportsDelayedStackTraceLoading: 'stackTrace',
  supportsEvaluateForHovers: 'evaluate',
  supportsClipboardContext: 'evaluate',
  supportsCompletionsRequest: 'completions',
  completionTriggerCharacters: 'completions',
  supportsReadMemoryRequest: 'readMemory',
  supportsExceptionInfoRequest: 'exceptionInfo',
  supportsLoadedSourcesRequest: 'loadedSources',
  supportsDataBreakpoints: 'setDataBreakpoints',
  supportsCancelRequest: 'cancel',
};

test('every capability that is announced has its request, and the table is what is announced', async () => {
  const announced = await withClient((client) => client.request('initialize', { clientID: 'test' }));
  assert.deepEqual(announced, JSON.parse(JSON.stringify(capabilities())));
  for (const name of Object.keys(announced)) {
    assert.ok(PROMISES[name], `${name} is announced; which request does it promise?`);
    assert.ok(Object.hasOwn(REQUESTS, PROMISES[name]!), `${name} needs ${PROMISES[name]}`);
  }
});

test('every request of the table is answered at a stop', async () => {
  await withClient(async (client) => {
    await stopped(client);
    const moving = new Set([
      'initialize',
      'launch',
      'configurationDone',
      'continue',
      'next',
      'stepIn',
      'stepOut',
      'stepBack',
      'reverseContinue',
      'restartFrame',
      'restart',
      'terminate',
      'disconnect',
      'attach',
    ]);
    for (const command of Object.keys(REQUESTS).filter((each) => !moving.has(each))) {
      const answer = await client
        .request(command, {
          threadId: 1,
          frameId: 1,
          line: 1,
          column: 1,
          text: 'skb.',
          expression: 'skb',
          memoryReference: '1',
          count: 4,
          variablesReference: 1,
          source: { path: example },
        })
        .catch((error: unknown) => error);
      if (answer instanceof Error)
        assert.ok(answer instanceof DapError && answer.body.error.id !== 1004, `${command}: ${answer.message}`);
    }
  });
});

test('steps on all kinds of threads, pages, and the end of a session', async () => {
  await withClient(async (client) => {
    await stopped(client);
    const { threads } = await client.request('threads');
    for (const { id } of threads) await client.request('stackTrace', { threadId: id, startFrame: 1, levels: 2 });
    for (const command of ['next', 'stepIn', 'stepOut', 'stepBack', 'reverseContinue', 'next']) {
      await client.request(command, { threadId: threads[0].id });
      await client.next((event) => event.event === 'stopped');
    }
    await client.request('restart', {});
    await client.next((event) => event.event === 'stopped');
    await client.request('terminate');
    await client.next((event) => event.event === 'terminated');
    await client.request('disconnect');
  });
});

test('a request that only looks can be cancelled, one that moves cannot', async () => {
  await withClient(async (client) => {
    await stopped(client);
    const [looked] = client.together(() => [
      client.request('stackTrace', { threadId: 1 }).catch((error: DapError) => error.message),
      client.request('cancel', { requestId: client.lastSeq }),
    ]);
    assert.equal(await looked, 'cancelled');
    const [moved] = client.together(() => [
      client.request('next', { threadId: 1 }),
      client.request('cancel', { requestId: client.lastSeq }),
    ]);
    await moved;
    await client.next((event) => event.event === 'stopped');
    assert.ok((await client.request('stackTrace', { threadId: 1 })).stackFrames.length > 0);
    await client.request('cancel', { requestId: 1 });
    await client.request('cancel', {});
  });
});

test('configurationDone may come before launch', async () => {
  await withClient(async (client) => {
    await client.request('initialize', { clientID: 'test' });
    await client.request('configurationDone');
    await client.request('launch', { program: example, noDebug: true });
    assert.equal((await client.next((event) => event.event === 'exited')).body.exitCode, 0);
  });
});

test('a run that would not end tells how far it has come; pause reaches it, and so does the cancelling of its progress', async () => {
  const file = path.join(folder, 'endless.netpath');
  writeFileSync(file, 'host a {\n  process p { loop { sleep 1us } }\n}\n');
  await withClient(async (client) => {
    await client.request('initialize', { clientID: 'test', supportsProgressReporting: true });
    await client.request('launch', { program: file });
    await client.request('configurationDone');
    const ids: unknown[] = [];
    for (const stop of [
      (progressId: string) => client.request('cancel', { progressId }),
      () => client.request('pause', { threadId: 1 }),
    ]) {
      const { body: start } = await client.next((event) => event.event === 'progressStart');
      assert.match(start.message, /^[\d.]+ \w+ simulated, event [\d,]+$/);
      assert.equal(start.cancellable, true);
      const { body: update } = await client.next((event) => event.event === 'progressUpdate');
      assert.equal(update.progressId, start.progressId);
      await stop(start.progressId);
      const { body: end } = await client.next((event) => event.event === 'progressEnd');
      assert.equal(end.progressId, start.progressId);
      const { body } = await client.next((event) => event.event === 'stopped');
      assert.equal(body.reason, 'pause');
      ids.push(start.progressId);
      await client.request('cancel', { progressId: start.progressId });
      await client.request('continue', { threadId: 1 });
    }
    assert.notEqual(ids[0], ids[1]);
    await client.request('disconnect');
  });
});

const BAD_SCENARIOS: readonly (readonly [string, string | Uint8Array])[] = [
  ['an empty file', ''],
  ['a missing brace', 'host a {\n  process p { sleep 1us }\n'],
  ['an unknown word', 'hots a { }\n'],
  ['a wrong unit', 'link w { rate 5ms }\nhost a { nic eth0 { link w; address 10.0.0.1/24 } }\n'],
  ['binary junk', Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919) & 255)],
  ['ten megabytes', 'host a { }\n'.repeat(900_000)],
];

for (const [name, text] of BAD_SCENARIOS) {
  test(`a scenario that is ${name}: one clear message`, async () => {
    const file = path.join(folder, 'bad.netpath');
    writeFileSync(file, text);
    await withClient(async (client) => {
      await client.request('initialize', { clientID: 'test' });
      const error = await client.request('launch', { program: file }).then(
        () => null,
        (refused: unknown) => refused as DapError,
      );
      assert.ok(error instanceof DapError);
      assert.equal(error.body.error.showUser, true);
      assert.ok(
        error.message.length > 5 && error.message.length < 3000 && !/\n\s+at /.test(error.message),
        error.message,
      );
    });
  });
}

test('a process that loops for ever without time passing is stopped and told', async () => {
  const file = path.join(folder, 'spin.netpath');
  writeFileSync(file, 'host a {\n  process p {\n    x = 0\n    loop { x = x + 1 }\n  }\n}\n');
  await withClient(async (client) => {
    await client.request('initialize', { clientID: 'test' });
    await client.request('launch', { program: file });
    await client.request('configurationDone');
    assert.match((await client.next((event) => event.event === 'output', 60_000)).body.output, /loops for ever/);
    assert.equal((await client.next((event) => event.event === 'exited')).body.exitCode, 1);
  });
});

const anything = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.double(),
  fc.array(fc.integer(), { maxLength: 3 }),
  fc.dictionary(fc.string(), fc.integer(), { maxKeys: 3 }),
  fc.constantFrom<unknown>('skb', 'ip_rcv', example, -1, 1e308, [{}], [{ line: 'x' }], { path: 5 }),
);
const NAMES = [
  'threadId',
  'frameId',
  'variablesReference',
  'expression',
  'context',
  'start',
  'count',
  'filter',
  'levels',
  'startFrame',
  'breakpoints',
  'source',
  'filters',
  'filterOptions',
  'text',
  'column',
  'line',
  'memoryReference',
  'offset',
  'sourceReference',
  'program',
  'seed',
  'until',
];
const harmless = Object.keys(REQUESTS).filter(
  (each) => !['disconnect', 'terminate', 'restart', 'continue', 'reverseContinue'].includes(each),
);

test('no arguments break the adapter', async () => {
  await withClient(async (client) => {
    await stopped(client);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...harmless, 'nonsense', '__proto__', ''),
        fc.oneof(anything, fc.dictionary(fc.constantFrom(...NAMES), anything, { maxKeys: 6 })),
        async (command, args) => {
          const answer = await client.request(command, args as never).catch((error: unknown) => error);
          if (answer instanceof Error)
            assert.ok(
              answer instanceof DapError && answer.body.error?.id !== 1004,
              `${command} ${JSON.stringify(args)}: ${answer.message}`,
            );
          assert.equal(client.exitCode, null, client.stderr);
        },
      ),
      { numRuns: 300, seed: 5 },
    );
  });
});

test('no bytes break the connection', async () => {
  await withClient(async (client) => {
    await client.request('initialize', { clientID: 'test' });
    for (const text of [
      '{',
      'null',
      '[]',
      '"x"',
      '5',
      '{"type":"request"}',
      '{"type":"event"}',
      '{"seq":1,"type":"request","command":5}',
      '\u0000',
    ])
      client.raw(text);
    assert.ok(await client.request('threads'));
    assert.equal(client.exitCode, null, client.stderr);
  });
});
