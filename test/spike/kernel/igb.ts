/** The driver's interrupt. */

import { spend } from '../world/spend.ts';
import type { Cpu, Napi, sk_buff } from '../world/types.ts';
import { build_skb } from './skbuff.ts';

export function igb_msix_ring(cpu: Cpu): void {
  cpu.interrupts++;
  spend(cpu, 200);
  const napi = cpu.world.napi;
  if (!napi.scheduled) {
    napi.scheduled = true;
    cpu.softirq_pending |= 8;
  }
}

export function igb_fetch_rx_buffer(cpu: Cpu, napi: Napi): sk_buff | null {
  const slot = napi.next_to_clean & 255;
  const data = napi.ring[slot] ?? null;
  if (data === null) return null;
  napi.ring[slot] = null;
  napi.next_to_clean++;
  return build_skb(cpu, data);
}
