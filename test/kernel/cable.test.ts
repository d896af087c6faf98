/** The cable is pulled and plugged in: what the wire, the NIC, its driver, the disciplines, the neighbours and the routes make of it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { buildWorld, run } from '../../debugger/world/engine.ts';
import type { igb_adapter } from '../../debugger/kernel/drivers/net/ethernet/intel/igb/igb.ts';
import { hashWorld } from '../../debugger/control/hash.ts';
import type { net_device } from '../../debugger/kernel/include/linux/netdevice.ts';
import type { Program } from '../../debugger/world/process/value.ts';
import type { World } from '../../debugger/machine/types.ts';
import { analyse } from '../../server/language/analyse.ts';
import { holdings } from '../engine/live_skbs.ts';

interface Scene { readonly link: string; readonly nic?: string; readonly host?: string; readonly body?: string; readonly server?: string }

const TICKS = 'fd = socket(AF_INET, SOCK_DGRAM); connect(fd, server:9); failed = 0; repeat 60 { if send(fd, 100B) < 0 { failed = failed + 1 }; sleep 1ms }';
const NEVER = 9_000_000_000_000_000;

/** A client that sends a datagram each millisecond (or `body`) over a link with the properties `link`. */
function build({ link, nic = '', host = '', body = TICKS, server = '' }: Scene): World {
  const text = `link wire { rate 1Gbps; ${link} }
host client {
  nic eth0 { link wire; address 10.0.0.1/24; ${nic} }
  ${host}
  process app { ${body} }
}
host server {
  nic eth0 { link wire; address 10.0.0.2/24 }
  process sink { udp = socket(AF_INET, SOCK_DGRAM); bind(udp, 0.0.0.0:9); loop { d = recv(udp, 64KiB) } }
  ${server}
}`;
  const { scenario, diagnostics } = analyse(text, 'cable.netpath');
  assert.ok(scenario !== null, diagnostics.map((each) => each.message).join('; '));
  return buildWorld(scenario, 1);
}

function play(scene: Scene, ms = NEVER): World {
  const world = build(scene);
  run(world, { event: Number.MAX_SAFE_INTEGER, time: ms === NEVER ? NEVER : ms * 1e6 }, null);
  return world;
}

const eth0 = (world: World, host = 0): net_device => world.hosts[host]!.devices.find((each) => each.name === 'eth0')!;
const adapter = (world: World): igb_adapter => eth0(world).priv as igb_adapter;
const reasons = (world: World, reason: string): number => world.log.filter((each) => each.reason === reason).length;
const variable = (world: World, host: number, process: string, name: string): unknown =>
  (world.hosts[host]!.tasks.map((task) => task.program as Program | null).find((each) => each?.name === process)!.variables as Record<string, unknown>)[name];
const received = (world: World): number => world.hosts[1]!.mib.Udp.InDatagrams;
const hasCarrier = (dev: net_device): boolean => (dev.state & 4) === 0;

function checkBooks(world: World): void {
  assert.equal(holdings(world).skbs.size, world.skb_allocated - world.skb_freed, 'skbs allocated = freed + held');
}

const NEIGHBOURS = 'neighbour 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0';
const SHORT = 'cut from 20ms until 40ms; fast-link-down 1ms; autonegotiation 5ms';

test('a cut that no PHY notices loses what is on the cable, and nothing else', () => {
  const world = play({ link: 'cut from 20ms until 40ms' });
  assert.equal(received(world) + reasons(world, 'CABLE_OUT'), 60);
  assert.ok(reasons(world, 'CABLE_OUT') >= 19 && reasons(world, 'CABLE_OUT') <= 21);
  assert.equal(eth0(world).carrier_down_count, 1);
  assert.equal(adapter(world).lsc_int, 0);
  checkBooks(world);
});

test('a frame is lost by its last bit as by its first', () => {
  // 1.538 us and 10 ms of cable: what left shortly before the cut never comes.
  const world = play({ link: 'delay 10ms; cut from 30ms until 31ms', host: NEIGHBOURS, server: 'neighbour 10.0.0.1 lladdr 02:00:00:00:00:01 dev eth0' });
  assert.equal(reasons(world, 'CABLE_OUT'), 11);
  assert.equal(received(world), 49);
});

test('the PHY tells the driver on the vector `other`, the driver a task, the task the stack', () => {
  const down = play({ link: SHORT, nic: 'queues 1' }, 60);
  const names = down.hosts[0]!.tasks.map((task) => task.comm).filter((comm) => comm.startsWith('kworker'));
  assert.deepEqual(names, ['kworker/0:0', 'kworker/u2:0']);
  assert.equal(down.hosts[0]!.irq_descs[0]!.kstat[0], 2);
  assert.equal(adapter(down).lsc_int, 2);
  const dev = eth0(down);
  assert.deepEqual([dev.carrier_down_count, dev.carrier_up_count, hasCarrier(dev), dev.operstate], [2, 2, true, 6]);
});

test('without a carrier: noop in place of the discipline, routes marked, neighbours gone but permanent ones', () => {
  const world = play({ link: 'cut from 20ms; fast-link-down 1ms', host: NEIGHBOURS }, 61);
  const dev = eth0(world);
  assert.equal(hasCarrier(dev), false);
  assert.equal(dev.operstate, 2);
  assert.ok(dev._tx.every(({ qdisc }) => qdisc.ops === 'noop'));
  assert.equal(dev._tx[0]!.qdisc_sleeping.ops, 'fq_codel');
  assert.ok(world.hosts[0]!.fib.some(({ nh_flags }) => nh_flags === 16));
  assert.ok(world.hosts[0]!.fib.every(({ nh_flags, type }) => type !== 2 || nh_flags === 0));
  assert.deepEqual(world.hosts[0]!.arp_tbl.entries.map(({ primary_key }) => primary_key), [0x0a000002]);
  assert.deepEqual(world.hosts[1]!.arp_tbl.entries, []);
  const noop = reasons(world, 'QDISC_DROP');
  assert.ok(noop > 15 && noop === dev.stats.tx_dropped);
  assert.equal(variable(world, 0, 'app', 'failed'), 0, 'congestion is no error');
  checkBooks(world);
});

test('arp_evict_nocarrier 0 keeps the neighbours', () => {
  const world = play({ link: 'cut from 20ms; fast-link-down 1ms', host: 'sysctl { net.ipv4.conf.all.arp_evict_nocarrier = 0 }' }, 61);
  assert.ok(world.hosts[0]!.arp_tbl.entries.length === 1 && reasons(world, 'QDISC_DROP') > 10);
});

test('ignore_routes_with_linkdown: no route, and the sender hears of it', () => {
  const world = play({ link: 'cut from 20ms; fast-link-down 1ms', host: `sysctl { net.ipv4.conf.eth0.ignore_routes_with_linkdown = 1 }; ${NEIGHBOURS}` }, 70);
  assert.ok((variable(world, 0, 'app', 'failed') as number) > 10);
});

test('ARP gives up in the end: what waited is dropped', () => {
  const world = play({ link: 'cut from 20ms; fast-link-down 1ms' });
  assert.ok(reasons(world, 'NEIGH_FAILED') > 10);
  assert.equal(reasons(world, 'QDISC_DROP'), 3, 'the three requests');
  assert.ok(world.ended && world.now < 10e9, 'a driver that looks for a link keeps no run alive');
  checkBooks(world);
});

test('packets on the ring when the link goes: a reset frees them and begins anew', () => {
  const world = play({ link: SHORT, host: NEIGHBOURS, nic: 'queues 1' });
  assert.equal(adapter(world).tx_timeout_count, 1);
  const freed = world.log.filter((each) => each.condition.startsWith('igb_clean_tx_ring'));
  assert.ok(freed.length > 0 && freed.every((each) => each.reason === 'NOT_SPECIFIED'));
  const { tx_ring, state, nic } = adapter(world);
  assert.equal(state, 0);
  assert.ok(tx_ring.every((ring) => ring.next_to_clean === ring.next_to_use));
  assert.ok(nic.vectors.every(({ enabled }) => enabled));
  assert.equal(nic.tx_fifo_used + nic.rx_buffer_used, 0);
  assert.ok(received(world) > 20);
  checkBooks(world);
});

test('a reset while the PHYs negotiate begins that anew', () => {
  // The driver looks at 28 ms, the reset comes 11 ms later: the cable is back then, and the link 20 ms after the reset.
  const world = build({ link: 'cut from 20ms until 30ms; fast-link-down 1ms; autonegotiation 20ms', host: NEIGHBOURS });
  run(world, { event: Number.MAX_SAFE_INTEGER, time: 55e6 }, null);
  assert.equal(adapter(world).nic.link, false);
  run(world, { event: Number.MAX_SAFE_INTEGER, time: NEVER }, null);
  assert.ok(adapter(world).nic.link && hasCarrier(eth0(world)));
});

test('a second loss within a second waits for linkwatch, a return does not', () => {
  const link = 'cut from 20ms until 25ms; cut from 200ms; fast-link-down 1ms; autonegotiation 5ms';
  const early = play({ link, body: 'sleep 3s' }, 900);
  assert.ok(!hasCarrier(eth0(early)) && eth0(early)._tx[0]!.qdisc.ops === 'fq_codel', 'carrier gone, discipline still there');
  const late = play({ link, body: 'sleep 3s' }, 1100);
  assert.equal(eth0(late)._tx[0]!.qdisc.ops, 'noop');
  const back = play({ link: 'cut from 20ms until 25ms; fast-link-down 1ms; autonegotiation 5ms', body: 'sleep 3s' }, 60);
  assert.equal(eth0(back)._tx[0]!.qdisc.ops, 'fq_codel');
});

for (const qdisc of ['fq_codel', 'fq', 'pfifo_fast', 'pfifo', 'tbf { rate 200kbps; burst 2KiB; limit 64KiB }', 'netem { delay 5ms }']) {
  test(`${qdisc.split(' ')[0]} is emptied, and serves again`, () => {
    const world = play({ link: 'cut from 20ms until 45ms; fast-link-down 1ms; autonegotiation 5ms', nic: `queues 1; qdisc ${qdisc}`, host: NEIGHBOURS });
    const q = eth0(world)._tx[0]!.qdisc;
    assert.equal(q, eth0(world)._tx[0]!.qdisc_sleeping);
    assert.deepEqual([q.q.qlen, q.q.backlog], [0, 0]);
    assert.ok(world.log.some((each) => each.condition.includes('_reset(q)') || each.condition.startsWith('skb_queue_purge')), 'something was in it');
    assert.ok(received(world) > 15);
    checkBooks(world);
  });
}

test('a cut long past the end of the traffic is still seen, twice the same', () => {
  const scene: Scene = { link: 'cut from 500ms until 600ms; fast-link-down 10ms', body: 'sleep 1ms' };
  const world = play(scene);
  assert.equal(eth0(world).carrier_up_count, 2);
  assert.equal(hashWorld(world), hashWorld(play(scene)));
});
