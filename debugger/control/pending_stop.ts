/** A stop that is decided, before the run stands still for it. */
import type { Armed } from './breakpoints/breakpoint.ts';
import { PACKET_STEP_ID } from './packet/packet_step.ts';
import type { PacketEvent, Stop } from './stop.ts';

export interface Pending {
  readonly reason: Stop['reason'];
  readonly description: string;
  readonly hit: readonly number[];
  readonly packetEvent: PacketEvent | null;
  readonly returned: Stop['returned'];
}

export const pending = (reason: Stop['reason'], description: string, more: Partial<Pending> = {}): Pending => ({
  reason,
  description,
  hit: [],
  packetEvent: null,
  returned: null,
  ...more,
});

export const idsOf = (hits: readonly Armed[]): number[] =>
  hits.map((each) => each.id).filter((id) => id !== PACKET_STEP_ID);

/** Breakpoints at an entry; a step of the packet ends there, too. */
export function entryStop(hits: readonly Armed[]): Pending {
  const hit = hits.find(({ id }) => id !== PACKET_STEP_ID);
  if (hit === undefined) return pending('step', `The packet comes to: ${hits[0]!.label}`);
  return pending('function breakpoint', `Breakpoint at ${hit.label}`, { hit: idsOf(hits) });
}
