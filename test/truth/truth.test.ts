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
import { compareCounters, countersOf, type CounterFigures } from './counters.ts';
import { compare, project } from './project.mjs';

const root = process.cwd();
const folder = join(root, 'test/truth');
const read = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));

/**
 * `place`: the recording's CPU that CPU 0 of each host stands for; the host's other CPUs follow on, unless each is listed. `hosts`: the recording's names of
 * hosts that are not ours in capitals. `artefacts`: counters that cannot be equal, with the reason. `note`: why a figure cannot reach
 * what is asked for (coverage 0.93, recall 0.88, precision 0.90, order 0.85).
 */
interface Twin { from: number; until: number; place: Record<string, number | number[]>; hosts?: Record<string, string>; artefacts?: Record<string, string>; note?: string }
interface Trace { threads: { host: string; cpu: number; context: string; roots: { t_ns: number }[] }[] }
type Figures = Record<'coverage' | 'recall' | 'precision' | 'order', number>;
type Floors = Figures & { counters: number };

const twins: Record<string, Twin> = read('twins.json');
const floors: Record<string, Floors> = read('floors.json');
const counted = new Set<string>(read('fixtures/essential.json'));
const table: string[] = [];

/** The twin's trace between `trace on` and `trace off`, and every host's counters when its processes have ended. */
function record(name: string, twin: Twin): { trace: Trace; counters: Map<string, Map<string, number>> } {
  const dir = mkdtempSync(join(tmpdir(), 'netpath-truth-'));
  const out = join(dir, 'calls.json');
  const hosts = Object.keys(twin.place);
  const shows = hosts.flatMap((host) => ['--show', `${host}: nstat`]);
  const said = execFileSync(process.execPath, ['dist/cli.js', 'run', join(folder, `${name}.netpath`), '--calls', out, '--quiet', ...shows], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const trace: Trace = JSON.parse(readFileSync(out, 'utf8'));
  rmSync(dir, { recursive: true });
  for (const thread of trace.threads) thread.roots = thread.roots.filter((each) => each.t_ns >= twin.from && each.t_ns < twin.until);
  const texts = said.split(/^\w+\$ nstat$/m).slice(1);
  return { trace, counters: new Map(hosts.map((host, i) => [host, countersOf(texts[i]!)])) };
}

/** The recording's CPU of a host's. */
const placeOf = (place: number | number[], cpu: number): number => (typeof place === 'number' ? place + cpu : place[cpu]!);

function row(name: string, figures: Figures, ceiling: Figures, { equal, total }: CounterFigures): string {
  const cells = (['coverage', 'recall', 'precision', 'order'] as const).map((key) => `${figures[key].toFixed(3)} (${(ceiling?.[key] ?? 1).toFixed(2)})`);
  return `${name.padEnd(26)} ${cells.join('  ')}  ${equal}/${total}`;
}

for (const [name, twin] of Object.entries(twins)) {
  test(`truth ${name}`, () => {
    const fixture = read(`fixtures/${name}.json`);
    const { trace, counters } = record(name, twin);
    const model = project(trace, counted, (thread: { host: string; cpu: number }) => placeOf(twin.place[thread.host] ?? 0, thread.cpu));
    const figures = compare(fixture, model);
    const counts = compareCounters(fixture.counters, twin.hosts ?? {}, counters, twin.artefacts ?? {});
    table.push(row(name, figures, fixture.ceiling, counts));
    const { functionsMissing, edgesMissing, edgesInvented } = figures;
    if (process.env.TRUTH_MISSES) console.log(JSON.stringify({ name, functionsMissing, edgesMissing, edgesInvented, counters: counts.differing, excused: counts.excused }, null, 1));
    const reached = { ...figures, counters: counts.equal / counts.total };
    for (const [key, floor] of Object.entries(floors[name]!)) {
      const value = reached[key as keyof Floors];
      assert.ok(value >= floor, `${name}: ${key} ${value.toFixed(3)} is below its floor ${floor}`);
    }
  });
}

test.after(() => {
  console.log(`kernel-truth${' '.repeat(15)}coverage      recall        precision     order          counters  (ceiling: the kernel against itself)`);
  for (const line of table) console.log(line);
  for (const [name, { note }] of Object.entries(twins)) if (note) console.log(`${name}: ${note}`);
});
