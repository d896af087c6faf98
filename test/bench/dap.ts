/**
 * What a person waits for, measured at the DAP boundary over stdio in cold processes, in ms: from F5 to the first stop with its
 * stack, scopes and variables; a step; a step back at the end of udp-echo and of 100,000 frames; runs to the end, to a late line and
 * over a long wait.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type Body, DapClient } from '../dap/dapClient.ts';
import { ARMED, PAYLOAD, streamScenario } from './scenarios.ts';

const LIMITS = { f5: 1000, step: 20, stepBack: 200 };
const STEPS = 20;
const FRAMES = Number(process.env.FRAMES ?? 100_000);

interface Figures {
  readonly median: number;
  readonly p95: number;
}

function figures(times: readonly number[]): Figures {
  const sorted = [...times].sort((a, b) => a - b);
  /** The nearest rank: the least time that `share` of all do not exceed. */
  const at = (share: number): number => Math.round(10 * sorted[Math.ceil(share * sorted.length) - 1]!) / 10;
  return { median: at(0.5), p95: at(0.95) };
}

/** One sender at about line rate: a datagram is a frame. */
const flood = (frames: number): string => `link wire
host a {
  nic eth0 { link wire; address 10.0.0.1/24 }
  process sender {
    fd = socket(AF_INET, SOCK_DGRAM)
    connect(fd, 10.0.0.2:9000)
    repeat ${frames} { send(fd, 1000B); compute 10us }
  }
}
host b {
  nic eth0 { link wire; address 10.0.0.2/24 }
  process receiver {
    fd = socket(AF_INET, SOCK_DGRAM)
    bind(fd, 0.0.0.0:9000)
    loop { recv(fd, 2KiB) }
  }
}
`;

/** A third machine, whose process sleeps while the others work. */
const sleeper = `host c {
  process sleeper {
    sleep 1s
    awake = 1
  }
}
`;

interface Start {
  readonly functions?: readonly Body[];
  readonly lines?: readonly Body[];
  readonly fields?: readonly Body[];
  readonly noDebug?: boolean;
}

/** A process of its own that has been told to run. */
async function started(program: string, { functions = [], lines = [], fields = [], noDebug = false }: Start): Promise<DapClient> {
  const client = new DapClient();
  await client.request('initialize', { clientID: 'vscode', linesStartAt1: true, columnsStartAt1: true });
  await client.request('launch', { program, noDebug });
  if (lines.length > 0) await client.request('setBreakpoints', { source: { path: program }, breakpoints: lines });
  if (fields.length > 0) await client.request('setDataBreakpoints', { breakpoints: fields });
  await client.request('setFunctionBreakpoints', { breakpoints: functions });
  await client.request('configurationDone');
  return client;
}

/** ms from F5 to the stop at the scenario's line that begins with `text`, and from there with a `command` to the next stop. */
async function toLine(program: string, text: string, command: string, arguments_: Body = {}): Promise<{ reached: number; moved: number }> {
  const began = performance.now();
  const texts = readFileSync(program, 'utf8').split('\n');
  const line = texts.findIndex((each) => each.trimStart().startsWith(text)) + 1;
  const client = await started(program, { lines: [{ line }] });
  const { body } = await client.next((event) => event.event === 'stopped', 600_000);
  const reached = performance.now() - began;
  await client.request(command, { threadId: body.threadId, ...arguments_ });
  await client.next((event) => event.event === 'stopped' || event.event === 'terminated', 600_000);
  const moved = performance.now() - began - reached;
  client.end();
  return { reached: Math.round(reached), moved: Math.round(moved) };
}

/** Stopped at a function breakpoint. */
async function stoppedAt(program: string, breakpoint: Body): Promise<{ client: DapClient; thread: number }> {
  const client = await started(program, { functions: [breakpoint] });
  const { body } = await client.next((event) => event.event === 'stopped', 600_000);
  return { client, thread: body.threadId };
}

/** What VS Code asks for at each stop. */
async function look(client: DapClient, threadId: number): Promise<void> {
  await client.request('threads');
  const { stackFrames } = await client.request('stackTrace', { threadId, startFrame: 0, levels: 20 });
  const { scopes } = await client.request('scopes', { frameId: stackFrames[0].id });
  for (const scope of scopes.filter((each: Body) => !each.expensive))
    await client.request('variables', { variablesReference: scope.variablesReference });
}

/** From one request to its stop, looking in between but not measuring that. */
async function times(client: DapClient, command: string, threadId: number): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < STEPS; i++) {
    const began = performance.now();
    await client.request(command, { threadId });
    await client.next((event) => event.event === 'stopped');
    found.push(performance.now() - began);
    await client.request('stackTrace', { threadId });
  }
  return found;
}

async function coldStart(): Promise<number> {
  const began = performance.now();
  const { client, thread } = await stoppedAt(path.resolve('examples/udp-echo.netpath'), { name: 'ip_rcv' });
  await look(client, thread);
  const time = performance.now() - began;
  client.end();
  return time;
}

async function steps(program: string, breakpoint: Body): Promise<{ run: number; step: Figures; stepBack: Figures }> {
  const began = performance.now();
  const { client, thread } = await stoppedAt(program, breakpoint);
  const run = Math.round(performance.now() - began);
  const forward = figures(await times(client, 'next', thread));
  const back = figures(await times(client, 'stepBack', thread));
  client.end();
  return { run, step: forward, stepBack: back };
}

/** At a stop far into a run: ms for all of it over time, for its last 500 us call by call, and for a step of the packet. */
async function timeline(program: string, breakpoint: Body): Promise<{ whole: number; calls: number; packetStep: Figures }> {
  const { client, thread } = await stoppedAt(program, breakpoint);
  const asked = async (stretch: Body): Promise<{ time: number; body: Body }> => {
    const began = performance.now();
    const body = await client.request('chart', { columns: 600, ...stretch });
    return { time: Math.round(performance.now() - began), body };
  };
  const whole = await asked({});
  const calls = await asked({ from: whole.body.end - 500_000, to: whole.body.end });
  const packetSteps: number[] = [];
  for (let i = 0; i < STEPS; i++) {
    const began = performance.now();
    await client.request('evaluate', { expression: 'packet next', context: 'repl' });
    const { body } = await client.next((event) => event.event === 'stopped');
    packetSteps.push(performance.now() - began);
    await client.request('stackTrace', { threadId: body.threadId ?? thread });
  }
  client.end();
  return { whole: whole.time, calls: calls.time, packetStep: figures(packetSteps) };
}

/** ms from F5 to the end of a run that nothing stops. */
async function toTheEnd(program: string, start: Start): Promise<number> {
  const began = performance.now();
  const client = await started(program, start);
  await client.next((event) => event.event === 'terminated', 600_000);
  const time = performance.now() - began;
  client.end();
  return Math.round(time);
}

/** A field that each frame changes. */
const COUNTER = '["Host","b","mib","Ip","InReceives"]';

/** The same run without debugging, with breakpoints that it never enters or (with a condition that never holds) enters in vain, with a watched field, and with none. */
async function runsToTheEnd(program: string): Promise<Record<string, number>> {
  return {
    noDebug: await toTheEnd(program, { noDebug: true }),
    noBreakpoints: await toTheEnd(program, {}),
    armed20: await toTheEnd(program, { functions: ARMED.map((name) => ({ name, condition: 'now < 0' })) }),
    watchedField: await toTheEnd(program, { fields: [{ dataId: COUNTER, condition: 'new < 0' }] }),
  };
}

export async function benchDap(): Promise<Record<string, unknown>> {
  const cold = figures([await coldStart(), await coldStart(), await coldStart()]);
  const echo = await steps(path.resolve('examples/udp-echo.netpath'), { name: 'client:udp_recvmsg' });
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'netpath-bench-')), 'flood.netpath');
  writeFileSync(file, flood(FRAMES));
  const flooded = await steps(file, { name: 'b:ip_local_deliver', hitCondition: String(FRAMES - 100) });
  const overTime = await timeline(file, { name: 'a:udp_send_skb', hitCondition: String(FRAMES - 100) });
  const tcp = path.join(path.dirname(file), 'transfer.netpath');
  writeFileSync(tcp, streamScenario(FRAMES * PAYLOAD) + sleeper);
  const toEnd = { udp: await runsToTheEnd(file), tcp: await runsToTheEnd(tcp) };
  const late = await toLine(tcp, 'close(fd)', 'reverseContinue');
  const lastChange = await toLine(tcp, 'close(fd)', 'evaluate', { expression: 'who b.eth0.flags', context: 'repl' });
  const lines = {
    late: late.reached,
    backInVain: late.moved,
    overSleep: (await toLine(tcp, 'sleep', 'next')).moved,
    lastChangeInVain: lastChange.moved,
  };
  return { limits: LIMITS, f5ToVariables: cold, echo, frames: FRAMES, flood: flooded, toTheEndMs: toEnd, linesMs: lines, timelineMs: overTime };
}
