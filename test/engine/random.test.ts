/**
 * What must hold in any scenario, held in random ones: 2,000 of them (RANDOM_SCENARIOS=n for more or fewer, RANDOM_FROM=n to begin at a seed).
 * Bytes arrive whole and in order, nobody sleeps for ever, the books of skbs and socket memory close, both builds agree.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { hashWorld } from '../../debugger/control/hash.ts';
import type { sk_buff } from '../../debugger/kernel/include/linux/skbuff.ts';
import type { nf_conn } from '../../debugger/kernel/include/net/netfilter/nf_conntrack.ts';
import type { Host, World } from '../../debugger/machine/types.ts';
import type { Program } from '../../debugger/world/process/value.ts';
import { compile, loadEngine } from './examples.ts';
import { holdings } from './live_skbs.ts';
import { randomScenario } from './random_scenario.ts';

const COUNT = Number(process.env.RANDOM_SCENARIOS ?? 2000);
const FIRST = Number(process.env.RANDOM_FROM ?? 1);
/** Far beyond any retransmission of the few that are lost, and TIME_WAIT. */
const LIMIT = { event: 3_000_000, time: 400_000_000_000 };
const SAMPLE = 997;

const fast = await loadEngine('fast');
const debug = await loadEngine('debug');

function programOf(world: World, host: string, name: string): Program {
  const machine = world.hosts.find((each) => each.name === host) as Host;
  return machine.tasks.map((task) => task.program as Program | null).find((program) => program?.name === name)!;
}

/** Watches the reader's buffer: it holds the pattern up to the last byte received; where it is filled from a pipe, any piece of the pattern. */
function streamChecker(): (world: World) => void {
  let seen: unknown = null;
  return (world) => {
    const { variables, received_bytes } = programOf(world, 'server', 'app');
    const { data, n } = variables;
    if (data === seen || typeof data !== 'object' || data === null || data.kind !== 'buffer') return;
    seen = data;
    const offset = n === undefined ? received_bytes - data.length : data.bytes[0]! - 97;
    for (let i = 0; i < data.length; i++) {
      if (data.bytes[i] !== 97 + ((offset + i) % 26)) assert.fail(`byte ${offset + i} of the stream is ${data.bytes[i]}`);
    }
  };
}

/** Each connection has a reference for each skb that holds it, and one of the table; no other is counted. */
function checkConnections(host: Host, skbs: Iterable<sk_buff>): void {
  const held = new Map<nf_conn, number>();
  const hold = (ct: nf_conn): unknown => held.set(ct, (held.get(ct) ?? 0) + 1);
  for (const chain of Object.values(host.ct!.hash)) for (const { ct, tuple } of chain) if (tuple.dir === 1) hold(ct);
  for (const { _nfct } of skbs) if (_nfct !== null && isOf(host, _nfct)) hold(_nfct);
  for (const [ct, references] of held) assert.equal(ct.use, references, `references of connection ${ct.id}`);
}

/** skbs of a host's connections stay on it. */
function isOf(host: Host, ct: nf_conn): boolean {
  return (host.ct!.hash[ct.tuplehash[1].hash] ?? []).some((each) => each.ct === ct);
}

function checkBooks(world: World): void {
  const { skbs } = holdings(world);
  for (const host of world.hosts) if (host.ct !== null) checkConnections(host, skbs as Set<sk_buff>);
  assert.equal(skbs.size, world.skb_allocated - world.skb_freed, `event ${world.event}: skbs`);
}

function runAndCheck(seed: number): { hash: string; event: number } {
  const { text, bytes } = randomScenario(seed);
  const world = fast.buildWorld(compile(text, `random-${seed}`), seed);
  const checkStream = streamChecker();
  const end = fast.run(world, LIMIT, (each: World) => {
    checkStream(each);
    if (each.event % SAMPLE === 0) checkBooks(each);
    return false;
  });
  assert.equal(end, 'ended', `still running at ${world.now} ns, event ${world.event}`);
  const { received_bytes, variables } = programOf(world, 'server', 'app');
  assert.equal(received_bytes, bytes, 'bytes received');
  assert.equal(variables.wrong, 0, 'pieces out of order');
  for (const host of world.hosts) for (const { program } of host.tasks) if (program !== null) assert.ok((program as Program).finished_at >= 0, 'a process sleeps for ever');
  checkBooks(world);
  for (const { ct } of world.hosts) if (ct !== null) assert.equal(ct.count, new Set(Object.values(ct.hash).flatMap((chain) => chain.map((each) => each.ct))).size, 'connections that nobody has');
  for (const { memory_allocated } of world.hosts) assert.ok(memory_allocated.TCP >= 0 && memory_allocated.UDP >= 0);
  return { hash: hashWorld(world), event: world.event };
}

function hashInDebug(seed: number): string {
  const world = debug.buildWorld(compile(randomScenario(seed).text, `random-${seed}`), seed);
  debug.run(world, LIMIT, null);
  return hashWorld(world);
}

for (let seed = FIRST; seed < FIRST + COUNT; seed++) {
  test(`random scenario ${seed}`, () => {
    const { hash } = runAndCheck(seed);
    if (seed % 8 === 0) assert.equal(hashInDebug(seed), hash, 'both builds');
  });
}
