/** Arithmetic on addresses: IPv4's are unsigned 32-bit integers in host order, IPv6's canonical texts. */
import {
  type In6Addr,
  IN6ADDR_ANY,
  IN6ADDR_LOOPBACK,
  in6Addr,
  in6Prefix,
  in6PrefixEqual,
  in6Words,
  type IpAddress,
} from './in6Addr.ts';

export type { In6Addr, IpAddress } from './in6Addr.ts';

/** For messages. */
export function familyName(address: IpAddress): string {
  return isIn6(address) ? 'IPv6' : 'IPv4';
}

export function isIn6(address: IpAddress): address is In6Addr {
  return typeof address === 'string';
}

/** The longest prefix that the address' family has. */
export function longestPrefix(address: IpAddress): number {
  return isIn6(address) ? 128 : 32;
}

export function netmask(prefix: number): number {
  return prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
}

export function networkOf(address: number, prefix: number): number;
export function networkOf(address: IpAddress, prefix: number): IpAddress;
export function networkOf(address: IpAddress, prefix: number): IpAddress {
  return isIn6(address) ? in6Prefix(address, prefix) : (address & netmask(prefix)) >>> 0;
}

export function broadcastOf(address: number, prefix: number): number {
  return (networkOf(address, prefix) | ~netmask(prefix)) >>> 0;
}

/** False for addresses of two families. */
export function inSubnet(address: IpAddress, network: IpAddress, prefix: number): boolean {
  if (isIn6(address)) return isIn6(network) && in6PrefixEqual(address, network, prefix);
  return !isIn6(network) && networkOf(address, prefix) === networkOf(network, prefix);
}

/** Whether `a` comes behind `b` of the same family. */
export function isAbove(a: IpAddress, b: IpAddress): boolean {
  if (!isIn6(a) || !isIn6(b)) return a > b;
  const other = in6Words(b);
  const at = in6Words(a).findIndex((word, index) => word !== other[index]);
  return at >= 0 && in6Words(a)[at]! > other[at]!;
}

/** The next address, for a subnet's next host. */
export function addressAfter(address: IpAddress): IpAddress {
  if (!isIn6(address)) return address + 1;
  const words = [...in6Words(address)];
  for (let index = 7; index >= 0; index--) {
    words[index] = (words[index]! + 1) & 0xffff;
    if (words[index] !== 0) break;
  }
  return in6Addr(words);
}

export function printAddress(address: IpAddress): string {
  return isIn6(address) ? address : [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.');
}

/** As a program names it: an IPv6 address stands in brackets. */
export function printEndpoint(address: IpAddress, port: number): string {
  return isIn6(address) ? `[${address}]:${port}` : `${printAddress(address)}:${port}`;
}

export function printMac(mac: readonly number[]): string {
  return mac.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}

export const LOOPBACK = 0x7f000001;

/** 0.0.0.0 or ::. */
export function isUnspecified(address: IpAddress): boolean {
  return address === 0 || address === IN6ADDR_ANY;
}
export function isLoopback(address: IpAddress): boolean {
  return isIn6(address) ? address === IN6ADDR_LOOPBACK : address >>> 24 === 127;
}
export function isMulticast(address: IpAddress): boolean {
  return isIn6(address) ? in6Words(address)[0]! >> 8 === 0xff : address >>> 28 === 14;
}
/** fe80::/10: of one link only. */
export function isLinkLocal(address: IpAddress): boolean {
  return isIn6(address) && (in6Words(address)[0]! & 0xffc0) === 0xfe80;
}
/** ::ffff:a.b.c.d, an IPv4 address for a socket of IPv6. */
export function isMappedAddress(address: IpAddress): boolean {
  return isIn6(address) && address.startsWith('::ffff:') && address.includes('.');
}
export const LIMITED_BROADCAST = 0xffffffff;
