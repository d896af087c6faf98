/** Builds the spike's world and runs it, event by event. One bundle of this file is an engine. */
import { resume, start } from '../../../debugger/machine/frames.ts';
import { igb_msix_ring } from '../kernel/igb.ts';
import { __do_softirq, receiver, ticker } from '../kernel/softirq.ts';
import { frame_arrives, lidt, take_interrupt } from './spend.ts';
import type { Cpu, Sock, Task, World } from './types.ts';

export * as tables from '../../../debugger/control/debug_info.ts';
export * as locals from '../../../debugger/control/locals.ts';
export * as probe from '../../../debugger/control/probe.ts';
export { $steps as steps } from '../../../debugger/machine/frames.ts';

lidt(igb_msix_ring);

/** `ballast` packets lie in a socket that nobody reads, so that copying has something to do. */
export function createWorld(frames: number, ballast: number): World {
  const world = {
    event: 0,
    now: 0,
    seed: 12345,
    frames_left: frames,
    next_arrival: 1000,
    next_id: 1,
    cpu: null as unknown as Cpu,
    napi: createNapi(),
    socks: [0, 1, 2, 9].map(createSock),
    tasks: [] as Task[],
    ended: false,
  };
  world.cpu = createCpu(world);
  fill(world.socks[3]!, ballast);
  world.tasks.push(createTask('receiver'), createTask('ticker'));
  start(world.tasks[0]!.context, receiver, world.cpu, world.tasks[0]!, world.socks[1]!);
  start(world.tasks[1]!.context, ticker, world.cpu, world.tasks[1]!);
  return world;
}

const createNapi = () => ({
  ring: new Array<Uint8Array | null>(256).fill(null),
  next_to_clean: 0,
  next_to_use: 0,
  scheduled: false,
  weight: 64,
  missed: 0,
});

const createSock = (port: number): Sock => ({
  port,
  sk_receive_queue: [],
  sk_rmem_alloc: 0,
  sk_rcvbuf: 4096,
  sk_drops: 0,
  waiter: null,
});

const createTask = (name: string): Task => ({
  name,
  context: { frames: [], ret: null },
  runnable: true,
  wake_at: 9_000_000_000_000_000,
  received: 0,
  bytes: 0,
});

const createCpu = (world: World): Cpu => ({
  world,
  now: 0,
  softirq: { frames: [], ret: null },
  softirq_pending: 0,
  hardirq_count: 0,
  irq_pending: false,
  current: null,
  interrupts: 0,
  nested: 0,
});

function fill(sk: Sock, count: number): void {
  for (let i = 0; i < count; i++) {
    sk.sk_receive_queue.push({
      id: -i,
      data: new Uint8Array(256),
      len: 256,
      protocol: 0,
      csum: 0,
      dev: 'eth0',
      sk,
      tstamp: i,
    });
  }
}

/** Runs up to, not including, event number `until`; `before` is called at each event's boundary. */
export function run(world: World, until: number, before: (() => void) | null = null): void {
  while (world.event < until && !world.ended) {
    before?.();
    runEvent(world);
    world.event++;
  }
}

function runEvent(world: World): void {
  const { cpu } = world;
  wake(world, cpu.now);
  if (world.next_arrival <= cpu.now) frame_arrives(world);
  else if (cpu.irq_pending) take_interrupt(cpu);
  else if (cpu.softirq.frames.length > 0) resume(cpu.softirq);
  else if (cpu.softirq_pending !== 0) {
    start(cpu.softirq, __do_softirq, cpu);
    resume(cpu.softirq);
  } else runTask(world, cpu);
  world.now = cpu.now;
}

function wake(world: World, now: number): void {
  for (const task of world.tasks) {
    if (task.wake_at > now) continue;
    task.wake_at = 9_000_000_000_000_000;
    task.runnable = true;
  }
}

/** The first task that can run; with none, the clock goes on to what comes next. */
function runTask(world: World, cpu: Cpu): void {
  const task = world.tasks.find((candidate) => candidate.runnable) ?? null;
  cpu.current = task;
  if (task !== null) resume(task.context);
  else if (world.frames_left === 0) world.ended = true;
  else cpu.now = Math.min(world.next_arrival, world.tasks[1]!.wake_at);
}
