import assert from 'node:assert/strict';
import test from 'node:test';
import { pcapng } from './pcapng.ts';

/** Walks the blocks: type, length, and the length again at the end. */
function blocks(file: Uint8Array): { type: number; body: DataView }[] {
  const view = new DataView(file.buffer);
  const found = [];
  for (let at = 0; at < file.length; ) {
    const total = view.getUint32(at + 4, true);
    assert.equal(view.getUint32(at + total - 4, true), total);
    assert.equal(total % 4, 0);
    found.push({ type: view.getUint32(at, true), body: new DataView(file.buffer, at + 8, total - 12) });
    at += total;
  }
  return found;
}

test('blocks of a capture: section, interfaces, frames by time in ns', () => {
  const early = { interface: 1, time: 5_000_000_007, bytes: Uint8Array.of(1, 2, 3), outgoing: false };
  const late = { interface: 0, time: 6_000_000_000, bytes: new Uint8Array(60), outgoing: true };
  const found = blocks(pcapng(['eth0', 'eth1'], [late, early]));
  assert.deepEqual(
    found.map(({ type }) => type),
    [0x0a0d0d0a, 1, 1, 6, 6],
  );
  const first = found[3]!.body;
  const word = (at: number): number => first.getUint32(at, true);
  assert.deepEqual([word(0), word(4) * 2 ** 32 + word(8), word(12), word(16)], [1, 5_000_000_007, 3, 3]);
  assert.deepEqual([first.getUint8(20), first.getUint8(21), first.getUint8(22), first.getUint8(23)], [1, 2, 3, 0]);
});
