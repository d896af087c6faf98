import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alloc_skb, alloc_skb_fclone, MAX_TCP_HEADER, napi_build_skb } from '../../debugger/kernel/net/core/skbuff/alloc.ts';
import { csum_block_add, csum_fold, csum_partial, csum_replace2, sumPacket } from '../../debugger/kernel/net/core/skbuff/checksum.ts';
import { pskb_copy, skb_clone, skb_copy } from '../../debugger/kernel/net/core/skbuff/clone.ts';
import { skb_shift, skb_split, skb_try_coalesce } from '../../debugger/kernel/net/core/skbuff/coalesce.ts';
import { packetBytes, skb_fclone_busy, skb_put, skb_reserve } from '../../debugger/kernel/net/core/skbuff/data.ts';
import { __pskb_pull_tail, pskb_trim } from '../../debugger/kernel/net/core/skbuff/pull.ts';
import { consume_skb, kfree_skb_reason, napi_consume_skb } from '../../debugger/kernel/net/core/skbuff/free.ts';
import { skb_defer_free_flush } from '../../debugger/kernel/net/core/skbuff/defer.ts';
import type { sk_buff } from '../../debugger/kernel/include/linux/skbuff.ts';
import { testHost, testWorld } from './machine.ts';

const world = testWorld();
const host = testHost(world, 'a', 2);
const cpu = host.cpus[0]!;

/** The checksum as RFC 1071 has it, word by word. */
function plainChecksum(bytes: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < bytes.length; i += 2) sum += (bytes[i]! << 8) | (bytes[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

function numbered(size: number, first: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (first + i * 7) & 0xff);
}

/** 10 linear bytes and two frags. */
function scattered(): sk_buff {
  const skb = alloc_skb(cpu, 64);
  skb_reserve(skb, 16);
  skb.head.set(numbered(10, 1), skb_put(skb, 10));
  for (const [size, first] of [[33, 50], [200, 99]] as const) {
    skb.shinfo.frags.push({ page: numbered(size + 3, first), offset: 3, size });
    skb.len += size;
    skb.data_len += size;
  }
  return skb;
}

test('truesize is that of the kernel: 960 for a small skb, 2304 for 1000 bytes, and for an igb half page', () => {
  assert.equal(alloc_skb(cpu, 159).truesize, 960);
  assert.equal(alloc_skb_fclone(cpu, MAX_TCP_HEADER).truesize, 960);
  assert.equal(alloc_skb(cpu, 1059).truesize, 2304);
  const built = napi_build_skb(cpu, new Uint8Array(1728), 2048, alloc_skb(cpu, 1).lineage);
  assert.equal(built.truesize, 2304);
});

test('checksums over pieces of every length and parity agree with the word-by-word sum', () => {
  for (const size of [0, 1, 2, 19, 20, 28, 100, 191, 192, 193, 1448, 4001]) {
    const bytes = numbered(size + 3, size);
    assert.equal(csum_fold(csum_partial(bytes, 3, size, 0)), plainChecksum(bytes.subarray(3)), `${size}`);
  }
  const whole = numbered(333, 5);
  for (const cut of [1, 2, 77, 200]) {
    const sum = csum_block_add(csum_partial(whole, 0, cut, 0), csum_partial(whole, cut, 333 - cut, 0), cut);
    assert.equal(csum_fold(sum), plainChecksum(whole), `${cut}`);
  }
  const skb = scattered();
  assert.equal(csum_fold(sumPacket(skb, 0, skb.len, 0)), plainChecksum(packetBytes(cpu, skb, 0, skb.len)));
  const header = numbered(20, 3);
  const before = plainChecksum(header);
  const old = (header[2]! << 8) | header[3]!;
  header[2] = 0xab;
  header[3] = 0xcd;
  assert.equal(csum_replace2(before, old, 0xabcd), plainChecksum(header));
});

test('bytes stay the same through pulling, splitting, shifting, coalescing and copying', () => {
  const all = packetBytes(cpu, scattered(), 0, 243);
  const pulled = scattered();
  assert.ok(__pskb_pull_tail(cpu, pulled, 40));
  assert.equal(pulled.len - pulled.data_len, 50);
  assert.deepEqual(packetBytes(cpu, pulled, 0, 243), all);
  for (const at of [4, 10, 20, 43, 100]) {
    const left = scattered();
    const right = alloc_skb(cpu, 64);
    skb_split(left, right, at);
    assert.equal(left.len, at);
    assert.deepEqual([...packetBytes(cpu, left, 0, left.len), ...packetBytes(cpu, right, 0, right.len)], [...all], `split at ${at}`);
  }
  const paged = scattered();
  const target = alloc_skb(cpu, 64);
  skb_split(paged, target, 10);
  const more = alloc_skb(cpu, 64);
  skb_split(target, more, 20);
  assert.equal(skb_shift(cpu, target, more, 100), 100);
  assert.deepEqual([...packetBytes(cpu, target, 0, target.len)], [...all.subarray(10, 130)]);
  const trimmed = scattered();
  pskb_trim(cpu, trimmed, 60);
  assert.deepEqual(packetBytes(cpu, trimmed, 0, 60), all.subarray(0, 60));
  for (const copy of [skb_copy(cpu, scattered()), pskb_copy(cpu, scattered())]) assert.deepEqual(packetBytes(cpu, copy, 0, 243), all);
});

test('a received frame is coalesced by stealing its head', () => {
  const to = napi_build_skb(cpu, numbered(1728, 0), 2048, alloc_skb(cpu, 1).lineage);
  skb_reserve(to, 64);
  skb_put(to, 1600);
  const from = napi_build_skb(cpu, numbered(1728, 9), 2048, to.lineage);
  skb_reserve(from, 64);
  skb_put(from, 1448);
  assert.deepEqual(skb_try_coalesce(cpu, to, from), { stolen: true, delta: 2048 });
  assert.equal(to.len, 3048);
  assert.equal(to.truesize, 2304 + 2048);
});

test('clones share bytes; the pair of a fast clone knows when its companion is busy', () => {
  const freed = world.skb_freed;
  const original = alloc_skb_fclone(cpu, MAX_TCP_HEADER);
  const clone = skb_clone(cpu, original);
  assert.equal(clone.fclone, 'clone');
  assert.ok(skb_fclone_busy(null, original));
  assert.equal(original.shinfo.dataref, 2);
  assert.deepEqual(clone.lineage.from, [original.lineage]);
  consume_skb(cpu, clone);
  assert.ok(!skb_fclone_busy(null, original));
  consume_skb(cpu, original);
  assert.equal(world.skb_freed - freed, 2);
});

test('a packet of another CPU goes back to it, and is freed in its flush', () => {
  const other = host.cpus[1]!;
  const skb = alloc_skb(other, 100);
  const freed = world.skb_freed;
  napi_consume_skb(cpu, skb, 64);
  assert.equal(world.skb_freed, freed);
  assert.deepEqual(host.softnet[1]!.defer_list, [skb]);
  skb_defer_free_flush(other);
  assert.equal(world.skb_freed, freed + 1);
});

test('a drop is remembered with its reason, condition and values', () => {
  const skb = alloc_skb(cpu, 100);
  kfree_skb_reason(cpu, skb, 'SOCKET_RCVBUFF', { condition: 'rmem > sk->sk_rcvbuf', values: { rmem: 5000 } });
  const entry = world.log.at(-1)!;
  assert.equal(entry.reason, 'SOCKET_RCVBUFF');
  assert.equal(entry.values.rmem, 5000);
  assert.equal(entry.subject, skb.id);
});
