/** Plays a packetdrill script against the model, in the model's own time. */
import { findEntry, entrySock } from '../../debugger/kernel/net/ipv4/inet_hashtables.ts';
import { sk_get_meminfo } from '../../debugger/kernel/net/core/sock/options.ts';
import { tcp_get_info } from '../../debugger/kernel/net/ipv4/tcp/info.ts';
import type { sock } from '../../debugger/kernel/include/net/sock.ts';
import type { Program } from '../../debugger/world/process/value.ts';
import { ERRNOS } from '../../server/language/schema/errnos.ts';
import type { CallEvent } from './call_line.ts';
import { type Clock, createDescriptors, numberOf, translate, Unsupported } from './calls.ts';
import { runCommand } from './commands.ts';
import { Flow } from './flow.ts';
import { encodeIcmp, type IcmpEvent } from './icmp_line.ts';
import { LOCAL, Machine, PORT, REMOTE, type Sent } from './machine.ts';
import { differences, merges } from './match.ts';
import { ACK, CWR, type PacketEvent, type Segment, SYN } from './packet_line.ts';
import { MEMINFO, PYTHON_NAMES } from './python_names.ts';
import { runCode } from './python.ts';
import type { DrillEvent, Script, When } from './script.ts';
import type { LiveSegment } from './tcp_frame.ts';

/** ns in a second, and in which a call that does not wait must have returned. */
const SECOND = 1e9;
const AT_ONCE = 5e6;
/** A packet that is not there so long after its time does not come, ns. */
const GIVE_UP = 2e9;
/** As the kernel's own runner has it on slow machines, ns; a script may ask for more. */
const TOLERANCE = 14e6;
const TOLERANCE_SHARE = 0.125;
/** Calls whose result is a descriptor, which the script numbers for itself. */
const MAKES_FD = new Set(['socket', 'accept', 'open', 'epoll_create']);
/** Calls whose numbers the language has as their result and the kernel puts out through a pointer. */
const PUTS_OUT = new Set(['getsockopt', 'ioctl', 'pipe', 'pipe2']);
const ERRNO_NAMES = new Map([...ERRNOS].reverse().map((each) => [each.value, each.name]));

interface Blocking {
  readonly call: Program;
  readonly event: CallEvent;
  readonly differs: (answer: never, clock: Clock) => string | null;
  /** ns at which it must return, and by how much it may be off. */
  readonly due: number;
  readonly slack: number;
}

export class Drill {
  readonly #script: Script;
  readonly #machine: Machine;
  readonly #descriptors = createDescriptors();
  readonly #variables = new Map<string, number | string>(PYTHON_NAMES);
  readonly #tolerance: number;
  #flows: Flow[] = [];
  /** How many of them the script is done with. */
  #retired = 0;
  #remotePort = 10_000;
  /** The socket under test is a listener as yet. */
  #listens = false;
  #blocking: Blocking | null = null;
  #sock: sock | null = null;
  /** ns of time 0, and at which the event before has ended. */
  readonly #start: number;
  #base: number;

  constructor(script: Script, sysctls: Readonly<Record<string, readonly (number | string)[]>>) {
    this.#script = script;
    this.#machine = new Machine();
    for (const [name, values] of Object.entries(sysctls)) this.#machine.sysctl(name, values);
    runCommand(this.#machine, script.init);
    this.#tolerance = Math.max(TOLERANCE, Number(script.options.get('tolerance_usecs') ?? 0) * 1000);
    this.#start = this.#machine.now + SECOND;
    this.#machine.runUntil(this.#start);
    this.#base = this.#start;
  }

  /** Throws at the first event that does not come as the script says. */
  play(): void {
    for (const event of this.#script.events) {
      try {
        this.#do(event);
      } catch (error) {
        const { message } = error as Error;
        throw error instanceof Unsupported ? new Unsupported(`line ${event.line}: ${message}`) : new Error(`line ${event.line}: ${message}`);
      }
    }
    if (this.#blocking !== null) this.#awaitBlocking();
  }

  #do({ when, deed }: DrillEvent): void {
    if (deed.kind === 'packet' && !deed.inbound) {
      this.#expectPacket(deed.segment, when);
      return;
    }
    const time = this.#due(when, when.from);
    const returns = when.returns === null ? null : this.#due(when, when.returns);
    this.#machine.runUntil(time);
    this.#base = Math.max(time, this.#base);
    if (deed.kind === 'packet') this.#inject(deed, time);
    else if (deed.kind === 'icmp') this.#injectIcmp(deed, time);
    else if (deed.kind === 'call') this.#call(deed, returns, time);
    else if (deed.kind === 'command') runCommand(this.#machine, deed.text);
    else this.#runCode(deed.text);
  }

  /** ns of a time of the script, not before now. */
  #due(when: When, seconds: number): number {
    return Math.max(this.#scheduled(when, seconds), this.#machine.now);
  }

  #scheduled(when: When, seconds: number): number {
    return (when.relative ? this.#base : this.#start) + seconds * SECOND;
  }

  /** How much an event may be off that is due so many ns after the one before. */
  #slack(since: number): number {
    return Math.max(this.#tolerance, TOLERANCE_SHARE * since);
  }

  // --- packets

  #inject({ segment }: PacketEvent, time: number): void {
    const flow = this.#flowOfInbound(segment);
    const live = flow.inbound(segment, { local: LOCAL, remote: REMOTE }, this.#script.options.has('tcp_ts_ecr_scaled'));
    this.#machine.inject(live, Number(this.#script.options.get('mss') ?? 0), time);
    this.#look();
  }

  /** An error about what the flow under test has sent. */
  #injectIcmp(event: IcmpEvent, time: number): void {
    this.#machine.injectPacket(encodeIcmp(event, this.#flows.at(-1)!.quoted(event.seq, { local: LOCAL, remote: REMOTE })), 0, time);
  }

  /** The first SYN from outside after a listen() begins a connection; any other segment belongs to the one under test. */
  #flowOfInbound(segment: Segment): Flow {
    const current = this.#flows.at(-1);
    if (segment.ports !== null) {
      const found = this.#flows.find((each) => each.remotePort === segment.ports![0]);
      return found ?? this.#add(new Flow(segment.ports[1], segment.ports[0]));
    }
    if (current !== undefined && ((segment.flags & (SYN | ACK)) !== SYN || !this.#listens)) return current;
    this.#listens = false;
    return this.#add(new Flow(PORT, this.#remotePort++));
  }

  #add(flow: Flow): Flow {
    this.#flows.push(flow);
    this.#sock = null;
    return flow;
  }

  #expectPacket(expected: Segment, when: When): void {
    const from = this.#scheduled(when, when.from);
    const to = when.any ? Number.POSITIVE_INFINITY : this.#scheduled(when, when.to);
    const { live, time } = this.#take(expected, when.any ? this.#base + 100 * SECOND : to + GIVE_UP);
    const flow = this.#flowOfOutbound(live);
    if (expected.ports === null && flow !== this.#flows.at(-1)) throw new Error('sent by a connection that is not the one under test');
    const wrong = differences(flow.outbound(live, expected), expected) ?? this.#clockDiffers(flow);
    if (wrong !== null) throw new Error(wrong);
    const slack = this.#slack(from - this.#base);
    if (!when.any && (time < from - slack || time > to + slack)) throw new Error(`sent ${((time - from) / 1e6).toFixed(1)} ms ${time < from ? 'too early' : 'too late'}`);
    this.#base = Math.max(this.#base, time);
    this.#look();
  }

  /** Timestamps are compared where the script says how long their tick is. */
  #clockDiffers(flow: Flow): string | null {
    const off = flow.clockOffset() * Number(this.#script.options.get('tcp_ts_tick_usecs') ?? 0) * 1000;
    return Math.abs(off) <= this.#slack(this.#machine.now - this.#start) ? null : `TS val is ${(off / 1e6).toFixed(1)} ms off`;
  }

  /** The next segments sent, as many as make up the one that is expected; with `strict_segments` just one. */
  #take(expected: Segment, until: number): { live: LiveSegment; time: number } {
    let { segment: live, time } = this.#nextOfCurrent(until);
    const size = live.len;
    while (live.len < expected.len && !this.#script.options.has('strict_segments')) {
      const more = this.#nextOfCurrent(until);
      const next = more.segment;
      const last = live.len + next.len >= expected.len;
      if (!merges(live, next) || (!last && next.len !== size)) throw new Error(`${expected.len} bytes expected, ${live.len} sent`);
      live = { ...next, seq: live.seq, flags: next.flags | (live.flags & CWR), len: live.len + next.len };
      time = more.time;
    }
    return { live, time };
  }

  /** What connections send that were made before the last socket() no longer counts. */
  #nextOfCurrent(until: number): Sent {
    for (;;) {
      const next = this.#next(until);
      const flow = this.#flows.findIndex((each) => each.owns(next.segment));
      if (flow >= 0 && flow < this.#retired) continue;
      if (next.stray >= 0) throw new Error(`payload byte ${next.stray} is not zero`);
      return next;
    }
  }

  #next(until: number): Sent {
    const { sent, world } = this.#machine;
    if (sent.length === 0) this.#machine.runUntil(until, true);
    if (world.halt !== null) throw new Error(world.halt.reason);
    const next = sent.shift();
    if (next === undefined) throw new Error(`no packet by ${((this.#machine.now - this.#start) / SECOND).toFixed(3)} s`);
    return next;
  }

  #flowOfOutbound(live: LiveSegment): Flow {
    return this.#flows.find((each) => each.owns(live)) ?? this.#add(new Flow(live.sport, live.dport));
  }

  // --- calls

  #call(event: CallEvent, returns: number | null, time: number): void {
    if (this.#blocking !== null) this.#awaitBlocking();
    if (event.name === 'socket') this.#retired = this.#flows.length;
    if (event.name === 'listen') this.#listens = true;
    const { callee, values, differs } = translate(event, this.#descriptors);
    const call = this.#machine.call(callee, values, Math.max(time, this.#machine.now));
    if (returns !== null) {
      this.#blocking = { call, event, differs: differs as Blocking['differs'], due: returns, slack: this.#slack(returns - time) };
      this.#machine.runUntil(time + 100_000);
      return;
    }
    this.#waitFor(call, time + AT_ONCE, event.name);
    this.#checkResult(call, event, differs as Blocking['differs']);
    this.#base = Math.max(this.#base, Math.min(this.#machine.now, time + 100_000));
  }

  #waitFor(call: Program, until: number, name: string): void {
    for (let at = this.#machine.now; this.#machine.answer(call) === undefined; at += 20_000) {
      if (at > until) throw new Error(`${name}() does not return`);
      this.#machine.runUntil(at + 20_000);
    }
  }

  #awaitBlocking(): void {
    const { call, event, differs, due, slack } = this.#blocking!;
    this.#blocking = null;
    this.#waitFor(call, due + slack, event.name);
    const returned = this.#machine.returnedAt(call);
    if (Math.abs(returned - due) > slack) throw new Error(`${event.name}() returned ${(Math.abs(returned - due) / 1e6).toFixed(1)} ms too ${returned < due ? 'early' : 'late'}`);
    this.#checkResult(call, event, differs);
    this.#base = Math.max(this.#base, returned);
  }

  #checkResult(call: Program, event: CallEvent, differs: Blocking['differs']): void {
    const answer = this.#machine.answer(call)!;
    const result = PUTS_OUT.has(event.name) && !(Number(answer) < 0) ? 0 : numberOf(answer);
    const wrong = resultDiffers(event, result) ?? differs(answer as never, { start: this.#start, slack: this.#slack(0) });
    if (wrong !== null) throw new Error(`${event.name}(): ${wrong}`);
    if (MAKES_FD.has(event.name) && event.result !== null && event.result >= 0) this.#descriptors.live.set(event.result, result);
  }

  // --- assertions

  #runCode(text: string): void {
    this.#look();
    if (this.#sock !== null) for (const [name, value] of Object.entries(this.#figures(this.#sock))) this.#variables.set(name, value);
    runCode(text, this.#variables);
  }

  /** What getsockopt() tells of it: TCP_INFO, or what the option code_sockopt names. */
  #figures(sk: sock): Record<string, number> {
    if (this.#script.options.get('code_sockopt') === 'SO_MEMINFO') return Object.fromEntries(sk_get_meminfo(sk).map((value, i) => [MEMINFO[i], value]));
    return tcp_get_info(this.#machine.cpuAt(this.#machine.now), sk);
  }

  /** Remembers the socket under test while it can be found. */
  #look(): void {
    const flow = this.#flows.at(-1);
    if (flow === undefined) return;
    const entry = findEntry(this.#machine.host.cpus[0]!, REMOTE, flow.remotePort, LOCAL, flow.localPort);
    const found = entry === null ? null : entrySock(entry);
    if (found !== null && 'sk_state' in found && (found as sock).tcp !== undefined) this.#sock = found as sock;
  }
}

function resultDiffers({ result, errno, name }: CallEvent, returned: number): string | null {
  if (errno !== null) return returned < 0 && ERRNO_NAMES.get(-returned) === errno ? null : `returns ${said(returned)}, not ${errno}`;
  if (result === null || (MAKES_FD.has(name) && result >= 0 && returned >= 0)) return null;
  if (result === -1 && returned < 0) return null;
  return returned === result ? null : `returns ${said(returned)}, not ${result}`;
}

const said = (value: number): string => (value < 0 ? (ERRNO_NAMES.get(-value) ?? String(value)) : String(value));
