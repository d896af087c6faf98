/**
 * Conformance with the real kernel: each twin scenario's call trace against the distilled recording of the same steps.
 * Prints the table; fails below a floor. Floors only rise (floors.json).
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { compare, project } from './project.mjs';

const root = process.cwd();
const folder = join(root, 'test/truth');
const read = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));

/** `place`: the recording's CPU that CPU 0 of each host stands for; the host's other CPUs follow on. */
interface Twin { from: number; until: number; place: Record<string, number> }
interface Trace { threads: { host: string; cpu: number; context: string; roots: { t_ns: number }[] }[] }
type Figures = Record<'coverage' | 'recall' | 'precision' | 'order', number>;

/** TRUTH_TCP=1 adds the twins that need TCP, while it is being written. */
const files = process.env.TRUTH_TCP ? ['', '-tcp'] : [''];
const twins: Record<string, Twin> = Object.assign({}, ...files.map((each) => read(`twins${each}.json`)));
const floors: Record<string, Figures> = Object.assign({}, ...files.map((each) => read(`floors${each}.json`)));
const counted = new Set<string>(read('fixtures/essential.json'));
const table: string[] = [];

/** The twin's trace between `trace on` and `trace off`. */
function record(name: string, twin: Twin): Trace {
  const dir = mkdtempSync(join(tmpdir(), 'netpath-truth-'));
  const out = join(dir, 'calls.json');
  execFileSync(process.execPath, ['dist/cli.js', 'run', join(folder, `${name}.netpath`), '--calls', out, '--quiet'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  const trace: Trace = JSON.parse(readFileSync(out, 'utf8'));
  rmSync(dir, { recursive: true });
  for (const thread of trace.threads) thread.roots = thread.roots.filter((each) => each.t_ns >= twin.from && each.t_ns < twin.until);
  return trace;
}

function row(name: string, figures: Figures, ceiling: Figures): string {
  const cells = (['coverage', 'recall', 'precision', 'order'] as const).map((key) => `${figures[key].toFixed(3)} (${(ceiling?.[key] ?? 1).toFixed(2)})`);
  return `${name.padEnd(26)} ${cells.join('  ')}`;
}

for (const [name, twin] of Object.entries(twins)) {
  test(`truth ${name}`, () => {
    const fixture = read(`fixtures/${name}.json`);
    const trace = record(name, twin);
    const model = project(trace, counted, (thread: { host: string; cpu: number }) => (twin.place[thread.host] ?? 0) + thread.cpu);
    const figures = compare(fixture, model);
    table.push(row(name, figures, fixture.ceiling));
    if (process.env.TRUTH_MISSES) console.log(JSON.stringify({ name, functionsMissing: figures.functionsMissing, edgesMissing: figures.edgesMissing, edgesInvented: figures.edgesInvented }, null, 1));
    for (const [key, floor] of Object.entries(floors[name]!)) {
      assert.ok(figures[key as keyof Figures] >= floor, `${name}: ${key} ${figures[key as keyof Figures].toFixed(3)} is below its floor ${floor}`);
    }
  });
}

test.after(() => {
  console.log(`kernel-truth${' '.repeat(15)}coverage      recall        precision     order        (ceiling: the kernel against itself)`);
  for (const line of table) console.log(line);
});
