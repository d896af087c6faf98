/** A frame of the call stack as the debugger tells of it. */
import type { Cpu } from '../../machine/types.ts';
import type { task_struct } from '../../kernel/include/linux/sched.ts';
import type { Local } from '../locals.ts';
import type { Moment } from '../moment.ts';
import type { CallPlace } from '../call_place.ts';

interface Common {
  readonly name: string;
  /** Drawn in the background: helpers of ours, and what has already happened. */
  readonly subtle: boolean;
}

export interface KernelFrame extends Common {
  readonly kind: 'kernel';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly locals: () => readonly Local[];
  readonly cpu: Cpu;
  /** null: it is yet to begin. */
  readonly call: CallPlace | null;
}

export interface ScenarioFrame extends Common {
  readonly kind: 'scenario';
  readonly line: number;
  readonly task: task_struct;
}

/** A crossing: between contexts, or across the wire. */
export interface LabelFrame extends Common {
  readonly kind: 'label';
}

/** What the sender did, at a moment that is over. Its locals are not guessed. */
export interface PastFrame extends Common {
  readonly kind: 'past';
  /** '' on a line of the scenario. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly moment: Moment;
  readonly time: number;
  readonly where: string;
}

export type StackFrame = KernelFrame | ScenarioFrame | LabelFrame | PastFrame;

export const label = (text: string): LabelFrame => ({ kind: 'label', name: `--- ${text} ---`, subtle: true });
