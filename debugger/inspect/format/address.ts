/** Addresses as people write them. */
import type { In6Addr, IpAddress } from '../../../server/language/in6Addr.ts';

/** Dotted quad of an unsigned 32-bit number in host order. */
export function ipv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

/** An address of either family. */
export function ip(address: IpAddress): string {
  return typeof address === 'string' ? address : ipv4(address);
}

/** Six bytes with colons. */
export function mac(bytes: ArrayLike<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}

/** `10.0.0.0/24`; `default` for the whole space, a bare address for a single host. */
export function prefix(address: number, length: number): string {
  if (length === 0) return 'default';
  return length === 32 ? ipv4(address) : `${ipv4(address)}/${length}`;
}

/** The same of IPv6. */
export function prefix6(address: In6Addr, length: number): string {
  if (length === 0) return 'default';
  return length === 128 ? address : `${address}/${length}`;
}

/** `10.0.0.1:7`, `[2001:db8::1]:7`. */
export function endpoint(address: IpAddress, port: number): string {
  return typeof address === 'string' ? `[${address}]:${port}` : `${ipv4(address)}:${port}`;
}
