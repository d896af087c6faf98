/** The engine's shape, proven on a dozen functions: both builds agree, stops reach everywhere, time goes both ways. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

// biome-ignore lint/suspicious/noExplicitAny: engines are bundles built while the test runs
type Loaded = any;

const load = (file: string): Promise<Loaded> => import(pathToFileURL(path.resolve('test/spike', file)).href);
const FRAMES = 3000;
let fast: Loaded;
let debug: Loaded;
let tools: Loaded;
let openSession: () => Loaded;

before(async () => {
  const { loadEngine, loadTools } = await load('engines.mjs');
  const { Session } = await load('session.mjs');
  [fast, debug, tools] = await Promise.all([loadEngine('fast'), loadEngine('debug'), loadTools()]);
  openSession = () => new Session({ fast, debug, tools, every: 512 });
});

const startEvent = (): void => debug.probe.startEvent();

/** Hashes at every 97th event's boundary, and at the end. */
function hashesOf(engine: Loaded, prepare: (() => void) | null): string[] {
  const world = engine.createWorld(FRAMES, 5);
  const hashes: string[] = [];
  engine.run(world, Number.POSITIVE_INFINITY, () => {
    prepare?.();
    if (world.event % 97 === 0) hashes.push(tools.hashWorld(world));
  });
  return [...hashes, tools.hashWorld(world), `${world.event} events`];
}

test('both builds reach the same state at every event', () => {
  const hashes = hashesOf(fast, null);
  assert.deepEqual(hashesOf(debug, startEvent), hashes);
  assert.deepEqual(hashesOf(fast, null), hashes);
});

test('a world goes from the fast build to the debug build and back', () => {
  const straight = fast.createWorld(FRAMES, 5);
  fast.run(straight, 10_000);
  let world = fast.createWorld(FRAMES, 5);
  for (let until = 1000; until <= 10_000; until += 1000) {
    if (until % 2000 === 0) fast.run(world, until);
    else debug.run(world, until, startEvent);
    world = tools.copyWorld(world);
  }
  assert.equal(tools.diffWorld(world, straight), null);
  assert.equal(tools.hashWorld(world), tools.hashWorld(straight));
});

test('the debug build has the call tree of try/finally', async () => {
  const { probedTree, referenceTree, tryFinally } = await load('call_tree.mjs');
  const { loadEngine } = await load('engines.mjs');
  const reference = await loadEngine('fast', { name: 'reference', before: [tryFinally] });
  const wanted = referenceTree(reference, reference.createWorld(500, 0));
  const found = probedTree(debug, debug.createWorld(500, 0));
  assert.ok(wanted.length > 5000);
  assert.deepEqual(found, wanted);
});

/** Runs the debug build to the first entry of a function and looks at its first tick. */
function stopIn<T>(name: string, look: (world: Loaded, depth: number) => T): T {
  const { probe, tables } = debug;
  const world = debug.createWorld(FRAMES, 5);
  let seen: T | undefined;
  const stop = new Error('stopped');
  probe.armFunction(tables.functionNumber(name), true);
  probe.setHandlers({
    onEnter: () => probe.setLimit(probe.tickNumber() + 1),
    onTick: (_tick: number, depth: number) => {
      seen = look(world, depth);
      throw stop;
    },
  });
  assert.throws(() => debug.run(world, Number.POSITIVE_INFINITY, startEvent), stop);
  probe.disarmAll();
  probe.forget();
  probe.setLimit(null);
  probe.setHandlers({ onEnter: () => undefined, onTick: () => undefined });
  return seen!;
}

const stackOf = (): string[] => debug.probe.plainStack().map((call: Loaded) => debug.tables.functions[call.fn].name);

test('a stop deep in plain code shows the calls under way and their locals', () => {
  const { stack, locals, outer } = stopIn('sock_def_readable', (_world, depth) => ({
    stack: stackOf(),
    locals: debug.locals.readLocals(depth),
    outer: debug.locals.readLocals(depth - 2),
  }));
  const names = [
    '__do_softirq',
    'net_rx_action',
    'igb_poll',
    'netif_receive_skb',
    'ip_rcv',
    'ip_local_deliver',
    'udp_rcv',
    'sock_queue_rcv_skb',
    'sock_def_readable',
  ];
  assert.deepEqual(stack, names);
  assert.deepEqual(
    locals.map((local: Loaded) => [local.name, local.notYetAssigned]),
    [
      ['cpu', false],
      ['sk', false],
      ['task', true],
    ],
  );
  assert.deepEqual(
    outer.map((local: Loaded) => local.name),
    ['cpu', 'skb', 'port', 'sk'],
  );
  assert.equal(outer[3].value, locals[1].value);
});

const cpuAt = (depth: number): unknown =>
  debug.locals.readLocals(depth).find((local: Loaded) => local.name === 'cpu').value;

test('an interrupt that cuts into plain code stands on its stack, and the code below is whole again after it', () => {
  const { probe, tables } = debug;
  const world = debug.createWorld(FRAMES, 5);
  const interrupt = tables.functionNumber('igb_msix_ring');
  const seen: { stack: string[]; cpu: unknown }[] = [];
  probe.armFunction(interrupt, true);
  probe.setHandlers({
    onEnter: (_fn: number, depth: number) => {
      if (depth > 1) seen.push({ stack: stackOf(), cpu: cpuAt(depth - 1) });
    },
  });
  debug.run(world, Number.POSITIVE_INFINITY, startEvent);
  probe.disarmAll();
  assert.equal(seen.length, world.cpu.nested);
  assert.ok(seen.length > 5);
  for (const { stack, cpu } of seen) {
    assert.equal(stack.at(-1), 'igb_msix_ring');
    assert.equal(cpu, world.cpu);
  }
});

test('n ticks forward and n back land on the same states', () => {
  const session = openSession();
  session.runForward(fast.createWorld(FRAMES, 5));
  const moments = [];
  let moment = { event: 12_000, tick: 3 };
  for (let i = 0; i < 60; i++) {
    const hash = session.visit(moment, (world: Loaded, tick: number) => `${tools.hashWorld(world)} ${tick}`);
    moments.push({ moment, hash });
    moment = session.before(moment);
  }
  const again = moments
    .reverse()
    .map(({ moment: at }) => session.visit(at, (world: Loaded, tick: number) => `${tools.hashWorld(world)} ${tick}`));
  assert.deepEqual(
    again,
    moments.map(({ hash }) => hash),
  );
  assert.ok(new Set(again).size > 30);
});

test('setting a local changes the run, looking does not', () => {
  const world = debug.createWorld(200, 0);
  debug.probe.setHandlers({
    onTick: (_tick: number, depth: number) => {
      for (const { depth: at } of debug.probe.plainStack()) debug.locals.readLocals(at);
      tools.hashWorld(world);
      assert.equal(debug.locals.writeLocal(depth, 'no such name', 1), false);
    },
  });
  debug.probe.setLimit(1);
  debug.run(world, Number.POSITIVE_INFINITY, startEvent);
  debug.probe.setHandlers({ onTick: () => undefined });
  debug.probe.setLimit(null);
  const straight = fast.createWorld(200, 0);
  fast.run(straight, Number.POSITIVE_INFINITY);
  assert.equal(tools.diffWorld(world, straight), null);

  const drops = stopIn('udp_rcv', (stopped, depth) => {
    const call = debug.probe.callAt(depth - 1);
    assert.equal(debug.tables.functions[call.fn].name, 'ip_local_deliver');
    assert.equal(debug.locals.writeLocal(depth, 'skb', null), true);
    assert.equal(debug.locals.writeLocal(depth, 'port', 1), false, 'constant and not yet assigned');
    return [stopped.event, debug.locals.readLocals(depth).find((local: Loaded) => local.name === 'skb').value];
  });
  assert.equal(drops[1], null);
});
