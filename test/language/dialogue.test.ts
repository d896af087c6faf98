import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';
import { playDialogue, readDialogue } from './dialogue.ts';
import { type LspClient, startLspClient } from './lspClient.ts';

const FOLDER = 'test/language/golden';
const SERVER = 'dist/server.cjs';

async function connect(t: { after: (work: () => void) => void }, diagnostic: boolean): Promise<LspClient> {
  const client = startLspClient(SERVER);
  t.after(client.kill);
  await client.request('initialize', {
    processId: null,
    rootUri: null,
    capabilities: { textDocument: diagnostic ? { diagnostic: {} } : {} },
  });
  client.notify('initialized', {});
  return client;
}

for (const name of readdirSync(FOLDER)) {
  test(`dialogue ${name}`, async (t) => {
    const expected = readFileSync(`${FOLDER}/${name}`, 'utf8');
    const client = await connect(t, true);
    const played = await playDialogue(client, readDialogue(expected), expected.slice(0, expected.search(/^=== /m)));
    await client.request('shutdown', null);
    assert.equal(await client.stop(), 0);
    if (process.env.UPDATE_GOLDENS) writeFileSync(`${FOLDER}/${name}`, played);
    else assert.equal(played, expected);
  });
}

test('a client that cannot ask for diagnostics is sent them, of the last version of a burst only', async (t) => {
  const client = await connect(t, false);
  const uri = 'file:///a.netpath';
  client.notify('textDocument/didOpen', {
    textDocument: { uri, languageId: 'netpath', version: 1, text: 'link wire' },
  });
  for (let version = 2; version <= 20; version++) {
    client.notify('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ text: `rte ${version}` }],
    });
  }
  const versions: number[] = [];
  for (;;) {
    const { version, diagnostics } = (await client.notification('textDocument/publishDiagnostics')) as {
      version: number;
      diagnostics: { code: string }[];
    };
    versions.push(version);
    if (version < 20) continue;
    assert.deepEqual(
      diagnostics.map((each) => each.code),
      ['NP1101'],
    );
    break;
  }
  assert.ok(versions.length <= 20);
  await client.request('shutdown', null);
  assert.equal(await client.stop(), 0);
});

test('a closed document, a wrong position and noise are answered, not crashed on', async (t) => {
  const client = await connect(t, true);
  const textDocument = { uri: 'file:///none.netpath' };
  assert.deepEqual(
    await client.request('textDocument/hover', { textDocument, position: { line: 9, character: 9 } }),
    null,
  );
  client.notify('textDocument/didOpen', {
    textDocument: { ...textDocument, languageId: 'netpath', version: 1, text: '\u0000\u0001{{{{"' },
  });
  assert.deepEqual(
    await client.request('textDocument/completion', { textDocument, position: { line: 99, character: 99 } }),
    [],
  );
  assert.deepEqual(
    await client.request('textDocument/formatting', { textDocument, options: { tabSize: 2, insertSpaces: true } }),
    [],
  );
  await client.request('shutdown', null);
  assert.equal(await client.stop(), 0);
});
