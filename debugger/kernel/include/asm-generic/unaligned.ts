/** Bytes of a header as numbers and back, in network order (include/linux/unaligned.h). */

/** @helper */
export function get_unaligned_be16(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 8) | bytes[at + 1]!;
}

/** @helper */
export function put_unaligned_be16(value: number, bytes: Uint8Array, at: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value;
}

/** @helper Unsigned. */
export function get_unaligned_be32(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
}

/** @helper */
export function put_unaligned_be32(value: number, bytes: Uint8Array, at: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}
