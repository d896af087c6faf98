/** IPv6 addresses as the kernel asks of them (include/net/ipv6.h, include/uapi/linux/in6.h, net/ipv6/addrconf_core.c). */
import { in6Addr, in6Words } from '../../../../server/language/in6Addr.ts';
import type { In6Addr } from '../../../../server/language/in6Addr.ts';
import { get_unaligned_be16, get_unaligned_be32, put_unaligned_be16 } from '../asm-generic/unaligned.ts';

export { IN6ADDR_ANY as in6addr_any, IN6ADDR_LOOPBACK as in6addr_loopback, in6Prefix, in6PrefixEqual, in6Words, mappedIn6Addr } from '../../../../server/language/in6Addr.ts';
export type { In6Addr, IpAddress } from '../../../../server/language/in6Addr.ts';

export const IPPROTO_FRAGMENT = 44;
export const IPPROTO_ICMPV6 = 58;

export const IPV6_ADDR_ANY = 0x0000;
export const IPV6_ADDR_UNICAST = 0x0001;
export const IPV6_ADDR_MULTICAST = 0x0002;
export const IPV6_ADDR_LOOPBACK = 0x0010;
export const IPV6_ADDR_LINKLOCAL = 0x0020;
export const IPV6_ADDR_SITELOCAL = 0x0040;
export const IPV6_ADDR_MAPPED = 0x1000;

/** All nodes of a link; of the machine. */
export const in6addr_linklocal_allnodes = 'ff02::1' as In6Addr;

/** LOOPBACK4_IPV6: what stands in the IPv4 fields of a socket that speaks IPv6, 127.0.0.6. */
export const LOOPBACK4_IPV6 = 0x7f000006;

/** What kind of address it is: IPV6_ADDR_*; 0: ::. */
export function __ipv6_addr_type(addr: In6Addr): number {
  const words = in6Words(addr);
  const first = words[0]!;
  if ((first & 0xe000) !== 0 && (first & 0xe000) !== 0xe000) return IPV6_ADDR_UNICAST;
  if (first >>> 8 === 0xff) return IPV6_ADDR_MULTICAST | multicastScope(first & 15);
  if ((first & 0xffc0) === 0xfe80) return IPV6_ADDR_LINKLOCAL | IPV6_ADDR_UNICAST;
  if ((first & 0xffc0) === 0xfec0) return IPV6_ADDR_SITELOCAL | IPV6_ADDR_UNICAST;
  if (addr === '::') return IPV6_ADDR_ANY;
  if (addr === '::1') return IPV6_ADDR_LOOPBACK | IPV6_ADDR_UNICAST;
  return ipv6_addr_v4mapped(addr) ? IPV6_ADDR_MAPPED : IPV6_ADDR_UNICAST;
}

/** @helper */
function multicastScope(scope: number): number {
  if (scope === 1) return IPV6_ADDR_LOOPBACK;
  if (scope === 2) return IPV6_ADDR_LINKLOCAL;
  return scope === 5 ? IPV6_ADDR_SITELOCAL : 0;
}

/** @helper */
export function ipv6_addr_type(addr: In6Addr): number {
  return __ipv6_addr_type(addr);
}

/** @helper */
export function ipv6_addr_any(addr: In6Addr): boolean {
  return addr === '::';
}

/** @helper */
export function ipv6_addr_loopback(addr: In6Addr): boolean {
  return addr === '::1';
}

/** @helper */
export function ipv6_addr_is_multicast(addr: In6Addr): boolean {
  return in6Words(addr)[0]! >>> 8 === 0xff;
}

/** @helper ff02::1:ff00:0/104: of all whose address ends alike. */
export function ipv6_addr_is_solict_mult(addr: In6Addr): boolean {
  return addr.startsWith('ff02::1:ff');
}

/** @helper */
export function ipv6_addr_v4mapped(addr: In6Addr): boolean {
  return addr.startsWith('::ffff:') && addr.includes('.');
}

/** The IPv4 address of ::ffff:a.b.c.d. @helper */
export function mappedIpv4(addr: In6Addr): number {
  const words = in6Words(addr);
  return ((words[6]! << 16) | words[7]!) >>> 0;
}

/** @helper */
export function ipv6_addr_is_linklocal(addr: In6Addr): boolean {
  return (in6Words(addr)[0]! & 0xffc0) === 0xfe80;
}

/** Where neighbours are asked for that have this address (RFC 4291 2.7.1): ff02::1:ffXX:XXXX. @helper */
export function addrconf_addr_solict_mult(addr: In6Addr): In6Addr {
  const words = in6Words(addr);
  return in6Addr([0xff02, 0, 0, 0, 0, 1, 0xff00 | (words[6]! & 0xff), words[7]!]);
}

/** fe80:: and the interface identifier of a MAC address (RFC 4291 appendix A). @helper */
export function linkLocalOf(mac: readonly number[]): In6Addr {
  const [a, b, c, d, e, f] = mac as [number, number, number, number, number, number];
  return in6Addr([0xfe80, 0, 0, 0, ((a ^ 2) << 8) | b, (c << 8) | 0xff, 0xfe00 | d, (e << 8) | f]);
}

/** A 32-bit number of an address, for hashes. @helper */
export function ipv6_addr_hash(addr: In6Addr): number {
  let h = 0;
  const words = in6Words(addr);
  for (let i = 0; i < 8; i++) {
    h = Math.imul(h ^ words[i]!, 0x85ebca6b);
    h ^= h >>> 13;
  }
  return h >>> 0;
}

/** Addresses read from packets lately, by their bits: most packets bear the same few. */
const SLOTS = 64;
const high0 = new Uint32Array(SLOTS);
const high1 = new Uint32Array(SLOTS);
const low0 = new Uint32Array(SLOTS);
const low1 = new Uint32Array(SLOTS);
const texts = new Array<In6Addr>(SLOTS).fill('::' as In6Addr);

/** The address of 16 bytes. @helper */
export function in6AddrAt(bytes: Uint8Array, at: number): In6Addr {
  const a = get_unaligned_be32(bytes, at);
  const b = get_unaligned_be32(bytes, at + 4);
  const c = get_unaligned_be32(bytes, at + 8);
  const d = get_unaligned_be32(bytes, at + 12);
  const slot = (Math.imul(a ^ c, 0x9e3779b1) ^ Math.imul(b ^ d, 0x85ebca6b)) >>> 26;
  if (high0[slot] === a && high1[slot] === b && low0[slot] === c && low1[slot] === d) return texts[slot]!;
  const words: number[] = [];
  for (let i = 0; i < 16; i += 2) words.push(get_unaligned_be16(bytes, at + i));
  high0[slot] = a;
  high1[slot] = b;
  low0[slot] = c;
  low1[slot] = d;
  texts[slot] = in6Addr(words);
  return texts[slot];
}

/** @helper */
export function putIn6Addr(addr: In6Addr, bytes: Uint8Array, at: number): void {
  const words = in6Words(addr);
  for (let i = 0; i < 8; i++) put_unaligned_be16(words[i]!, bytes, at + 2 * i);
}
