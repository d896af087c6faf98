/**
 * One measured run of a UDP flood or of TCP transfers in one build of the engine, in a process of its own so that garbage collection and compiler threads count:
 *   node flood-fast.mjs 0 MEGABYTES [MODE]    node flood-debug.mjs ARMED MEGABYTES [udp|tcp|tcp100|tcp-offload]
 * ARMED function breakpoints stand on functions that UDP never enters. Prints one JSON line; `frames` are counted at the NICs (data and reverse), `cpu_s` is user + system time of the whole process.
 */
import { compileLess } from '../../debugger/control/compile_less.ts';
import { functionNumber } from '../../debugger/control/debug_info.ts';
import { armFunction } from '../../debugger/control/probe.ts';
import type { World } from '../../debugger/machine/types.ts';
import { buildWorld, run } from '../../debugger/world/engine.ts';
import { analyse } from '../../server/language/analyse.ts';

const PAYLOAD = 1448;

/** 1448-byte datagrams at about 900 Mb/s over 1 Gb/s and 10 us, offloads off: the work of ns-3's UDP on/off application. */
export function floodScenario(datagrams: number): string {
  const nic = (address: string) => `nic eth0 { link wire; address ${address}/24; offloads { tx-checksumming = off; rx-checksumming = off; generic-receive-offload = off; generic-segmentation-offload = off; tcp-segmentation-offload = off; scatter-gather = off } }`;
  return `link wire { rate 1Gbps; delay 10us }
host a {
  ${nic('10.0.0.1')}
  neighbour 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0
  process sender {
    fd = socket(AF_INET, SOCK_DGRAM)
    connect(fd, 10.0.0.2:9000)
    repeat ${datagrams} { send(fd, ${PAYLOAD}B); compute 10us }
  }
}
host b {
  ${nic('10.0.0.2').replace('link wire;', 'link wire; mac 02:00:00:00:00:02;')}
  process receiver {
    fd = socket(AF_INET, SOCK_DGRAM)
    bind(fd, 0.0.0.0:9000)
    loop { recv(fd, 2KiB) }
  }
}
`;
}

/** One TCP connection, 1448-byte segments, over the same wire. */
export function streamScenario(bytes: number): string {
  return floodScenario(0)
    .replace(/process sender \{[^}]*\{[^}]*\}[^}]*\}/, `process sender {
    fd = socket(AF_INET, SOCK_STREAM)
    connect(fd, 10.0.0.2:9000)
    repeat ${Math.floor(bytes / 65_536)} { send(fd, 64KiB) }
    close(fd)
  }`)
    .replace(/process receiver \{[\s\S]*/, `process receiver {
    listener = socket(AF_INET, SOCK_STREAM)
    bind(listener, 0.0.0.0:9000)
    listen(listener, 8)
    fd = accept4(listener)
    loop { data = recv(fd, 64KiB); if data.length == 0 { break } }
  }
}
`);
}

/** `flows` connections that share the bytes, each with a sender process and a listener of its own on the same two CPUs. */
export function streamsScenario(bytes: number, flows: number): string {
  const writes = Math.floor(bytes / flows / 65_536);
  const numbers = Array.from({ length: flows }, (_, i) => i);
  const senders = numbers.map((i) => `  process sender${i} {
    fd = socket(AF_INET, SOCK_STREAM)
    connect(fd, 10.0.0.2:${9000 + i})
    repeat ${writes} { send(fd, 64KiB) }
    close(fd)
  }`);
  const receivers = numbers.map((i) => `  process receiver${i} {
    listener = socket(AF_INET, SOCK_STREAM)
    bind(listener, 0.0.0.0:${9000 + i})
    listen(listener, 8)
    fd = accept4(listener)
    loop { data = recv(fd, 64KiB); if data.length == 0 { break } }
  }`);
  return floodScenario(0)
    .replace(/ {2}process sender \{[^}]*\{[^}]*\}[^}]*\}/, senders.join('\n'))
    .replace(/ {2}process receiver \{[\s\S]*/, `${receivers.join('\n')}\n}\n`);
}

/** The same work with the card's defaults: TSO, GRO, checksums. */
const withOffloads = (text: string): string => text.replaceAll(/; offloads \{[^}]*\}/g, '');

/** The scenarios by mode, for so many payload bytes. */
const SCENARIOS: Readonly<Record<string, (bytes: number) => string>> = {
  udp: (bytes) => floodScenario(Math.floor(bytes / PAYLOAD)),
  tcp: streamScenario,
  tcp100: (bytes) => streamsScenario(bytes, 100),
  'tcp-offload': (bytes) => withOffloads(streamScenario(bytes)),
};

/** TCP's functions: a UDP flood enters none of them. */
const NEVER_ENTERED = (
  'tcp_v4_rcv tcp_v4_do_rcv tcp_rcv_established tcp_rcv_state_process tcp_ack tcp_data_queue tcp_write_xmit __tcp_transmit_skb tcp_sendmsg tcp_recvmsg ' +
  'tcp_v4_connect tcp_connect tcp_finish_connect tcp_conn_request tcp_v4_send_synack tcp_close tcp_fin tcp_reset tcp_retransmit_timer tcp_send_ack'
).split(' ');

function arm(count: number): void {
  for (const name of NEVER_ENTERED.slice(0, count)) armFunction(functionNumber(name)!, true);
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
  arm(armed);
  const world = buildWorld(scenario, 1);
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

const script = /flood-(fast|debug)\.mjs$/.exec(process.argv[1] ?? '');
if (script !== null) main(script[1]!, Number(process.argv[2] ?? 0), Number(process.argv[3] ?? 100), process.argv[4] ?? 'udp');
