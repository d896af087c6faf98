/** Sums and copies of frame bytes, as hardware does them: no CPU is charged. */

/** From here on a view over the bytes costs less than reading them one by one. */
const LONG = 192;

/** The one's complement sum (RFC 1071), folded to 16 bits, of `len` bytes at `at` on top of `start`. */
export function sum_bytes(bytes: Uint8Array, at: number, len: number, start: number): number {
  return fold_sum(start + (len < LONG ? sum_short(bytes, at, len) : sum_long(bytes, at, len)));
}

/** To 16 bits with the carries added in. */
export function fold_sum(sum: number): number {
  let s = sum;
  while (s > 0xffff) s = (s & 0xffff) + Math.floor(s / 65536);
  return s;
}

/** Not folded. */
function sum_short(bytes: Uint8Array, at: number, len: number): number {
  let sum = 0;
  const end = at + (len & ~1);
  let i = at;
  for (; i < end; i += 2) sum += (bytes[i]! << 8) | bytes[i + 1]!;
  if ((len & 1) === 1) sum += bytes[end]! << 8;
  return sum;
}

function sum_long(bytes: Uint8Array, at: number, len: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, len);
  let sum = 0;
  let i = 0;
  for (; i + 15 < len; i += 16) sum += view.getUint32(i) + view.getUint32(i + 4) + view.getUint32(i + 8) + view.getUint32(i + 12);
  for (; i + 1 < len; i += 2) sum += view.getUint16(i);
  if (i < len) sum += view.getUint8(i) << 8;
  return sum;
}

export function copy_frame_part(from: Uint8Array, offset: number, to: Uint8Array, at: number, len: number): void {
  to.set(from.subarray(offset, offset + len), at);
}
