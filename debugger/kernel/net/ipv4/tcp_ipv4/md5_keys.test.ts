import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { tcp_v4_md5_hash_hdr, tcp_v4_md5_hash_skb } from './md5_hash.ts';
import { tcp_md5_do_lookup, tcp_v4_parse_md5_keys } from './md5_keys.ts';

const EINVAL = 22;
const ENOENT = 2;
const cpu = {
  costs: { md5_kib: 0 }, now: 0, mode: 'si', spent: { si: 0 }, irq_pending: [], host: { hardware: { next: Number.MAX_SAFE_INTEGER } },
} as unknown as Cpu;
const freshSock = (): sock => ({ tcp: { md5sig_info: null }, sk_route_caps: 0 }) as unknown as sock;
const net = (a: number, b: number): number => ((10 << 24) | (a << 8) | b) >>> 0;
const key = (tcpm_addr: number, tcpm_prefixlen: number, tcpm_key: string) => ({ tcpm_addr, tcpm_prefixlen, tcpm_key });

test('of several keys that fit, the one of the longest prefix signs', () => {
  const sk = freshSock();
  for (const each of [key(net(0, 0), 8, 'all'), key(net(1, 7), 32, 'host'), key(net(1, 0), 24, 'net'), key(0, 0, 'any')]) {
    assert.equal(tcp_v4_parse_md5_keys(cpu, sk, true, each), 0);
  }
  const signedBy = (addr: number) => tcp_md5_do_lookup(cpu, sk, addr)?.key;
  assert.deepEqual([signedBy(net(1, 7)), signedBy(net(1, 8)), signedBy(net(2, 7)), signedBy(1)], ['host', 'net', 'all', 'any']);
  assert.ok(sk.sk_gso_disabled);
});

test('a key is replaced, and taken away by an empty one; what makes no sense is refused', () => {
  const sk = freshSock();
  const set = (addr: number, prefixlen: number, text: string, ext = true): number => tcp_v4_parse_md5_keys(cpu, sk, ext, key(addr, prefixlen, text));
  assert.deepEqual([set(net(0, 1), 32, ''), set(net(0, 1), 33, 'k'), set(net(0, 1), -1, 'k'), set(net(0, 1), 32, 'k'.repeat(81))], [-ENOENT, -EINVAL, -EINVAL, -EINVAL]);
  assert.equal(tcp_v4_parse_md5_keys(cpu, sk, true, null), -EINVAL);
  assert.deepEqual([set(net(0, 1), 24, 'first', false), set(net(0, 1), 32, 'second')], [0, 0], 'without EXT a prefix says nothing');
  assert.equal(tcp_md5_do_lookup(cpu, sk, net(0, 1))?.key, 'second');
  assert.equal(set(net(0, 1), 32, ''), 0);
  assert.equal(tcp_md5_do_lookup(cpu, sk, net(0, 1)), null);
});

/** RFC 2385, 2.0, written out: pseudo header, header without options and with checksum 0, data, key. */
const PSEUDO = [10, 0, 0, 1, 10, 0, 0, 2, 0, 6, 0];
const HEADER = [0, 179, 4, 210, 0, 0, 0, 1, 0, 0, 0, 2, 0xa0, 0x18, 1, 0, 0, 0, 0, 0];

test('the digest is over addresses, header and data, whatever checksum and options say', () => {
  const options = new Array<number>(20).fill(1);
  const data = [104, 101, 108, 108, 111];
  const expected = createHash('md5').update(Uint8Array.from([...PSEUDO, 45, ...HEADER, ...data])).update('secret').digest();
  const head = Uint8Array.from([...HEADER, ...options, ...data]);
  head[16] = 0xab;
  const skb = { head, data: 0, transport_header: 0, tail: head.length, len: head.length, data_len: 0, shinfo: { frags: [], frag_list: [] } } as unknown as sk_buff;
  const secret = { addr: net(0, 2), prefixlen: 32, key: 'secret' };
  assert.deepEqual(tcp_v4_md5_hash_skb(cpu, secret, net(0, 2), net(0, 1), skb), new Uint8Array(expected));
});

test('an answer without data signs its header alone', () => {
  const expected = createHash('md5').update(Uint8Array.from([...PSEUDO, 40, ...HEADER])).update('k').digest();
  const th = Uint8Array.from([...HEADER, ...new Array<number>(20).fill(0)]);
  assert.deepEqual(tcp_v4_md5_hash_hdr(cpu, { addr: net(0, 2), prefixlen: 32, key: 'k' }, net(0, 2), net(0, 1), th, 40), new Uint8Array(expected));
});
