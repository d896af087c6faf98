/** Addresses as people write them. */

/** Dotted quad of an unsigned 32-bit number in host order. */
export function ipv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
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
