/** IPv6 addresses: every form of RFC 4291 to the one of RFC 5952, and back to bits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressAfter, inSubnet, isAbove, networkOf } from './addresses.ts';
import {
  type In6Addr,
  in6Addr,
  in6End,
  in6Prefix,
  in6PrefixEqual,
  in6Words,
  mappedIn6Addr,
  parseIn6Addr,
} from './in6Addr.ts';

/** as written, as shown; null: no address */
const texts: readonly (readonly [string, string | null])[] = [
  ['2001:db8::1', '2001:db8::1'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['2001:0db8:0000:0000:0001:0000:0000:0001', '2001:db8::1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['fe80:0:0:0:5054:ff:fe00:1', 'fe80::5054:ff:fe00:1'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
  ['::ffff:a00:1', '::ffff:10.0.0.1'],
  ['64:ff9b::10.0.0.1', '64:ff9b::a00:1'],
  ['1:2:3:4:5:6:7', null],
  ['1:2:3:4:5:6:7:8:9', null],
  ['1::2::3', null],
  ['12345::', null],
  ['::10.0.0.256', null],
  ['::g', null],
  ['1:2:3:4:5:6:7::8', null],
  ['', null],
];

for (const [text, shown] of texts) test(`IPv6 address ${text}`, () => assert.equal(parseIn6Addr(text), shown));

test('an address, its words and its text are one', () => {
  for (const [, shown] of texts) if (shown !== null) assert.equal(in6Addr(in6Words(shown as In6Addr)), shown);
  assert.deepEqual(in6Words('2001:db8::1' as In6Addr), [0x2001, 0xdb8, 0, 0, 0, 0, 0, 1]);
  assert.equal(mappedIn6Addr(0x0a000001), '::ffff:10.0.0.1');
});

/** address, prefix, network */
const networks: readonly (readonly [string, number, string])[] = [
  ['2001:db8:1:2:3::4', 64, '2001:db8:1:2::'],
  ['2001:db8:ffff::4', 33, '2001:db8:8000::'],
  ['2001:db8::ff', 124, '2001:db8::f0'],
  ['2001:db8::1', 128, '2001:db8::1'],
  ['2001:db8::1', 0, '::'],
];
for (const [address, prefix, network] of networks) {
  test(`${address}/${prefix}`, () => {
    assert.equal(in6Prefix(address as In6Addr, prefix), network);
    assert.ok(in6PrefixEqual(address as In6Addr, network as In6Addr, prefix));
    assert.equal(networkOf(address as In6Addr, prefix), network);
  });
}

test('the families do not meet', () => {
  assert.equal(inSubnet('::1' as In6Addr, 1, 0), false);
  assert.equal(inSubnet(1, '::1' as In6Addr, 0), false);
  assert.equal(inSubnet('2001:db8::5' as In6Addr, '2001:db8::1' as In6Addr, 64), true);
  assert.equal(inSubnet('2001:db9::5' as In6Addr, '2001:db8::1' as In6Addr, 64), false);
});

test('the next address, and which comes behind', () => {
  assert.equal(addressAfter('2001:db8::ffff' as In6Addr), '2001:db8::1:0');
  assert.equal(addressAfter(0x0a000001), 0x0a000002);
  assert.ok(isAbove('2001:db8::10' as In6Addr, '2001:db8::9' as In6Addr));
  assert.ok(!isAbove('2001:db8::9' as In6Addr, '2001:db8::10' as In6Addr));
});

/** text, how much of its beginning is an address */
const scanned: readonly (readonly [string, string])[] = [
  ['2001:db8::1/64', '2001:db8::1'],
  ['fd00::2]:7', 'fd00::2'],
  ['::]:7', '::'],
  ['::ffff:10.0.0.1 ', '::ffff:10.0.0.1'],
  ['1:2:3:4:5:6:7:8,', '1:2:3:4:5:6:7:8'],
  ['a:7000', ''],
  ['add(1)', ''],
  ['1 ? 2:3', ''],
  ['face', ''],
  ['52:54:00', ''],
  ['::1x', ''],
];
for (const [text, part] of scanned)
  test(`where an address ends: ${text}`, () => assert.equal(text.slice(0, in6End(text, 0)), part));
