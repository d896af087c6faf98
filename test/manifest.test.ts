/** package.json as the extension's manifest: that its names lead to something. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { readPackedTable } from '../debugger/control/packed_table.ts';

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const { contributes } = manifest;

const sources = readdirSync('extension', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .map((file) => readFileSync(path.join('extension', file), 'utf8'))
  .join('\n');

const commandIds: string[] = contributes.commands.map(({ command }: { command: string }) => command);

test('every contributed command is registered, and no other', () => {
  const registered = [...sources.matchAll(/registerCommand\(\s*'([^']+)'/g)].map((match) => match[1]);
  assert.deepEqual(registered.sort(), [...commandIds].sort());
});

test('menus and walkthrough name contributed commands', () => {
  const inMenus = Object.values<{ command: string }[]>(contributes.menus).flat();
  const inWalkthrough = [...JSON.stringify(contributes.walkthroughs).matchAll(/[oc](?:nC)?ommand:([\w.]+)/g)];
  const named = [...inMenus.map(({ command }) => command), ...inWalkthrough.map((match) => match[1]!)];
  assert.deepEqual(
    named.filter((command) => !commandIds.includes(command)),
    [],
  );
});

test('every file the manifest names exists once the build has run', () => {
  const inText = [...JSON.stringify(contributes).matchAll(/"(\.?\/?(?:syntaxes|media|docs)\/[^"]+)"/g)];
  const named = [manifest.main, manifest.icon, ...inText.map((match) => match[1]!)];
  assert.deepEqual(
    named.filter((file) => !existsSync(file)),
    [],
  );
});

test('the type definitions are those of the oldest VS Code we run in', () => {
  assert.equal(manifest.engines.vscode, `^${manifest.devDependencies['@types/vscode']}`);
});

test('the debugger, its breakpoints and its grammars are for contributed languages', () => {
  const ids = contributes.languages.map(({ id }: { id: string }) => id);
  const named = [contributes.breakpoints, contributes.grammars].flat().map(({ language }) => language);
  for (const id of [...named, ...contributes.debuggers[0].languages]) assert.ok(ids.includes(id), id);
});

test('nothing starts the extension but what it serves', () => {
  for (const event of manifest.activationEvents) assert.match(event, /netpath/);
});

/** VS Code would take a listing for TypeScript by its name; the manifest's patterns are what prevents that. */
test('the manifest knows the path of every listing', { skip: !existsSync('dist/listings.json.br') }, () => {
  const { filenamePatterns } = contributes.languages.find(({ id }: { id: string }) => id === 'netpath-kernel');
  const listings = Object.keys(readPackedTable(pathToFileURL('dist/listings.json.br')) as object);
  const forms = filenamePatterns.map(globForm);
  assert.deepEqual(
    listings.filter((file) => !forms.some((form: RegExp) => form.test(`/${file}`))),
    [],
  );
});

/** The globs of the manifest use `{a,b}`, `*` and a last `**`. */
function globForm(pattern: string): RegExp {
  const escaped = pattern
    .replace(/[.]/g, '\\.')
    .replace(/\{([^}]*)\}/g, (_, names) => `(?:${names.replaceAll(',', '|')})`);
  return new RegExp(`^${escaped.replaceAll('**', '.+').replace(/(?<!\.)\*/g, '[^/]*')}$`);
}
