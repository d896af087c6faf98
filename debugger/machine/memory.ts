/**
 * Where packet bytes come from. Pieces of a slab are three to four times cheaper than buffers of their own; a slab is never used
 * twice, so every piece starts as zeroes and goes when its last reader does.
 */
export interface Memory {
  slab: Uint8Array;
  used: number;
}

const SLAB = 32768;
const LARGEST_PIECE = SLAB >> 2;

export function createMemory(): Memory {
  return { slab: new Uint8Array(0), used: 0 };
}

/** `size` zero bytes. */
export function take_bytes(memory: Memory, size: number): Uint8Array {
  if (size > LARGEST_PIECE) return new Uint8Array(size);
  if (memory.used + size > memory.slab.length) {
    memory.slab = new Uint8Array(SLAB);
    memory.used = 0;
  }
  const at = memory.used;
  memory.used = (at + size + 7) & ~7;
  return memory.slab.subarray(at, at + size);
}
