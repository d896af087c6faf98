import assert from 'node:assert/strict';
import test from 'node:test';
import { siphash, siphash_2u32 } from './siphash.ts';

test("eight bytes: the reference implementation's vector for 00 01 .. 07 under the key 00 01 .. 0f", () => {
  // vectors_sip64[8]: 62 24 93 9a 79 f5 f5 93
  assert.deepEqual(siphash_2u32(0x03020100, 0x07060504, [0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c]), [0x9a932462, 0x93f5f579]);
});

test("the cookie of the kernel's Fast Open tests: 192.0.2.1 to 192.168.0.1", () => {
  const key = [0xa1a1a1a1, 0xb2b2b2b2, 0xc3c3c3c3, 0xd4d4d4d4];
  assert.deepEqual(siphash_2u32(0x010200c0, 0x0100a8c0, key), [0xd8b92130, 0xeb7e0189]);
});

test("any length: the reference implementation's vectors for no bytes, and for 00 01 .. 0e", () => {
  const key = [0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c];
  // vectors_sip64[0]: 31 0e 0e dd 47 db 6f 72; [15]: e5 45 be 49 61 ca 29 a1
  assert.equal(siphash([], 0, key), 0xdd0e0e31);
  assert.equal(siphash([0x03020100, 0x07060504, 0x0b0a0908, 0x000e0d0c], 15, key), 0x49be45e5);
});
