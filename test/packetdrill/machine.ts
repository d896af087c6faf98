/** The host under test: one CPU and a device `tun0`, whose other end is the script. */
import { schedule_event } from '../../debugger/machine/event_queue.ts';
import type { Cpu, Host, World } from '../../debugger/machine/types.ts';
import type { veth_priv } from '../../debugger/kernel/drivers/net/veth.ts';
import type { net_device } from '../../debugger/kernel/include/linux/netdevice.ts';
import { NETIF_F_LLTX } from '../../debugger/kernel/include/linux/netdevice.ts';
import type { task_struct } from '../../debugger/kernel/include/linux/sched.ts';
import type { sk_buff } from '../../debugger/kernel/include/linux/skbuff.ts';
import { attach_default_qdiscs } from '../../debugger/kernel/net/core/dev/netdev.ts';
import { packetBytes } from '../../debugger/kernel/net/core/skbuff/data.ts';
import { consume_skb } from '../../debugger/kernel/net/core/skbuff/free.ts';
import { skb_orphan_frags_rx } from '../../debugger/kernel/net/core/skbuff/zerocopy.ts';
import { sysctl_ipv4_init } from '../../debugger/kernel/net/ipv4/sysctl_net_ipv4.ts';
import { startProcess } from '../../debugger/world/build.ts';
import { buildWorld, run } from '../../debugger/world/engine.ts';
import type { Program, Value } from '../../debugger/world/process/value.ts';
import { knobsOf } from '../../debugger/world/sysctls.ts';
import { analyse } from '../../server/language/analyse.ts';
import type { Expression } from '../../server/language/expression.ts';
import { strayByte } from './match.ts';
import { receivedSkb } from './received_skb.ts';
import { decode, encode, type LiveSegment } from './tcp_frame.ts';

export const LOCAL = 0xc0a80001;
export const REMOTE = 0xc0000201;
/** Where both sides listen, unless a script says otherwise. */
export const PORT = 8080;
const EVER = 9e15;
const CLOCK_MONOTONIC = 1;
/** Time for the stack to have dealt with a packet, ns. */
const SETTLE = 200_000;

export interface Sent {
  readonly segment: LiveSegment;
  /** Offset of the first payload byte that is not zero, as all bytes of a script are; -1: none. */
  readonly stray: number;
  /** ns at which the device had it. */
  readonly time: number;
}

const SCENARIO = `veth tun { end dut.tun0 { address 192.168.0.1/16 }; end script.tun0 { } }
host dut {
  cpus 1
  route default via 192.168.0.2
  route 192.0.2.1 via 192.168.0.2
  neighbour 192.168.0.2 lladdr 02:00:00:00:00:fe dev tun0
}
host script { }
`;

export class Machine {
  readonly world: World;
  readonly host: Host;
  readonly dev: net_device;
  #files: task_struct['files'] | null = null;
  readonly sent: Sent[] = [];

  constructor() {
    const { scenario, diagnostics } = analyse(SCENARIO, 'packetdrill.netpath');
    if (scenario === null) throw new Error(diagnostics.map((each) => each.message).join('; '));
    this.world = buildWorld(scenario, 1);
    this.host = this.world.hosts[0]!;
    this.dev = this.host.devices.find((each) => each.name === 'tun0')!;
    this.dev.features &= ~NETIF_F_LLTX;
    this.qdisc('pfifo', {});
    const far = this.world.hosts[1]!.devices.find((each) => each.name === 'tun0')!;
    (far.priv as veth_priv).incoming = { push: (skb: sk_buff) => this.#take(skb) } as unknown as sk_buff[];
  }

  /** `tc qdisc replace dev tun0 root KIND`. */
  qdisc(kind: string, options: Record<string, number>): void {
    attach_default_qdiscs(this.dev, kind, { kind, options });
  }

  /** A packet has reached the other end: as a tun device does, it takes the bytes and gives the packet back. */
  #take(skb: sk_buff): void {
    const cpu = this.host.cpus[0]!;
    skb_orphan_frags_rx(cpu, skb);
    const bytes = packetBytes(cpu, skb, 0, skb.len);
    consume_skb(cpu, skb);
    const segment = decode(bytes, 0);
    if (segment !== null) this.sent.push({ segment, stray: strayByte(bytes.subarray(bytes.length - segment.len)), time: cpu.now });
  }

  get now(): number {
    return Math.max(this.world.now, ...this.host.cpus.map((cpu) => cpu.now));
  }

  /** Lets the host do what it does until `time` ns, or until it has sent a packet when `watching`. */
  runUntil(time: number, watching = false): void {
    const end = run(this.world, { event: Number.MAX_SAFE_INTEGER, time }, watching ? () => this.sent.length > 0 : null);
    this.world.ended = false;
    if (end !== 'stopped' && this.world.now < time) this.world.now = time;
  }

  /** A packet arrives at `time`, as a super-packet of `mss` bytes each when that is not 0, and the stack has dealt with it. */
  inject(segment: LiveSegment, mss: number, time: number): void {
    this.injectPacket(encode(segment), mss, time);
  }

  /** The same for an IP packet. */
  injectPacket(packet: Uint8Array, mss: number, time: number): void {
    const skb = receivedSkb(this.host.cpus[0]!, this.dev, packet, mss);
    (this.dev.priv as veth_priv).incoming.push(skb);
    schedule_event(this.host.hardware, time, 'veth_arrives', this.dev, null);
    this.runUntil(time + SETTLE);
  }

  /** The CPU: the clock of a halted one stands still until somebody looks. */
  cpuAt(time: number): Cpu {
    const cpu = this.host.cpus[0]!;
    if (cpu.halted && cpu.now < time) {
      cpu.spent.id += time - cpu.now;
      cpu.now = time;
    }
    return cpu;
  }

  /** A thread of the program enters a system call at `time`; look at `answer` when it has run. */
  call(callee: string, values: readonly Value[], time: number): Program {
    this.cpuAt(time);
    const task = startProcess(this.host, processOf(callee, values.length));
    this.#files = this.#files ?? task.files;
    task.files = this.#files;
    const program = task.program as Program;
    for (const [i, value] of values.entries()) program.variables[argument(i)] = value;
    return program;
  }

  /** What a call has returned; undefined while it is under way. */
  answer(call: Program): Value | undefined {
    if (call.error !== null) throw new Error(call.error);
    return call.variables.answer;
  }

  /** ns at which a call that has returned did so. */
  returnedAt(call: Program): number {
    return call.variables.returned as number;
  }

  /** Sets a sysctl from now on. */
  sysctl(name: string, values: readonly (number | string)[]): void {
    this.host.sysctl[name] = [...values];
    this.host.knobs = knobsOf(this.host.sysctl);
    sysctl_ipv4_init(this.host);
  }
}

const argument = (i: number): string => `a${i}`;

/** One statement, and a sleep without end: a thread that exits would close the files. The call's values are variables. */
function processOf(callee: string, count: number): never {
  const range = { start: 0, end: 0 };
  const span = { file: '', start: 0, end: 0, line: 1, column: 0 };
  const number = (value: number): Expression => ({ kind: 'number', value, dimension: 'none', range });
  const call = (name: string, args: readonly Expression[]): unknown => ({ kind: 'call', callee: name, calleeRange: range, arguments: args, range });
  const names = Array.from({ length: count }, (_, i): Expression => ({ kind: 'name', name: argument(i), range }));
  return {
    name: callee, cpu: 0, startAt: 0, span,
    body: [
      { kind: 'assign', name: 'answer', value: call(callee, names), span },
      { kind: 'assign', name: 'returned', value: call('clock_gettime', [number(CLOCK_MONOTONIC)]), span },
      { kind: 'sleep', ns: number(EVER), span },
    ],
  } as never;
}
