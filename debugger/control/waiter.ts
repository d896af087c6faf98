/**
 * How the debugger waits at a stop. In the adapter a worker thread blocks and serves what is asked meanwhile; in a test a script
 * answers; in a browser it will be unwinding and seek. Nothing else of the debugger knows which.
 */
import type { Moment } from './moment.ts';
import type { AwaitedFrame } from './breakpoints/returns.ts';
import type { PacketStep } from './packet/packet_step.ts';
import type { Plan } from './plan.ts';
import type { CallPlace } from './call_place.ts';
import type { StepTarget } from './stepping/into.ts';
import type { StepKind } from './stepping/step.ts';
import type { Stop } from './stop.ts';

export type Move =
  | { readonly kind: 'continue' }
  | { readonly kind: 'step'; readonly how: StepKind; readonly thread: number; readonly into?: StepTarget }
  /** Over: the line that its context began before this one; in: also within calls that have returned since; out: the line that made the call. */
  | { readonly kind: 'back'; readonly how: StepKind; readonly thread: number }
  | { readonly kind: 'reverse' }
  | { readonly kind: 'packet'; readonly step: PacketStep }
  /** To where this field got the value that it has: a place's id. */
  | { readonly kind: 'last change'; readonly field: string }
  | { readonly kind: 'goto'; readonly moment: Moment }
  | { readonly kind: 'goto time'; readonly ns: number }
  /** Back to where this call began. */
  | { readonly kind: 'entry'; readonly call: CallPlace }
  /** Back to where the line began on which this task (taskKey) stands. */
  | { readonly kind: 'line start'; readonly task: number }
  /** Not a person's: the event in which the run stands is repeated in the debug build, with the same plan, and awaiting the same returns. */
  | { readonly kind: 'repeat'; readonly plan: Plan; readonly awaited: readonly AwaitedFrame[] }
  | { readonly kind: 'restart' }
  | { readonly kind: 'quit' };

/** How far a run has come: the clock, ns, and the number of the next event. */
export interface Reached {
  readonly now: number;
  readonly event: number;
}

/** What came in while the run goes on. */
export type Wish = 'none' | 'pause' | 'quit' | 'restart';

export interface Waiter {
  /** Returns when somebody has decided where to go. */
  readonly wait: (stop: Stop) => Move;
  /** Asked before each event and every 1,024 ticks, with how far a run forwards has come (null: it searches the past); cheap. */
  readonly poll: (reached: Reached | null) => Wish;
}
