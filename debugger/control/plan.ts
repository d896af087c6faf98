/** What a run forwards is looking for besides breakpoints. */
import type { Returned } from './breakpoints/returns.ts';
import type { Moment } from './moment.ts';
import type { PacketStep } from './packet/packet_step.ts';
import type { Into } from './stepping/into.ts';
import type { Position } from './stepping/position.ts';
import type { StepKind } from './stepping/step.ts';
import type { PacketEvent, StopReason } from './stop.ts';

export interface Arrival {
  readonly moment: Moment;
  readonly reason: StopReason;
  readonly description: string;
  /** A call that is over there, of which the stop tells. */
  readonly returned?: Returned | null;
  /** A frame that was lost there. */
  readonly packetEvent?: PacketEvent | null;
}

export interface Plan {
  /** Stops at this moment, where a seek leads. */
  readonly arrival: Arrival | null;
  /** `into`: the call that is meant, of those that the statement makes. */
  readonly step: { readonly how: StepKind; readonly from: Position; readonly into?: Into } | null;
  /** Stops where the packet comes into another stage. */
  readonly packet: PacketStep | null;
}

export const RUN_ON: Plan = { arrival: null, step: null, packet: null };
