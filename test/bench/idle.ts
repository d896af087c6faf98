/**
 * Memory of an idle TCP connection, both of its ends in one world, in a process of its own:
 *   node --expose-gc idle-fast.mjs CONNECTIONS
 * Prints one JSON line: heap and array buffers after a collection, with so many established connections less the same world without any.
 */
import type { World } from '../../debugger/machine/types.ts';
import { buildWorld, run } from '../../debugger/world/engine.ts';
import { analyse } from '../../server/language/analyse.ts';

/** A process may have 1,024 files open. */
const PER_PROCESS = 1000;

/** `connections` in the ESTABLISHED state, nothing sent over any. */
export function idleScenario(connections: number): string {
  const clients: string[] = [];
  const servers: string[] = [];
  for (let i = 0; i * PER_PROCESS < connections; i++) {
    const count = Math.min(PER_PROCESS, connections - i * PER_PROCESS);
    clients.push(`  process client${i} at 1ms { repeat ${count} { fd = socket(AF_INET, SOCK_STREAM); connect(fd, 10.0.0.2:${9000 + i}) }; sleep 60s }`);
    servers.push(`  process server${i} { listener = socket(AF_INET, SOCK_STREAM); bind(listener, 0.0.0.0:${9000 + i}); listen(listener, 128); repeat ${count} { accept4(listener) }; sleep 60s }`);
  }
  return `link wire { rate 10Gbps; delay 10us }
host a {
  nic eth0 { link wire; address 10.0.0.1/24 }
${clients.join('\n')}
}
host b {
  nic eth0 { link wire; address 10.0.0.2/24 }
${servers.join('\n')}
}
`;
}

/** The world when all connections stand and what setting them up has left behind is gone. */
function idleWorld(connections: number): World {
  const { scenario, diagnostics } = analyse(idleScenario(connections), 'idle.netpath');
  if (scenario === null) throw new Error(JSON.stringify(diagnostics));
  const world = buildWorld(scenario, 1);
  run(world, { event: Number.MAX_SAFE_INTEGER, time: 30_000_000_000 }, null);
  return world;
}

function established(world: World): number {
  return world.hosts[0]!.mib.Tcp.CurrEstab;
}

/** Bytes in use by JavaScript, typed arrays' memory included. */
function heap(): number {
  for (let i = 0; i < 4; i++) (globalThis as unknown as { gc: () => void }).gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** The world stays reachable while the heap is read. */
function held(connections: number): { bytes: number; established: number } {
  const world = idleWorld(connections);
  const bytes = heap();
  return { bytes, established: established(world) };
}

function main(connections: number): void {
  held(connections);
  const without = held(0);
  const full = held(connections);
  const perConnection = (full.bytes - without.bytes) / full.established;
  console.log(JSON.stringify({ connections: full.established, bytesPerConnection: Math.round(perConnection), bytesPerSocket: Math.round(perConnection / 2) }));
}

if (/idle-fast\.mjs$/.test(process.argv[1] ?? '')) main(Number(process.argv[2] ?? 2000));
