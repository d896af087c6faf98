/**
 * The engine's speed: a UDP flood, a TCP transfer over one connection, over 100 and with offloads on, in the fast build, the debug build, and in both that a session with breakpoints runs in, watch and
 * debug, with 20 function breakpoints that never match, beside Debian's ns-3 in one interleaved run (where its program and a compiler are at hand; it has no offloads). And the memory of idle connections.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** As the CLI runs. */
const { nodeFlags } = (await import(path.resolve('build/node_flags.mjs'))) as { nodeFlags: string[] };
const ROUNDS = Number(process.env.ROUNDS ?? 3);
const MEGABYTES = Number(process.env.MEGABYTES ?? 100);

/** What is measured, and what ns-3 does for comparison. */
const MODES = [
  { mode: 'udp', ns3: 'udp', flows: 1 },
  { mode: 'tcp', ns3: 'tcp', flows: 1 },
  { mode: 'tcp100', ns3: 'tcp100', flows: 100 },
  { mode: 'tcp-offload', ns3: 'tcp', flows: 1 },
] as const;

interface Run { scenario: string; frames: number; frames_per_cpu_s: number; steady_frames_per_cpu_s?: number; longest_stretch_ns?: number; max_rss_mb?: number }

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!;

function ours(build: string, armed: number, mode: string): Run {
  const flood = path.resolve(`dist/test/bench/flood-${build}.mjs`);
  return JSON.parse(execFileSync(process.execPath, [...nodeFlags, flood, String(armed), String(MEGABYTES), mode], { encoding: 'utf8' }));
}

/** ns-3's program, built once; null where it cannot be. */
function buildNs3(): string | null {
  const source = path.resolve(process.env.NS3_SOURCE ?? '../shared/bench-ns3/ns3-bulk.cc');
  if (process.env.NS3_BIN !== undefined) return process.env.NS3_BIN;
  if (!existsSync(source)) return null;
  const binary = path.join(mkdtempSync(path.join(os.tmpdir(), 'ns3-')), 'ns3-bulk');
  const libraries = ['applications', 'point-to-point', 'internet', 'network', 'core'].map((name) => `-lns3-${name}`);
  try {
    execFileSync('g++', ['-O2', '-DNDEBUG', '-std=c++17', source, '-o', binary, ...libraries], { stdio: 'ignore' });
  } catch {
    return null;
  }
  return binary;
}

/** User and system seconds of children so far, to charge one of them. */
function ns3(binary: string, mode: string, flows: number): Run {
  const options = `--mode=${mode.slice(0, 3)} --mb=${MEGABYTES} --flows=${flows}`;
  const timed = execFileSync('bash', ['-c', `TIMEFORMAT='%U %S'; { time "$0" ${options}; } 2>&1`, binary], { encoding: 'utf8' });
  const lines = timed.trim().split('\n');
  const result = JSON.parse(lines.find((line) => line.startsWith('{'))!) as { frames: number };
  const [user, system] = lines.at(-1)!.split(' ').map(Number);
  return { scenario: `ns3-${mode}`, frames: result.frames, frames_per_cpu_s: Math.round(result.frames / (user! + system!)) };
}

/** Figures by variant, and each as a ratio to ns-3's. */
export async function benchEngine(): Promise<Record<string, unknown>> {
  const { bundle, enginePlugins } = await import(path.resolve('build/bundle.mjs'));
  for (const mode of ['fast', 'watch', 'debug']) {
    const outfile = path.resolve(`dist/test/bench/flood-${mode}.mjs`);
    await bundle({ entryPoints: ['test/bench/flood.ts'], outfile, format: 'esm', packages: 'external', plugins: await enginePlugins(mode), inline: mode !== 'debug', constants: mode === 'debug' });
  }
  const reference = buildNs3();
  const runs: Run[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    for (const { mode, ns3: theirs, flows } of MODES) {
      if (reference !== null && mode === theirs) runs.push(ns3(reference, mode, flows));
      runs.push(ours('fast', 0, mode), ours('watch', 20, mode), ours('debug', 0, mode), ours('debug', 20, mode));
    }
  }
  return { ...summary(runs), idleConnection: await idleConnection() };
}

/** Bytes that an established connection holds when nothing happens on it. */
async function idleConnection(): Promise<unknown> {
  const { bundle, enginePlugins } = await import(path.resolve('build/bundle.mjs'));
  const outfile = path.resolve('dist/test/bench/idle-fast.mjs');
  await bundle({ entryPoints: ['test/bench/idle.ts'], outfile, format: 'esm', packages: 'external', plugins: await enginePlugins('fast'), inline: true });
  return JSON.parse(execFileSync(process.execPath, ['--expose-gc', outfile, '2000'], { encoding: 'utf8' }));
}

const ratio = (ours: number, theirs: number): number => Number((ours / theirs).toFixed(3));

/** ns-3's run for one of ours: `tcp-offload-100-fast` is held against `ns3-tcp`; nothing for ns-3's own. */
function referenceOf(scenario: string): string {
  const found = MODES.find(({ mode }) => scenario.startsWith(`${mode}-${MEGABYTES}`));
  return found === undefined ? '' : `ns3-${found.ns3}`;
}

function summary(runs: Run[]): Record<string, unknown> {
  const names = [...new Set(runs.map((run) => run.scenario))];
  const speed = Object.fromEntries(names.map((name) => [name, median(runs.filter((run) => run.scenario === name).map((run) => run.frames_per_cpu_s))]));
  const ofOurs = names.filter((name) => !name.startsWith('ns3-'));
  const steady = Object.fromEntries(ofOurs.map((name) => [name, median(runs.filter((run) => run.scenario === name).map((run) => run.steady_frames_per_cpu_s!))]));
  const ratios = (figures: Record<string, number>): Record<string, number> =>
    Object.fromEntries(ofOurs.filter((name) => referenceOf(name) in speed).map((name) => [name, ratio(figures[name]!, speed[referenceOf(name)]!)]));
  return {
    rounds: ROUNDS,
    framesPerCpuSecond: speed,
    ratioToNs3: ratios(speed),
    steadyFramesPerCpuSecond: steady,
    steadyRatioToNs3: ratios(steady),
    longestStretchNs: Math.max(...runs.map((run) => run.longest_stretch_ns ?? 0)),
    maxRssMb: Math.max(...runs.map((run) => run.max_rss_mb ?? 0)),
  };
}
