/** A stop as the debugger tells of it. */
import type { LogEntry } from '../machine/log.ts';
import type { World } from '../machine/types.ts';
import type { Returned } from './breakpoints/returns.ts';
import type { Moment } from './moment.ts';
import type { Position } from './stepping/position.ts';

export type StopReason =
  | 'entry'
  | 'step'
  | 'breakpoint'
  | 'function breakpoint'
  | 'data breakpoint'
  | 'exception'
  | 'pause'
  | 'goto'
  | 'restart'
  | 'end';

export interface Stop {
  readonly reason: StopReason;
  /** In words, for the thread's line in the call stack view. */
  readonly description: string;
  readonly hitBreakpoints: readonly number[];
  readonly world: World;
  readonly moment: Moment;
  /** null between two events. */
  readonly position: Position | null;
  /** The packet event that stopped the run. */
  readonly packetEvent: PacketEvent | null;
  /** The call whose return stopped the run. */
  readonly returned: Returned | null;
}

export type PacketEvent = LogEntry;

/** As it is told to another thread: what it was made of is asked for. */
export type ToldPacketEvent = Omit<PacketEvent, 'lineage'>;

export function told(event: PacketEvent): ToldPacketEvent {
  const { lineage: _lineage, ...rest } = event;
  return rest;
}
