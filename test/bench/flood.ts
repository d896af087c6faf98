/**
 * One measured run of a UDP flood or of TCP transfers in one build of the engine, in a process of its own so that garbage collection and compiler threads count:
 *   node flood-fast.mjs 0 MEGABYTES [MODE]    node flood-debug.mjs ARMED MEGABYTES [udp|tcp|tcp100|tcp-offload]    node flood-watch.mjs ...
 * ARMED function breakpoints stand on functions that UDP never enters; their condition, which the watch build asks, never holds. Prints one JSON line; `frames` are counted at the NICs (data and reverse), `cpu_s` is user + system time of the whole process.
 */
import { BreakpointTable } from '../../debugger/control/breakpoints/table.ts';
import { compileLess } from '../../debugger/control/compile_less.ts';
import { functionNumber } from '../../debugger/control/debug_info.ts';
import { armFunction } from '../../debugger/control/probe.ts';
import type { World } from '../../debugger/machine/types.ts';
import { wantedBy } from '../../debugger/control/wanted.ts';
import { buildWorld, run, watchFor } from '../../debugger/world/engine.ts';
import { analyse } from '../../server/language/analyse.ts';
import { ARMED, PAYLOAD, SCENARIOS } from './scenarios.ts';

function arm(build: string, world: World, count: number): void {
  const names = ARMED.slice(0, count);
  if (build === 'debug') for (const name of names) armFunction(functionNumber(name)!, true);
  if (build !== 'watch') return;
  const breakpoints = new BreakpointTable(console.error);
  breakpoints.setFunctions(names.map((name) => ({ name, condition: 'now < 0' })), []);
  watchFor(wantedBy(breakpoints, world, true));
}

/** Frames that left both NICs. */
function framesOf(world: World): number {
  return world.wires.reduce((sum, wire) => sum + wire.directions.reduce((n, each) => n + each.carried, 0), 0);
}

/** CPU and wall time since the process began, s. */
function clocks(): { cpu: number; wall: number } {
  const { user, system } = process.cpuUsage();
  return { cpu: (user + system) / 1e6, wall: performance.now() / 1e3 };
}

/** Frames of the sender, host a. */
const sentBy = (world: World): number => Math.max(...world.wires[0]!.directions.map((each) => each.carried));

/** Goes on until the sender's frames have carried so many payload bytes, or to the end. */
function runToBytes(world: World, bytes: number): string {
  let end = 'limit';
  while (end === 'limit' && sentBy(world) * PAYLOAD < bytes) end = run(world, { event: world.event + 1000, time: Number.MAX_SAFE_INTEGER }, null);
  return end;
}

/**
 * Carries MEGABYTES twice over in one run. The first half, with V8's compilers at work, is the figure that counts; the second tells what the
 * engine does once it is compiled (`steady`).
 */
function main(build: string, armed: number, megabytes: number, mode: string): void {
  const { scenario, diagnostics } = analyse(SCENARIOS[mode]!(2 * megabytes * 1_000_000), 'flood.netpath');
  if (scenario === null) throw new Error(JSON.stringify(diagnostics));
  compileLess();
  const world = buildWorld(scenario, 1);
  arm(build, world, armed);
  const start = clocks();
  runToBytes(world, megabytes * 1_000_000);
  const [half, frames, events] = [clocks(), framesOf(world), world.event];
  const max_rss_mb = Math.round(process.resourceUsage().maxRSS / 1024);
  const end = runToBytes(world, Number.MAX_SAFE_INTEGER);
  const cpu_s = half.cpu - start.cpu;
  console.log(
    JSON.stringify({
      sim: 'netpath', mode, scenario: `${mode}-${megabytes}-${build}${armed > 0 ? `-${armed}-armed` : ''}`, end, frames, events, run_s: half.wall - start.wall, cpu_s,
      frames_per_cpu_s: Math.round(frames / cpu_s), steady_frames_per_cpu_s: Math.round((framesOf(world) - frames) / (clocks().cpu - half.cpu)),
      longest_stretch_ns: world.longest_stretch, max_rss_mb,
    }),
  );
}

const script = /flood-(fast|watch|debug)\.mjs$/.exec(process.argv[1] ?? '');
if (script !== null) main(script[1]!, Number(process.argv[2] ?? 0), Number(process.argv[3] ?? 100), process.argv[4] ?? 'udp');
