/** Lowered functions do what native generators do: cases of each statement, and random programs out of all of them. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

// biome-ignore lint/suspicious/noExplicitAny: modules made while the test runs
type Loaded = any;

const load = (file: string): Promise<Loaded> => import(pathToFileURL(path.resolve('test/spike', file)).href);
let compiler: Loaded;
let random: Loaded;

before(async () => {
  compiler = await load('compile.mjs');
  random = await load('random_program.mjs');
});

interface Outcome {
  result: unknown;
  log: unknown[];
}

function newCpu(): Loaded {
  return { log: [], fuel: 300, rounds: 5, kept: 0 };
}

function outcome(run: (cpu: Loaded, onWait: () => void) => unknown): Outcome {
  const cpu = newCpu();
  const result = run(cpu, () => cpu.log.push('wait'));
  return { result, log: cpu.log };
}

const names = { native: 'native', fast: 'fast', debug: 'debug' } as const;

/** Loads a text natively and in both builds; answers how each of them runs a function. */
async function threeWays(text: string): Promise<Record<keyof typeof names, (name: string, n: number) => Outcome>> {
  const native = await compiler.loadNative(text);
  const lowered = {
    fast: await compiler.loadCompiled(text, 'fast'),
    debug: await compiler.loadCompiled(text, 'debug'),
  };
  const runBuild = (build: Loaded) => (name: string, n: number) =>
    outcome((cpu, onWait) => compiler.runLowered(build, build[name].frame(cpu, n), onWait));
  return {
    native: (name, n) => outcome((cpu, onWait) => compiler.runNative(native[name](cpu, n), onWait)),
    fast: runBuild(lowered.fast),
    debug: runBuild(lowered.debug),
  };
}

const cases: Record<string, string> = {
  'values that come and go':
    'const x = yield* sub(cpu, n); let y; y = yield* sub(cpu, x); cpu.kept = yield* sub(cpu, y); return x + y + cpu.kept;',
  'tail call': 'return yield* sub(cpu, n + 9);',
  'if and else without braces': 'if (n > 1) yield; else cpu.log.push(1); if (n > 2) return 5; return 6;',
  'else if chains':
    "if (n === 0) { yield; } else if (n === 1) { cpu.log.push('one'); } else if (n === 2) yield* sub(cpu, 8); else { return 4; } return 3;",
  'loops with jumps':
    'let s = 0; for (let i = 0; i < n; i++) { if (i === 1) continue; if (i === 4) break; yield; s += i; } return s;',
  'for without parts': 'let i = 0; for (;;) { if (i++ > n) break; yield; } for (; i > 0; ) { yield; i--; } return i;',
  'for whose update hides in a closure':
    'const f = []; for (let i = 0; i < n; i += [1].map((x) => x + 0)[0]!) { yield; f.push(i); } return f.join();',
  labels:
    'let s = 0; outer: for (const a of [1, 2, 3]) { for (const b of [1, 2, 3]) { if (b === n) continue outer; if (a === n + 1) break outer; yield; s += a * b; } } return s;',
  'labelled block': 'block: { if (n > 1) break block; yield; cpu.log.push(7); } return n;',
  'array grows under for-of':
    'const list = [1]; for (const x of list) { if (list.length < n) list.push(x + 1); yield; } return list.join();',
  'for-of to a member': 'for (cpu.kept of [1, 2]) { yield; cpu.log.push(cpu.kept); } return 0;',
  'do-while with continue': 'let i = 0; do { i++; if (i === 2) continue; yield; } while (i < n); return i;',
  'switch falls and defaults in the middle':
    "switch (n) { case 0: yield; case 1: cpu.log.push('one'); break; default: cpu.log.push('other'); yield; case 3: cpu.log.push('three'); } return n;",
  'switch in a loop':
    'for (let i = 0; i < 4; i++) { switch (i) { case 1: continue; case 2: yield; break; case n: return 9; } cpu.log.push(i); } return 0;',
  'nested switches':
    'switch (n) { case 1: { switch (n + 1) { case 2: yield; break; default: yield; } cpu.log.push(1); } case 2: yield; break; case 3: return yield* sub(cpu, 3); } return 1;',
  'names that hide each other':
    "let a = 1; { let a = 2; yield; cpu.log.push(a); { const a = 'in'; cpu.log.push(a); yield; } } for (const a of [5]) { yield; cpu.log.push(a); } return a;",
  'a fresh variable each round':
    'for (let i = 0; i < n; i++) { let x; cpu.log.push(x === undefined); x = i; yield; } return 0;',
  'shorthand and destructuring assignment':
    'let a = 1; let b = n; yield; [a, b] = [b, a]; ({ a } = { a: a + 1 }); const o = { a, b, n }; return JSON.stringify(o);',
  'names of a frame': 'let fn = 1; let label = 2; yield; fn += label; return fn;',
  'callbacks read locals':
    'let k = 2; const list = [1, 2, 3]; yield; const k2 = list.filter((v) => v >= k).map((k) => k * 2); return k2.join();',
  'type syntax goes':
    'const x: number | undefined = (n as number)!; let y!: string; yield; y = String(x); return y satisfies string;',
};

const wrap = (body: string): string => `export function* f(cpu: any, n: number): any { ${body} }`;

for (const [name, body] of Object.entries(cases)) {
  test(name, async () => {
    const ways = await threeWays(random.prelude + wrap(body));
    for (let n = 0; n < 5; n++) {
      const wanted = ways.native('f', n);
      assert.deepEqual(ways.fast('f', n), wanted, `fast, n = ${n}`);
      assert.deepEqual(ways.debug('f', n), wanted, `debug, n = ${n}`);
    }
  });
}

test('random programs', async () => {
  const seeds = Array.from({ length: 500 }, (_, i) => i + 1);
  const programs = seeds.map((seed) => random.randomProgram(seed, `p${seed}`));
  const ways = await threeWays([random.prelude, ...programs].join('\n'));
  for (const seed of seeds) {
    for (const n of [0, 3]) {
      const wanted = ways.native(`p${seed}`, n);
      assert.deepEqual(ways.fast(`p${seed}`, n), wanted, `fast, n = ${n}\n${programs[seed - 1]}`);
      assert.deepEqual(ways.debug(`p${seed}`, n), wanted, `debug, n = ${n}\n${programs[seed - 1]}`);
    }
  }
});

test('random programs that now and then need not wait', async () => {
  const seeds = Array.from({ length: 200 }, (_, i) => i + 1);
  const programs = seeds.map((seed) => random.randomProgram(seed, `p${seed}`));
  const text = [random.prelude, ...programs].join('\n');
  const builds = [await compiler.loadCompiled(text, 'fast'), await compiler.loadCompiled(text, 'debug')];
  const run = (build: Loaded, seed: number, goesOn: number): Outcome => {
    const cpu = { ...newCpu(), goesOn };
    return { result: compiler.runLowered(build, build[`p${seed}`].frame(cpu, 3)), log: cpu.log };
  };
  for (const seed of seeds)
    for (const build of builds)
      for (const goesOn of [1, 2, 3])
        assert.deepEqual(run(build, seed, goesOn), run(build, seed, 0), programs[seed - 1]);
});

/** The same programs without anything that waits. */
const withoutWaits = (program: string): string =>
  program.replace('function*', 'function').replaceAll('yield* sub(', 'plain(').replaceAll('yield;', 'cpu.log.push(0);');

test('random plain programs do the same with ticks, and each call is one deeper than its caller', async () => {
  const seeds = Array.from({ length: 500 }, (_, i) => i + 1);
  const programs = seeds.map((seed) => withoutWaits(random.randomProgram(seed, `p${seed}`)));
  const text = [random.prelude, ...programs].join('\n');
  const native = await compiler.loadNative(text);
  const debug = await compiler.loadCompiled(text, 'debug');
  const { info } = compiler.compile(text, 'debug');
  for (const seed of seeds) {
    const name = `p${seed}`;
    const run = (build: Loaded) => outcome((cpu) => build[name](cpu, 3));
    debug.$probe.depth = 0;
    debug.$probe.entries = [];
    assert.deepEqual(run(debug), run(native), programs[seed - 1]);
    for (const [fn, depth] of debug.$probe.entries) assert.equal(depth, info.functions[fn].name === name ? 1 : 2);
  }
});

test('frames are data with the same keys in both builds; copied at any wait they go on alike', async () => {
  const text =
    random.prelude + wrap('let a = 1; for (const x of [n, 8]) { const y = yield* sub(cpu, x); a += y; } return a;');
  for (const mode of ['fast', 'debug']) {
    const build = await compiler.loadCompiled(text, mode);
    const keys = ['fn', 'label', 'cpu', 'n', 'a', 'x', 'y', '$array0', '$index0'];
    assert.deepEqual(Object.keys(build.f.frame({}, 1)), keys);
    const context: Loaded = { frames: [build.f.frame(newCpu(), 9)], ret: undefined };
    let copies = 0;
    while (context.frames.length > 0) {
      context.frames = structuredClone(context.frames);
      copies++;
      const top = context.frames.at(-1);
      build.$steps[top.fn](top, context);
      build.$frames(context);
    }
    assert.equal(context.ret, 14);
    assert.ok(copies > 4);
  }
});
