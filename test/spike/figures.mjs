/**
 * `node test/spike/figures.mjs [frames] [ballast]`: the engine's figures, for docs/ARCHITECTURE.md.
 * CPU seconds are the process's (user + system), so compiler and collector threads count.
 */
import os from 'node:os';
import { loadEngine, loadTools } from './engines.mjs';
import { Session } from './session.mjs';

const [frames = 1_000_000, ballast = 2000] = process.argv.slice(2).map(Number);
const fast = await loadEngine('fast');
const debug = await loadEngine('debug');
const tools = await loadTools();
const { probe, tables } = debug;

function cpuSeconds(work) {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

const rate = (work) => Math.round(frames / cpuSeconds(work) / 1000);
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const p95 = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length * 0.95)];
const ms = (value) => `${value.toFixed(1)} ms`;
const rates = (runs) => `${median(runs)} k frames per CPU second (${runs.join(', ')})`;

const builds = {
  fast: () => fast.run(fast.createWorld(frames, ballast), Number.POSITIVE_INFINITY),
  'fast on a restored world': () =>
    fast.run(tools.copyWorld(fast.createWorld(frames, ballast)), Number.POSITIVE_INFINITY),
  debug: () => debug.run(debug.createWorld(frames, ballast), Number.POSITIVE_INFINITY, probe.startEvent),
  'debug, 20 function breakpoints that never match': () => {
    let asked = 0;
    probe.setHandlers({ onEnter: () => asked++ });
    for (let fn = 0; fn < Math.min(20, tables.functions.length); fn++) probe.armFunction(fn, true);
    builds.debug();
    probe.disarmAll();
    counts.asked = asked;
  },
};
const counts = { asked: 0 };

const figures = Object.fromEntries(Object.keys(builds).map((name) => [name, []]));
for (let round = 0; round < 3; round++) for (const name of Object.keys(builds)) figures[name].push(rate(builds[name]));

let entries = 0;
let ticks = 0;
const sample = debug.createWorld(10_000, 0);
probe.setHandlers({ onTrace: () => entries++ });
debug.run(sample, Number.POSITIVE_INFINITY, () => {
  ticks += probe.tickNumber();
  probe.startEvent();
});
probe.setHandlers({ onTrace: null });

const session = new Session({ fast, debug, tools });
const world = fast.createWorld(frames, ballast);
session.runForward(world);
const end = world.event;
const hashes = [tools.hashWorld(world)];
const check = debug.createWorld(frames, ballast);
debug.run(check, Number.POSITIVE_INFINITY, probe.startEvent);
hashes.push(tools.hashWorld(check));

const steps = [];
let moment = { event: end - 3, tick: 1 };
for (let i = 0; i < 21; i++) {
  const start = performance.now();
  moment = session.before(moment);
  session.visit(moment, (_world, _tick, depth) => depth > 0 && debug.locals.readLocals(depth));
  if (i > 0) steps.push(performance.now() - start);
  else console.log(`first step back               ${ms(performance.now() - start)}`);
}
const copies = session.copies.slice(-100);
const hashing = [];
for (let i = 0; i < 10; i++) {
  const start = performance.now();
  tools.hashWorld(world);
  hashing.push(performance.now() - start);
}

console.log(`${os.cpus()[0].model}, node ${process.version}; load ${os.loadavg()[0].toFixed(1)}`);
console.log(
  `${frames} frames, ${end} events; a frame enters ${(entries / 10_000).toFixed(1)} functions and has ${(ticks / 10_000).toFixed(0)} ticks`,
);
for (const name of Object.keys(builds)) console.log(`${name.padEnd(30)}${rates(figures[name])}`);
console.log(`  (${(counts.asked / frames).toFixed(1)} questions a frame)`);
console.log(`snapshot of ${ballast} skbs          median ${ms(median(copies))}, p95 ${ms(p95(copies))}`);
console.log(`hash                          median ${ms(median(hashing))}`);
console.log(
  `20 steps back near the end    median ${ms(median(steps))}, p95 ${ms(p95(steps))}, worst ${ms(Math.max(...steps))}`,
);
console.log(`fast and debug agree at the end: ${hashes[0] === hashes[1]}`);
