/** Packets. */

import { spend } from '../world/spend.ts';
import type { Cpu, sk_buff } from '../world/types.ts';

export function build_skb(cpu: Cpu, data: Uint8Array): sk_buff {
  const skb = {
    id: cpu.world.next_id++,
    data,
    len: data.length,
    protocol: 0,
    csum: 0,
    dev: 'eth0',
    sk: null,
    tstamp: cpu.now,
  };
  spend(cpu, 40);
  return skb;
}

export function csum_partial(_cpu: Cpu, data: Uint8Array, from: number, to: number): number {
  let sum = 0;
  for (let i = from; i < to; i += 2) {
    const word = (data[i]! << 8) | data[i + 1]!;
    sum += word;
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

export function kfree_skb(cpu: Cpu, skb: sk_buff): void {
  if (skb.sk !== null) {
    const sk = skb.sk;
    sk.sk_rmem_alloc -= skb.len;
    skb.sk = null;
  }
  spend(cpu, 20);
}
