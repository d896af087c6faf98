import assert from 'node:assert/strict';
import test from 'node:test';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { tcp_parse_auth_options } from './auth.ts';

const MD5 = [19, 18, ...new Array<number>(16).fill(7)];
const AO = [29, 16, 1, 2, ...new Array<number>(12).fill(7)];

/** name, options, the answer: 20 is where the options begin */
const cases: readonly (readonly [string, readonly number[], number])[] = [
  ['none', [], 0],
  ['timestamps', [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2], 0],
  ['MD5', [...MD5, 1, 1], 20],
  ['AO behind others', [1, 1, 4, 2, ...AO], 24],
  ['behind the end of the list', [0, ...MD5, 1], 0],
  ['twice', [...MD5, ...MD5], -1],
  ['both', [...MD5, 1, 1, ...AO], -1],
  ['an MD5 digest that is too short', [19, 16, ...new Array<number>(14).fill(7)], -1],
  ['AO without a MAC', [29, 4, 1, 2, 1, 1, 1, 1], -1],
  ['an option without a length', [1, 1, 8, 0, 0, 0, 0, 0], -1],
  ['an option beyond the header', [8, 20, 0, 0, 0, 0, 0, 0], -1],
];

for (const [name, options, answer] of cases) {
  test(`authentication options: ${name}`, () => {
    const head = new Uint8Array(60);
    const padded = Math.ceil(options.length / 4) * 4;
    head[12] = ((20 + padded) >> 2) << 4;
    head.set(options, 20);
    assert.equal(tcp_parse_auth_options({ head, transport_header: 0 } as sk_buff), answer);
  });
}
