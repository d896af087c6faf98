import assert from 'node:assert/strict';
import { test } from 'node:test';
import { run_hardware_until } from '../../debugger/machine/hardware.ts';
import { createNic, nic_doorbell, nic_enable_vector, nic_frame_arrives, nic_rx_tail, set_cause } from '../../debugger/machine/nic.ts';
import type { Nic, TxDescriptor } from '../../debugger/machine/nic.ts';
import { createFrame, serialisation, take_frame_bytes } from '../../debugger/machine/wire.ts';
import type { Frame, Wire } from '../../debugger/machine/wire.ts';
import type { Host } from '../../debugger/machine/types.ts';
import type { Lineage } from '../../debugger/kernel/include/linux/skbuff.ts';
import { testHost, testWorld } from './machine.ts';

const GIGABIT = 1_000_000_000;
const MAC = [2, 0, 0, 0, 0, 1];
const lineage: Lineage = { kind: 'kernel', id: 1, event: 0, time: 0, host: 'a', from: [], offset: 0, length: 0, line: 0 };

function pair(): { a: Host; b: Host; from: Nic; to: Nic } {
  const world = testWorld();
  const a = testHost(world, 'a', 1);
  const b = testHost(world, 'b', 1);
  const nics = [a, b].map((host) => {
    const nic = createNic(host, 'eth0', MAC, 8, 256, [1], [2]);
    host.irq_descs.push({ irq: 0, name: 'eth0-rx-0', handler: 'igb_msix_ring', dev_id: null, affinity: [], pending_mask: null, cpu: 0, kstat: [0] });
    for (const vector of nic.vectors) Object.assign(vector, { irq: 0, enabled: true });
    return nic;
  });
  const direction = { busy_until: 0, carried: 0, lost: 0, losses: [], random: 1 };
  const wire: Wire = { name: 'w', rate: GIGABIT, delay: 1000, ends: nics, directions: [{ ...direction }, { ...direction }], cable: null };
  for (const nic of nics) nic.wire = wire;
  return { a, b, from: nics[0]!, to: nics[1]! };
}

function frameOf(host: Host, length: number): Frame {
  const bytes = take_frame_bytes(host.world, length);
  bytes.set(MAC, 64);
  return createFrame(host.world, bytes, length, 0, host.name, lineage, 0);
}

function put(host: Host, nic: Nic, length: number): TxDescriptor {
  const ring = nic.tx[0]!;
  const bytes = take_frame_bytes(host.world, length);
  bytes.set(MAC, 64);
  const descriptor: TxDescriptor = { bytes, headroom: 64, length, lineage, count: 1, offload: null, by_hand: false, frames: [], next: 0, done: false, ready: 0 };
  ring.descriptors[ring.tail] = descriptor;
  ring.tail++;
  return descriptor;
}

test('transmit keeps the wire busy: frames leave one after the other without a gap, each done when it has left', () => {
  const { a, from } = pair();
  const sent = Array.from({ length: 40 }, () => put(a, from, 1514));
  nic_doorbell(a, from, from.tx[0]!, 0);
  run_hardware_until(a, 10_000_000);
  const times = sent.map((descriptor) => descriptor.ready);
  assert.ok(sent.every((descriptor) => descriptor.done));
  for (let i = 1; i < times.length; i++) assert.equal(times[i]! - times[i - 1]!, serialisation(GIGABIT, 1514));
  assert.equal(from.tx_fifo_used, 0);
  assert.equal(from.GPTC, 40);
});

test('the FIFO bounds how far the NIC reads ahead', () => {
  const { a, from } = pair();
  for (let i = 0; i < 40; i++) put(a, from, 1514);
  nic_doorbell(a, from, from.tx[0]!, 0);
  run_hardware_until(a, 12_000);
  assert.ok(from.tx_fifo_used <= from.tx_fifo_bytes);
  assert.ok(from.tx[0]!.head < 20 && from.tx[0]!.head > 10, `${from.tx[0]!.head}`);
});

test('without descriptors frames wait in the packet buffer, and are lost when that is full', () => {
  const { b, to } = pair();
  nic_rx_tail(b, to, 0, 7, 0);
  for (let i = 0; i < 60; i++) {
    nic_frame_arrives(to, frameOf(b, 1514), i * 12_000);
    run_hardware_until(b, (i + 1) * 12_000);
  }
  assert.equal(to.GPRC, 7);
  assert.equal(to.rx[0]!.waiting.length, Math.floor(65536 / 1514));
  assert.equal(to.MPC, 60 - 7 - Math.floor(65536 / 1514));
  assert.equal(b.world.log.filter((entry) => entry.kind === 'full').length, to.MPC);
  nic_rx_tail(b, to, 0, 3, 2_000_000);
  assert.equal(to.GPRC, 11);
});

test('a vector rises once, masks itself, and waits for its throttle', () => {
  const { b, to } = pair();
  const cpu = b.cpus[0]!;
  nic_rx_tail(b, to, 0, 7, 0);
  const vector = to.vectors[1]!;
  vector.itr = 50_000;
  nic_frame_arrives(to, frameOf(b, 60), 0);
  nic_frame_arrives(to, frameOf(b, 60), 100);
  run_hardware_until(b, 10_000);
  assert.deepEqual(cpu.irq_pending, [0]);
  assert.equal(vector.enabled, false);
  assert.equal(vector.cause, true, 'the second frame came while it was masked');
});

test('a cause that lies ahead of the CPU that unmasks the vector rises when it is there, and none is lost', () => {
  const { b, to } = pair();
  const cpu = b.cpus[0]!;
  const vector = to.vectors[1]!;
  const taken = (): number[] => cpu.irq_pending.splice(0).length === 0 ? [] : cpu.irq_raised_at.splice(0);
  set_cause(b, to, vector, 1000);
  assert.deepEqual(taken(), [1000]);
  set_cause(b, to, vector, 5000);
  set_cause(b, to, vector, 9000);
  nic_enable_vector(b, to, 1, 3000);
  run_hardware_until(b, 20_000);
  assert.deepEqual(taken(), [5000]);
  nic_enable_vector(b, to, 1, 6000);
  run_hardware_until(b, 20_000);
  assert.deepEqual(taken(), [9000]);
  assert.equal(vector.cause, false);
});
