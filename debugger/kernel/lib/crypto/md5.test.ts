import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { md5 } from './md5.ts';

const bytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * 167 + 13) & 255);

test('digests of every length around the blocks are those of another implementation', () => {
  for (let length = 0; length < 200; length++) {
    const expected = new Uint8Array(createHash('md5').update(bytes(length)).digest());
    assert.deepEqual(md5([bytes(length)]), expected, `${length} bytes`);
  }
});

test('pieces are one message', () => {
  assert.deepEqual(md5([bytes(70), bytes(0), bytes(3)]), md5([Uint8Array.of(...bytes(70), ...bytes(3))]));
});
