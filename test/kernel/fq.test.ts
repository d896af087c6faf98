/** The fq discipline: a rate that no flow exceeds, its limits and their reasons, and that TCP's pacing leaves its times to it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { buildWorld, run } from '../../debugger/world/engine.ts';
import type { World } from '../../debugger/machine/types.ts';
import type { fq_priv } from '../../debugger/kernel/net/sched/sch_fq.ts';
import { analyse } from '../../server/language/analyse.ts';

/** Two hosts; `qdisc` on the sender's only transmit queue, `body` what the sender does. */
function play(qdisc: string, body: string, ms: number): World {
  const { scenario, diagnostics } = analyse(
    `link wire { rate 1Gbps }
host client {
  nic eth0 { link wire; address 10.0.0.1/24; queues 1; qdisc fq { ${qdisc} } }
  process app { ${body} }
}
host server {
  nic eth0 { link wire; address 10.0.0.2/24 }
  process sink {
    udp = socket(AF_INET, SOCK_DGRAM); bind(udp, 0.0.0.0:9)
    tcp = socket(AF_INET, SOCK_STREAM); bind(tcp, 0.0.0.0:9); listen(tcp, 8)
    c = accept4(tcp, 0)
    loop { d = recv(c, 64KiB) }
  }
}`,
    'fq.netpath',
  );
  assert.ok(scenario !== null, diagnostics.map((each) => each.message).join('; '));
  const world = buildWorld(scenario, 1);
  run(world, { event: Number.MAX_SAFE_INTEGER, time: ms * 1e6 }, null);
  return world;
}

const qdiscOf = (world: World): { priv: fq_priv; packets: number; qlen: number } => {
  const q = world.hosts[0]!.devices.find((each) => each.name === 'eth0')!._tx[0]!.qdisc!;
  return { priv: q.priv as fq_priv, packets: q.bstats.packets, qlen: q.q.qlen };
};

const UDP = 'fd = socket(AF_INET, SOCK_DGRAM); connect(fd, server:9)';

test('maxrate: a flow sends no faster, and what waits is throttled', () => {
  const { priv, packets, qlen } = qdiscOf(play('maxrate 8Mbps; quantum 1000; initial_quantum 1000', `${UDP}; repeat 60 { send(fd, 1000) }`, 20));
  assert.ok(packets > 15 && packets < 30, `${packets} packets of 1042 bytes in 20 ms`);
  assert.ok(qlen > 20 && priv.delayed.length === 1 && priv.stat_throttled > 10);
});

test('flow_limit: the packet that is one too many is dropped with its reason', () => {
  const world = play('maxrate 8kbps; flow_limit 5', `${UDP}; repeat 8 { send(fd, 1000) }`, 5);
  assert.ok(qdiscOf(world).priv.stat_flows_plimit >= 1);
  assert.ok(world.log.some((each) => each.reason === 'QDISC_DROP' && each.condition.startsWith('QDISC_DROP_FLOW_LIMIT')));
});

test("TCP's departures are kept here: no timer of its own, and the short way while nothing waits", () => {
  const world = play('', 'fd = socket(AF_INET, SOCK_STREAM); connect(fd, server:9); send(fd, 200KiB); sleep 100ms', 60);
  const { priv } = qdiscOf(world);
  const sk = world.hosts[0]!.tcp_tables.ehash.flat().map((each) => each.sk).find((each) => each !== null)!;
  assert.equal(sk.sk_pacing_status, 2);
  assert.ok(priv.stat_fastpath_packets > 0);
  assert.equal(sk.tcp!.bytes_acked, 200 * 1024 + 1);
});
