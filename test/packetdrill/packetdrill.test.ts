/**
 * The kernel's own TCP tests (../shared/packetdrill, where it is present): how many of the scripts that a real kernel passes the model passes.
 * Prints the score; fails when a script of passing.json fails. PACKETDRILL=all tells of each that does not pass and why; UPDATE_GOLDENS=1 writes the list anew.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Drill } from './drill.ts';
import { parseScript } from './script.ts';

type Sysctls = Record<string, readonly (number | string)[]>;
interface Defaults {
  defaultsIncludeSets: { common: Record<string, unknown>; perCorpus: Record<string, Record<string, unknown>> };
  defines: { ipv4: Record<string, string> };
}

const folder = join(process.cwd(), '../shared/packetdrill');
const list = join(process.cwd(), 'test/packetdrill/passing.json');
const read = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T;

/** What the scripts' runners set before the first event. */
function sysctlsOf({ defaultsIncludeSets: { common, perCorpus } }: Defaults, file: string): Sysctls {
  const found: Sysctls = {};
  for (const [name, value] of Object.entries({ ...common, ...perCorpus[file.split('/')[0]!] }))
    if (name.startsWith('net.')) found[name] = [value].flat().map((each) => (Number.isNaN(Number(each)) ? String(each) : Number(each)));
  return found;
}

/** null, or why it does not pass. */
function failure(file: string, defaults: Defaults): string | null {
  try {
    const script = parseScript(readFileSync(join(folder, 'corpus', file), 'utf8'), { ...defaults.defines.ipv4, CODE: 'host_unreachable' });
    new Drill(script, sysctlsOf(defaults, file)).play();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

test('packetdrill: what passed still passes', { skip: existsSync(folder) ? false : 'the scripts are not here' }, () => {
  const defaults = read<Defaults>(join(folder, 'corpus/runner-defaults.json'));
  const only = process.env.PACKETDRILL ?? '';
  const failures = new Map<string, string>();
  const judged = read<string[]>(join(folder, 'judged.json'));
  for (const file of judged) {
    const why = failure(file, defaults);
    if (why !== null) failures.set(file, why);
  }
  const passing = judged.filter((file) => !failures.has(file));
  console.log(`packetdrill, IPv4: ${passing.length} of ${judged.length} scripts pass`);
  if (only !== '') for (const [file, why] of failures) if (only === 'all' || file.includes(only)) console.log(`  ${file}: ${why}`);
  if (process.env.UPDATE_GOLDENS === '1') writeFileSync(list, `${JSON.stringify(passing, null, 1)}\n`);
  assert.deepEqual(read<string[]>(list).filter((file) => failures.has(file)).map((file) => `${file}: ${failures.get(file)}`), []);
});
