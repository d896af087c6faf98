/** `netpath run`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Scenario } from '../../server/language/scenario.ts';
import { type Engine, lazyEngine } from '../control/engine.ts';
import { EvaluationError } from '../control/expressions/found.ts';
import { hostText } from '../control/desk/console.ts';
import { hashWorld } from '../control/hash.ts';
import { watchStretch } from '../control/lanes/detail.ts';
import { unattended } from '../control/probe.ts';
import { callsJson } from '../export/calls_json.ts';
import type { CallTree } from '../export/call_tree.ts';
import { CALL_LIMIT } from '../export/call_tree.ts';
import { Capture } from '../export/capture.ts';
import { runTraced } from '../export/run_traced.ts';
import { traceEvents } from '../export/trace_events.ts';
import { treeText } from '../export/tree_text.ts';
import { duration } from '../inspect/format/time.ts';
import { FOREVER } from '../machine/event_queue.ts';
import type { FrameListener } from '../machine/frame_tap.ts';
import type { World } from '../machine/types.ts';
import type { RunEnd, RunLimit } from '../world/run.ts';
import { buildWorld, run, tapFrames } from '../world/engine.ts';
import type { RunOptions } from './options.ts';
import { readScenario } from './scenario_file.ts';
import { summary } from './summary.ts';
import { CliError } from './usage.ts';
import { runWatched } from './watch.ts';

/** Events after which a run without --until is given up: half a minute's work, and far more than any scenario that ends takes. */
export const ENDLESS = 5_000_000;
/** Calls in a trace: more than a viewer likes. */
const SLICE_LIMIT = 500_000;
/** The build that this bundle holds. */
export const DEBUG: Engine = { buildWorld, run, tapFrames };

export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

interface Ran {
  readonly world: World;
  readonly end: RunEnd;
  readonly tree: CallTree | null;
}

/** Answers the exit code. */
export function runCommand(options: RunOptions, fastEngine: URL, { out, err }: Output): 0 | 1 {
  const { scenario, warnings, told } = readScenario(options.file, options.set);
  for (const line of [...warnings, ...told]) err(line);
  const capture = options.pcap === null ? null : new Capture();
  const tap: FrameListener | null = capture === null ? null : (flight) => capture.take(flight);
  const limit = { event: options.until === null ? ENDLESS : FOREVER, time: options.until ?? FOREVER };
  const fast = lazyEngine(fastEngine);
  const watches = options.watch.length > 0;
  const needsTree = !watches && (!options.quiet || options.calls !== null);
  const ran = watches
    ? runWatching(scenario, options, limit, tap, out)
    : needsTree
      ? runSlowly(scenario, options, limit, tap, fast)
      : runFast(fast, scenario, options.seed, limit, tap);
  if (ran.tree !== null) writeTree(ran.tree, options, out, err);
  if (capture !== null) writeCaptures(options.pcap!, capture);
  if (options.trace !== null) writeTrace(scenario, options, options.trace, err);
  const { text, exitCode } = summary(ran.world, scenario, ran.end);
  out(options.quiet ? text : `\n${text}`);
  for (const { host, command } of options.show) out(shown(ran.world, host, command));
  if (options.hash) out(`hash ${hashWorld(ran.world)} at event ${ran.world.event}`);
  return ran.world.event < limit.event ? exitCode : endless(ran.world, options.file, err);
}

function endless(world: World, file: string, err: Output['err']): 1 {
  err(
    `netpath: ${file} does not come to its end: stopped at ${duration(world.now)}, after ${ENDLESS} events; --until TIME ends it earlier, or later`,
  );
  return 1;
}

/** Once the tree is full nobody looks at calls: the fast build takes over. */
function runSlowly(
  scenario: Scenario,
  { seed, quiet }: RunOptions,
  limit: RunLimit,
  tap: FrameListener | null,
  fast: Engine,
): Ran {
  fast.buildWorld(scenario, seed); // its tables too must be in place when it takes over
  for (const engine of [DEBUG, fast]) engine.tapFrames(tap);
  const world = buildWorld(scenario, seed);
  const { end, tree } = runTraced(DEBUG, world, limit, !quiet);
  return { world, end: end === 'stopped' ? fast.run(world, limit, null) : end, tree };
}

function runWatching(
  scenario: Scenario,
  { seed, watch }: RunOptions,
  limit: RunLimit,
  tap: FrameListener | null,
  out: Output['out'],
): Ran {
  const world = buildWorld(scenario, seed);
  tapFrames(tap);
  return { world, end: runWatched(world, limit, watch, out), tree: null };
}

function runFast(fast: Engine, scenario: Scenario, seed: number, limit: RunLimit, tap: FrameListener | null): Ran {
  const world = fast.buildWorld(scenario, seed);
  fast.tapFrames(tap);
  return { world, end: fast.run(world, limit, null), tree: null };
}

function writeTree(
  tree: CallTree,
  { quiet, calls, file, all }: RunOptions,
  out: Output['out'],
  err: Output['err'],
): void {
  if (!quiet) {
    const { text, hidden } = treeText(tree.roots, all);
    out(text);
    if (hidden > 0) out(`\n${hidden} of ${tree.calls} calls are bookkeeping and not shown; --all shows them`);
  }
  if (calls !== null)
    writing(calls, () => writeFileSync(calls, JSON.stringify(callsJson(tree.roots, path.basename(file, '.netpath')))));
  if (tree.calls >= CALL_LIMIT)
    err(`netpath: only the first ${CALL_LIMIT} calls are shown; end the run earlier with --until`);
}

function writeCaptures(folder: string, capture: Capture): void {
  writing(folder, () => {
    mkdirSync(folder, { recursive: true });
    for (const [host, bytes] of capture.files()) writeFileSync(path.join(folder, `${host}.pcapng`), bytes);
  });
}

/** A run of its own in the debug build, watched statement by statement. */
function writeTrace(scenario: Scenario, { seed, until }: RunOptions, file: string, err: Output['err']): void {
  const world = buildWorld(scenario, seed);
  unattended(null);
  const stretch = { from: 0, to: until ?? FOREVER, event: ENDLESS, mostSlices: SLICE_LIMIT };
  const detail = watchStretch(DEBUG, world, stretch);
  writing(file, () => writeFileSync(file, JSON.stringify(traceEvents(world, detail))));
  if (detail.cut) err(`netpath: ${file} has only the first ${SLICE_LIMIT} calls; end the run earlier with --until`);
}

function writing(name: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new CliError(`netpath: cannot write ${name}: ${(error as Error).message}`, 1);
  }
}

function shown(world: World, host: string, command: string): string {
  try {
    return `${host}$ ${command}\n${hostText(world, host, command)}`;
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    throw new CliError(`netpath: --show: ${error.message}`, 1);
  }
}
