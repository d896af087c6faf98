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

export type PacketEvent = Pick<
  LogEntry,
  'kind' | 'host' | 'where' | 'reason' | 'condition' | 'values' | 'subject' | 'event' | 'time'
>;
