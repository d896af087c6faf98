/** The host under test: one CPU, one card, and on the other end of its wire nobody but the script. */
import { createEventQueue, schedule_event } from '../../debugger/machine/event_queue.ts';
import { start } from '../../debugger/machine/frames.ts';
import type { Nic } from '../../debugger/machine/nic.ts';
import { createFrame, RX_HEADROOM, type Frame } from '../../debugger/machine/wire.ts';
import type { Host, World } from '../../debugger/machine/types.ts';
import type { task_struct } from '../../debugger/kernel/include/linux/sched.ts';
import { copy_process } from '../../debugger/kernel/kernel/fork.ts';
import { enqueue_task } from '../../debugger/kernel/kernel/sched/fair.ts';
import { buildWorld, run } from '../../debugger/world/engine.ts';
import { run_process } from '../../debugger/world/process/run_process.ts';
import { createProgram, type Program, type Value } from '../../debugger/world/process/value.ts';
import { knobsOf } from '../../debugger/world/sysctls.ts';
import { sysctl_ipv4_init } from '../../debugger/kernel/net/ipv4/sysctl_net_ipv4.ts';
import { analyse } from '../../server/language/analyse.ts';
import type { Expression } from '../../server/language/expression.ts';
import { decode, encode, type LiveSegment } from './tcp_frame.ts';

export const LOCAL = 0xc0a80001;
export const REMOTE = 0xc0000201;
const GATEWAY_MAC = [2, 0, 0, 0, 0, 0xfe];
const EVER = 9e15;
const CLOCK_MONOTONIC = 1;
/** Time for the card, its interrupt and the stack to have dealt with a frame, ns. */
const SETTLE = 200_000;

export interface Sent {
  readonly segment: LiveSegment;
  /** ns at which it has left. */
  readonly time: number;
}

/** A system call under way. */
export interface Call {
  readonly program: Program;
  readonly task: task_struct;
}

const scenario = (card: string): string => `link wire { rate 100Gbps; delay 0us }
host dut {
  cpus 1
  nic eth0 { link wire; address 192.168.0.1/16; ${card}; qdisc pfifo }
  route default via 192.168.0.2
  neighbour 192.168.0.2 lladdr 02:00:00:00:00:fe dev eth0
}
host script { nic eth0 { link wire } }
`;

export class Machine {
  readonly world: World;
  readonly host: Host;
  readonly #nic: Nic;
  /** What stands at the far end of the wire: a queue in which frames that were sent are found. */
  readonly #far = createEventQueue();
  #files: task_struct['files'] | null = null;
  #calls = 0;
  readonly sent: Sent[] = [];

  /** `card`: lines of the scenario's language about the card. */
  constructor(card: string) {
    const { scenario: spec, diagnostics } = analyse(scenario(card), 'packetdrill.netpath');
    if (spec === null) throw new Error(diagnostics.map((each) => each.message).join('; '));
    this.world = buildWorld(spec, 1);
    this.host = this.world.hosts[0]!;
    const wire = this.world.wires[0]!;
    this.#nic = wire.ends[0]!;
    wire.ends[1] = { host: { hardware: this.#far }, wire } as unknown as Nic;
  }

  get now(): number {
    return Math.max(this.world.now, ...this.host.cpus.map((cpu) => cpu.now));
  }

  /** Lets the host do what it does until `time` ns. */
  runUntil(time: number): void {
    run(this.world, { event: Number.MAX_SAFE_INTEGER, time }, null);
    this.world.ended = false;
    if (this.world.now < time) this.world.now = time;
    for (const { detail, time: left } of this.#far.heap.splice(0)) {
      const frame = detail as Frame;
      const segment = decode(frame.bytes, frame.headroom);
      if (segment !== null) this.sent.push({ segment, time: left });
    }
  }

  /** Frames reach the card at `time`, and the stack has dealt with them. */
  inject(segments: readonly LiveSegment[], time: number): void {
    for (const each of segments) this.#arrive(each, time);
    this.runUntil(time + SETTLE);
  }

  #arrive(segment: LiveSegment, time: number): void {
    const macs = Uint8Array.from([...this.#nic.mac, ...GATEWAY_MAC]);
    const { bytes, length } = encode(segment, macs, RX_HEADROOM);
    const outside = { kind: 'outside' as const, id: this.world.next_id, event: 0, time, host: '', from: [], offset: 0, length, line: 0 };
    const frame = createFrame(this.world, bytes, length, time, '', outside, 0);
    schedule_event(this.host.hardware, time, 'wire_deliver', this.#nic, frame);
  }

  /** A thread of the program enters a system call at `time`; look at `answer` when it has run. */
  call(callee: string, values: readonly Value[], time: number): Call {
    const cpu = this.host.cpus[0]!;
    if (cpu.halted && cpu.now < time) {
      cpu.spent.id += time - cpu.now;
      cpu.now = time;
    }
    const task = copy_process(cpu, `call${this.#calls++}`, 'user', -1);
    if (this.#files === null) this.#files = task.files;
    else task.files = this.#files;
    const program = createProgram('dut', task.comm);
    task.program = program;
    start(task.context, run_process, cpu, program, processOf(callee, values));
    enqueue_task(cpu, task);
    cpu.need_resched = true;
    cpu.halted = false;
    return { program, task };
  }

  /** What a call has returned; undefined while it is under way. */
  answer({ program }: Call): Value | undefined {
    if (program.error !== null) throw new Error(program.error);
    return program.variables['answer'];
  }

  /** ns at which a call that has returned did so. */
  returnedAt({ program }: Call): number {
    return program.variables['returned'] as number;
  }

  /** Sets a sysctl from now on. */
  sysctl(name: string, values: readonly (number | string)[]): void {
    this.host.sysctl[name] = [...values];
    this.host.knobs = knobsOf(this.host.sysctl);
    sysctl_ipv4_init(this.host);
  }
}

/** One statement, and a sleep without end: a thread that exits would close the files. */
function processOf(callee: string, values: readonly Value[]): never {
  const range = { start: 0, end: 0 };
  const span = { file: '', start: 0, end: 0, line: 1, column: 0 };
  const literal = (value: Value): Expression => valueExpression(value, range);
  const call = (name: string, args: readonly Value[]): unknown => ({ kind: 'call', callee: name, calleeRange: range, arguments: args.map(literal), range });
  return {
    name: callee, cpu: 0, startAt: 0, span,
    body: [
      { kind: 'assign', name: 'answer', value: call(callee, values), span },
      { kind: 'assign', name: 'returned', value: call('clock_gettime', [CLOCK_MONOTONIC]), span },
      { kind: 'sleep', ns: literal(EVER), span },
    ],
  } as never;
}

function valueExpression(value: Value, range: { start: number; end: number }): Expression {
  if (typeof value === 'number') return { kind: 'number', value, dimension: 'none', range };
  if (typeof value === 'string') return { kind: 'string', value, range };
  if (value !== null && typeof value === 'object' && value.kind === 'endpoint') return { kind: 'endpoint', address: value.address, port: value.port, host: null, range };
  if (value !== null && typeof value === 'object' && value.kind === 'list') return { kind: 'list', elements: value.items.map((each) => valueExpression(each, range)), range } as Expression;
  if (value !== null && typeof value === 'object' && value.kind === 'pollfd')
    return { kind: 'call', callee: 'pollfd', calleeRange: range, arguments: [valueExpression(value.fd, range), valueExpression(value.events, range)], range } as unknown as Expression;
  return { kind: 'null', range };
}
