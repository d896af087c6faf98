/** What the adapter's thread and the debugger's say to each other. No DAP in it: a stop, a stack, a row of variables. */
import type { BreakpointInfo, BreakpointRequest } from './breakpoints/breakpoint.ts';
import type { FilterInfo, FilterRequest } from './breakpoints/table.ts';
import type { Completion } from './desk/completions.ts';
import type { FieldPlace } from './desk/field_place.ts';
import type { Chart, ChartWindow } from './lanes/chart_shape.ts';
import type { Page, VariableRow } from './desk/variables.ts';
import type { Moment } from './moment.ts';
import type { StopReason, ToldPacketEvent } from './stop.ts';
import type { ThreadInfo } from './threads.ts';
import type { Move, Reached } from './waiter.ts';

export interface FrameRow {
  readonly id: number;
  readonly kind: 'kernel' | 'scenario' | 'label' | 'past';
  readonly name: string;
  readonly subtle: boolean;
  /** A listing's path; '' for the scenario; null for none. */
  readonly file: string | null;
  readonly line: number;
  readonly column: number;
}

export interface ScopeRow {
  readonly name: string;
  readonly hint: 'locals' | 'registers' | null;
  readonly reference: number;
  readonly expensive: boolean;
}

export interface StoppedMessage {
  readonly reason: StopReason;
  readonly description: string;
  readonly thread: number;
  readonly hitBreakpoints: readonly number[];
  readonly moment: Moment;
  readonly now: number;
  readonly packetEvent: ToldPacketEvent | null;
}

export type EvaluateContext = 'repl' | 'watch' | 'hover' | 'clipboard' | 'variables';

/** Request -> [its parameters, its answer]. */
export interface Requests {
  threads: [Record<string, never>, ThreadInfo[]];
  stack: [{ thread: number; start: number; levels: number }, { frames: FrameRow[]; total: number }];
  scopes: [{ frame: number }, ScopeRow[]];
  /** `hex`: integers that have no format of their own. */
  variables: [{ reference: number; page: Page | null; hex?: boolean }, VariableRow[]];
  evaluate: [{ text: string; frame: number | null; context: EvaluateContext; hex?: boolean }, VariableRow];
  completions: [{ text: string; frame: number | null }, Completion[]];
  fieldPlace: [{ reference: number | null; name: string; frame: number | null }, FieldPlace];
  /** The run over time. While it runs: its load alone. */
  chart: [ChartWindow, Chart];
  memory: [{ reference: number; offset: number; count: number }, { base64: string; unreadable: number }];
  stepTargets: [{ frame: number }, { id: number; label: string; line: number; column: number }[]];
  stepInto: [{ thread: number; target: number }, null];
  restartFrame: [{ frame: number }, null];
  packetEvent: [Record<string, never>, { event: ToldPacketEvent; lineage: string } | null];
  functionBreakpoints: [{ requests: BreakpointRequest[] }, BreakpointInfo[]];
  listingBreakpoints: [{ file: string; requests: BreakpointRequest[] }, BreakpointInfo[]];
  scenarioBreakpoints: [{ requests: BreakpointRequest[] }, BreakpointInfo[]];
  fieldBreakpoints: [{ requests: BreakpointRequest[] }, BreakpointInfo[]];
  filters: [{ requests: FilterRequest[] }, FilterInfo[]];
  breakpointLines: [{ file: string; from: number; to: number }, number[]];
  move: [{ move: Move }, null];
  launch: [LaunchParameters, null];
  /** All breakpoints are set: run. */
  go: [Record<string, never>, null];
  pause: [Record<string, never>, null];
  quit: [Record<string, never>, null];
}

export interface LaunchParameters {
  readonly text: string;
  readonly file: string;
  /** Changes to the text (server/language/change). */
  readonly set: readonly string[];
  readonly seed: number;
  /** ns; null: until nothing is left to happen. */
  readonly until: number | null;
  readonly stopOnEntry: boolean;
  /** Stops when nothing is left to happen. */
  readonly stopAtEnd: boolean;
  /** To the end without stops. */
  readonly noDebug: boolean;
}

export type RequestName = keyof Requests;
export type Parameters<N extends RequestName> = Requests[N][0];
export type Result<N extends RequestName> = Requests[N][1];

export interface RequestMessage {
  readonly id: number;
  readonly name: RequestName;
  readonly parameters: unknown;
}
export type AnswerMessage =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

export interface OutputLine {
  readonly text: string;
  readonly category: 'stdout' | 'stderr' | 'console' | 'important';
  /** Of the scenario; 0: none. */
  readonly line: number;
}

export type EventMessage =
  | { readonly event: 'stopped'; readonly body: StoppedMessage }
  /** Of a run that takes long; null: it searches the past. */
  | { readonly event: 'progress'; readonly body: Reached | null }
  | { readonly event: 'output'; readonly body: OutputLine }
  | { readonly event: 'ended'; readonly body: { exitCode: number } }
  | { readonly event: 'failed'; readonly body: { message: string } };
