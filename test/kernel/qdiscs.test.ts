/** Queueing disciplines at their limits: what tbf does with packets larger than its bucket, what fq forgets, what fq_codel throws away; a veth whose ring is full. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { buildWorld, run } from '../../debugger/world/engine.ts';
import type { World } from '../../debugger/machine/types.ts';
import { veth_xmit } from '../../debugger/kernel/drivers/net/veth.ts';
import type { veth_priv } from '../../debugger/kernel/drivers/net/veth.ts';
import { veth_newlink } from '../../debugger/kernel/drivers/net/veth_newlink.ts';
import { hash_32 } from '../../debugger/kernel/include/linux/hash.ts';
import type { net_device } from '../../debugger/kernel/include/linux/netdevice.ts';
import type { sk_buff } from '../../debugger/kernel/include/linux/skbuff.ts';
import { NET_XMIT_CN, NET_XMIT_DROP, NET_XMIT_SUCCESS } from '../../debugger/kernel/include/net/sch_generic.ts';
import { TCP_ESTABLISHED } from '../../debugger/kernel/include/net/sock.ts';
import type { Qdisc } from '../../debugger/kernel/include/net/sch_generic.ts';
import { attach_noqueue, alloc_netdev, register_netdevice } from '../../debugger/kernel/net/core/dev/netdev.ts';
import { __dev_direct_xmit, __dev_queue_xmit } from '../../debugger/kernel/net/core/dev/xmit.ts';
import { alloc_skb } from '../../debugger/kernel/net/core/skbuff/alloc.ts';
import { skb_put, skb_reserve } from '../../debugger/kernel/net/core/skbuff/data.ts';
import { fq_dequeue, fq_enqueue } from '../../debugger/kernel/net/sched/sch_fq.ts';
import type { fq_priv } from '../../debugger/kernel/net/sched/sch_fq.ts';
import { fq_codel_enqueue } from '../../debugger/kernel/net/sched/sch_fq_codel.ts';
import type { fq_codel_priv } from '../../debugger/kernel/net/sched/sch_fq_codel.ts';
import { qdisc_create } from '../../debugger/kernel/net/sched/qdisc_ops.ts';
import { tbf_dequeue, tbf_enqueue } from '../../debugger/kernel/net/sched/sch_tbf.ts';
import { tcQdisc } from '../../debugger/inspect/views/tc.ts';
import { analyse } from '../../server/language/analyse.ts';
import { NO_ADDRESSES, testHost, testWorld } from './machine.ts';

const world = testWorld();
const host = testHost(world, 'a', 1);
const cpu = host.cpus[0]!;
Object.assign(host, { ptype_all: [], ptype_base: [], netdev_nit: 0, netstamp_needed: 0, napi_hash: [] });
for (const base of [host.hrtimer_bases, host.timer_bases]) base.push({ heap: [], seq: 0 } as never);

function device(): net_device {
  return alloc_netdev(host, 'eth0', 'veth', [2, 0, 0, 0, 0, 1], 1, 1, NO_ADDRESSES);
}

/** A packet of `len` bytes on `dev`, of the flow `hash`. */
function packet(dev: net_device, len: number, hash: number): sk_buff {
  const skb = alloc_skb(cpu, len + 32);
  skb_reserve(skb, 32);
  skb_put(skb, len);
  skb.dev = dev;
  skb.hash = hash;
  skb.l4_hash = true;
  return skb;
}

const conditions = (of: World): string[] => of.log.filter((each) => each.kind === 'drop').map((each) => `${each.reason} ${each.condition}`);

test('tbf cuts a GSO packet that its bucket cannot hold, and TCP gets through', () => {
  const { scenario } = analyse(
    `link wire { rate 1Gbps }
host client {
  nic eth0 { link wire; address 10.0.0.1/24; queues 1; qdisc tbf { rate 20Mbps; burst 3000B; limit 60000B } }
  process app { fd = socket(AF_INET, SOCK_STREAM); connect(fd, server:9); send(fd, 100KiB); sleep 200ms }
}
host server {
  nic eth0 { link wire; address 10.0.0.2/24 }
  process sink { s = socket(AF_INET, SOCK_STREAM); bind(s, 0.0.0.0:9); listen(s, 8); c = accept4(s, 0); d = recv(c, 100KiB, MSG_WAITALL) }
}`,
    'tbf.netpath',
  );
  const it = buildWorld(scenario!, 1);
  run(it, { event: Number.MAX_SAFE_INTEGER, time: 150e6 }, null);
  const q = it.hosts[0]!.devices[1]!.qdisc;
  assert.deepEqual(conditions(it), []);
  assert.equal(q.qstats.drops, 0);
  assert.ok(q.qstats.overlimits > 10 && q.bstats.packets > 70, `${q.bstats.packets} packets`);
  assert.ok(q.bstats.bytes > 100 * 1024, `${q.bstats.bytes} bytes`);
});

test('tbf: a packet that no cutting makes small enough is dropped; a peak rate holds the second packet back although there are tokens', () => {
  const dev = device();
  const q = qdisc_create('tbf', dev, dev._tx[0]!, 0, { rate: 8_000_000, burst: 10_000, peakrate: 80_000_000, mtu: 1500, limit: 20_000 });
  const before = world.log.length;
  assert.equal(tbf_enqueue(cpu, packet(dev, 2000, 1), q), NET_XMIT_DROP);
  assert.match(world.log[before]!.condition, /^QDISC_DROP_GENERIC: qdisc_pkt_len\(skb\) > q->max_size/);
  assert.equal(tbf_enqueue(cpu, packet(dev, 1000, 1), q), NET_XMIT_SUCCESS);
  assert.equal(tbf_enqueue(cpu, packet(dev, 1000, 1), q), NET_XMIT_SUCCESS);
  assert.ok(tbf_dequeue(cpu, q) !== null);
  assert.equal(tbf_dequeue(cpu, q), null);
  assert.ok(q.watchdog!.expires <= cpu.now + 100_000 && q.watchdog!.expires > cpu.now, 'at the peak rate 1000 bytes take 100 us');
  dev.qdisc = q;
  host.devices.push(dev);
  assert.match(tcQdisc(host, false, 'eth0'), /tbf .* peakrate 80Mbit minburst 1500b lat/);
  host.devices.pop();
});

test('fq forgets a flow that rested for three seconds when another of its bucket comes', () => {
  const dev = device();
  const q: Qdisc = qdisc_create('fq', dev, dev._tx[0]!, 0, { maxrate: 8_000_000_000, quantum: 100, initial_quantum: 100 });
  const priv = q.priv as fq_priv;
  const pass = (skb: sk_buff): void => {
    assert.equal(fq_enqueue(cpu, skb, q), NET_XMIT_SUCCESS);
    assert.equal(fq_dequeue(cpu, q), skb);
  };
  let id = 1;
  while (hash_32(2 * id, 10) !== hash_32((7 << 1) | 1, 10)) id++;
  const ofSocket = (): sk_buff => Object.assign(packet(dev, 100, 99), { sk: { id, sk_state: TCP_ESTABLISHED, tcp: null, sk_pacing_rate: 1e9 } });
  pass(packet(dev, 100, 7));
  for (let i = 0; i < 6; i++) pass(packet(dev, 100, 8));
  cpu.now += 1e9;
  pass(ofSocket());
  assert.deepEqual([priv.flows, priv.inactive_flows, priv.stat_gc_flows], [3, 3, 0]);
  cpu.now += 3e9;
  pass(ofSocket());
  assert.deepEqual([priv.flows, priv.inactive_flows, priv.stat_gc_flows], [2, 2, 1], 'that of hash 7 is gone; 8 is of another bucket');
});

test("fq: a flow's first packet waits in the first band, whatever its priority; the books are those of its own", () => {
  const dev = device();
  const q = qdisc_create('fq', dev, dev._tx[0]!, 0, { maxrate: 8_000_000 });
  const priv = q.priv as fq_priv;
  const skb = packet(dev, 100, 5);
  skb.priority = 0;
  fq_enqueue(cpu, skb, q);
  assert.deepEqual(priv.band_flows.map((band) => [band.new_flows.length, band.pkt_count]), [[1, 0], [0, 1], [0, 0]]);
  assert.equal(fq_dequeue(cpu, q), skb);
  assert.deepEqual(priv.band_flows.map((band) => band.pkt_count), [0, 0, 0]);
});

test('fq_codel over its memory: every packet of the batch is counted, and CoDel presses the flow harder', () => {
  const dev = device();
  const q = qdisc_create('fq_codel', dev, dev._tx[0]!, 0, { memory_limit: 20_000, flows: 1 });
  const priv = q.priv as fq_codel_priv;
  let rc = NET_XMIT_SUCCESS;
  let sent = 0;
  while (rc === NET_XMIT_SUCCESS) {
    rc = fq_codel_enqueue(cpu, packet(dev, 1000, 1), q);
    sent++;
  }
  assert.equal(rc, NET_XMIT_CN);
  const dropped = sent - q.q.qlen;
  assert.ok(dropped > 1, `${dropped} dropped`);
  assert.deepEqual([priv.drop_overmemory, priv.drop_overlimit, q.qstats.drops, priv.flows[0]!.cvars.count], [dropped, dropped, dropped, dropped]);
});

test('a full ring of a veth without a discipline: the packet is lost, and its sender hears of it', () => {
  const ends = ['veth0', 'veth1'].map((name, i) => ({
    host, name, mac: [2, 0, 0, 0, 1, i], mtu: 1500, in_dev: NO_ADDRESSES, rps_cpus: [], offloads: { 'generic-receive-offload': true, 'tcp-segmentation-offload': i === 1 },
  }));
  const [a, b] = veth_newlink(ends[0]!, ends[1]!) as [net_device, net_device];
  const { rq } = b.priv as veth_priv;
  rq.rx_notify_masked = true;
  for (let i = 0; i < 256; i++) assert.equal(veth_xmit(cpu, packet(a, 100, 1), a), 0);
  const before = world.log.length;
  const lost = packet(a, 100, 1);
  assert.equal(__dev_queue_xmit(cpu, lost), NET_XMIT_DROP);
  assert.deepEqual([rq.xdp_ring.length, (a.priv as veth_priv).dropped, a.stats.tx_dropped, a.stats.tx_packets], [256, 1, 1, 0]);
  assert.deepEqual([world.log[before]!.reason, world.log[before]!.subject], ['NOT_SPECIFIED', lost.id]);
});

test('a full ring of a veth with a discipline: its queue is stopped, and the packet kept', () => {
  const ends = ['veth2', 'veth3'].map((name, i) => ({
    host, name, mac: [2, 0, 0, 0, 2, i], mtu: 1500, in_dev: NO_ADDRESSES, rps_cpus: [], offloads: { 'generic-receive-offload': true, 'tcp-segmentation-offload': i === 1 },
  }));
  const [a, b] = veth_newlink(ends[0]!, ends[1]!) as [net_device, net_device];
  a._tx[0]!.qdisc = qdisc_create('pfifo', a, a._tx[0]!, 0, { limit: 5 });
  const { rq } = b.priv as veth_priv;
  rq.rx_notify_masked = true;
  for (let i = 0; i < 257; i++) assert.equal(__dev_queue_xmit(cpu, packet(a, 100, 1)), NET_XMIT_SUCCESS);
  const q = a._tx[0]!.qdisc;
  assert.deepEqual([rq.xdp_ring.length, q.q.qlen, q.qstats.requeues, (a.priv as veth_priv).dropped, a._tx[0]!.state], [256, 1, 1, 0, 1]);
});

test('a device that is down, one that is entered too often, and one that is sent to directly while its carrier is gone', () => {
  const dev = device();
  register_netdevice(dev);
  attach_noqueue(dev);
  dev.priv = { peer: null };
  dev.flags = 0;
  const reasons = (from: number): string[] => world.log.slice(from).map((each) => each.reason);
  let from = world.log.length;
  assert.equal(__dev_queue_xmit(cpu, packet(dev, 100, 1)), -12);
  assert.deepEqual(reasons(from), ['DEV_READY']);
  dev.flags = 1;
  from = world.log.length;
  host.softnet[0]!.recursion = 9;
  assert.equal(__dev_queue_xmit(cpu, packet(dev, 100, 1)), -100);
  host.softnet[0]!.recursion = 0;
  assert.deepEqual(reasons(from), ['RECURSION_LIMIT']);
  from = world.log.length;
  dev.state = 4;
  assert.equal(__dev_direct_xmit(cpu, packet(dev, 100, 1), 0), NET_XMIT_DROP);
  assert.deepEqual(reasons(from), ['NOT_SPECIFIED']);
  assert.equal(dev.stats.tx_dropped, 3);
});
