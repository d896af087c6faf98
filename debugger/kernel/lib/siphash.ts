/**
 * SipHash-2-4 (lib/siphash.c; Aumasson and Bernstein, 2012): a keyed hash that nobody without the key can guess.
 * 64-bit words are pairs of 32-bit ones, low half first.
 */

/** @helper v[a] += v[b], by words of the state of four 64-bit values. */
function add(v: Uint32Array, a: number, b: number): void {
  const low = v[2 * a]! + v[2 * b]!;
  v[2 * a] = low;
  v[2 * a + 1] = v[2 * a + 1]! + v[2 * b + 1]! + (low > 0xffffffff ? 1 : 0);
}

/** @helper v[a] = rotl(v[a], bits), 0 < bits < 32. */
function rotate(v: Uint32Array, a: number, bits: number): void {
  const low = v[2 * a]!;
  const high = v[2 * a + 1]!;
  v[2 * a] = (low << bits) | (high >>> (32 - bits));
  v[2 * a + 1] = (high << bits) | (low >>> (32 - bits));
}

/** @helper v[a] ^= v[b] */
function xor(v: Uint32Array, a: number, b: number): void {
  v[2 * a]! ^= v[2 * b]!;
  v[2 * a + 1]! ^= v[2 * b + 1]!;
}

/** @helper The halves change places: a rotation by 32. */
function swap(v: Uint32Array, a: number): void {
  const low = v[2 * a]!;
  v[2 * a] = v[2 * a + 1]!;
  v[2 * a + 1] = low;
}

/** @helper SIPROUND, so many times. */
function rounds(v: Uint32Array, count: number): void {
  for (let i = 0; i < count; i++) {
    add(v, 0, 1);
    rotate(v, 1, 13);
    xor(v, 1, 0);
    swap(v, 0);
    add(v, 2, 3);
    rotate(v, 3, 16);
    xor(v, 3, 2);
    add(v, 0, 3);
    rotate(v, 3, 21);
    xor(v, 3, 0);
    add(v, 2, 1);
    rotate(v, 1, 17);
    xor(v, 1, 2);
    swap(v, 2);
  }
}

/** @helper One word of the message. */
function absorb(v: Uint32Array, low: number, high: number): void {
  v[6]! ^= low;
  v[7]! ^= high;
  rounds(v, 2);
  v[0]! ^= low;
  v[1]! ^= high;
}

/** @helper The state before the first word, under a key of four words. */
function initial(key: readonly number[]): Uint32Array {
  const [k0, k1, k2, k3] = key as [number, number, number, number];
  return Uint32Array.of(0x70736575 ^ k0, 0x736f6d65 ^ k1, 0x6e646f6d ^ k2, 0x646f7261 ^ k3, 0x6e657261 ^ k0, 0x6c796765 ^ k1, 0x79746573 ^ k2, 0x74656462 ^ k3);
}

/** @helper The last word has been absorbed: the low and the high half of the hash. */
function final(v: Uint32Array): number[] {
  v[4]! ^= 0xff;
  rounds(v, 4);
  return [(v[0]! ^ v[2]! ^ v[4]! ^ v[6]!) >>> 0, (v[1]! ^ v[3]! ^ v[5]! ^ v[7]!) >>> 0];
}

/** The hash of two 32-bit words as they stand in memory, eight bytes, under a key of four words: its low and its high half. */
export function siphash_2u32(first: number, second: number, key: readonly number[]): number[] {
  const v = initial(key);
  absorb(v, first, second);
  absorb(v, 0, 8 << 24);
  return final(v);
}

/** The hash of an even number of words, which they fill: its low and its high half. @helper */
export function siphash_words(words: readonly number[], key: readonly number[]): number[] {
  const v = initial(key);
  for (let i = 0; i < words.length; i += 2) absorb(v, words[i]!, words[i + 1]!);
  absorb(v, 0, (words.length * 4) << 24);
  return final(v);
}

/** The low half of the hash of `len` bytes, given as 32-bit words as they stand in memory (little-endian, zeros behind the last byte). */
export function siphash(words: readonly number[], len: number, key: readonly number[]): number {
  const v = initial(key);
  const whole = len >> 3;
  for (let i = 0; i < whole; i++) absorb(v, words[2 * i]!, words[2 * i + 1]!);
  absorb(v, words[2 * whole] ?? 0, (words[2 * whole + 1] ?? 0) | ((len & 0xff) << 24));
  return final(v)[0]!;
}
