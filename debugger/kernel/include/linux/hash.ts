/** Hashing of numbers (include/linux/hash.h). */

const GOLDEN_RATIO_32 = 0x61c88647;

/** The upper `bits` bits of the product with the golden ratio. @helper */
export function hash_32(val: number, bits: number): number {
  return Math.imul(val, GOLDEN_RATIO_32) >>> (32 - bits);
}
