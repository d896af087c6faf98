/** A breakpoint as the debugger keeps it, and as it tells of it. */
import type { Condition } from './condition.ts';
import type { HitCount } from './hit_count.ts';

/** What a person asked for. */
export interface BreakpointRequest {
  /** `ip_rcv`, `tcp_*`, `/re/`, `host:name`, each with `:return` behind it; `stage:UDP`. */
  readonly name?: string;
  /** Of a listing or a scenario. */
  readonly line?: number;
  /** A place in the world, by its id (fields/place.ts). */
  readonly field?: string;
  readonly condition?: string | undefined;
  readonly hitCondition?: string | undefined;
  /** Instead of stopping: text with `{expression}` in it. */
  readonly logMessage?: string | undefined;
}

/** What became of it. */
export interface BreakpointInfo {
  readonly id: number;
  readonly verified: boolean;
  readonly message: string;
  /** A listing's path, or '' for the scenario itself. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** One armed place of a breakpoint. */
export interface Armed {
  readonly id: number;
  readonly condition: Condition;
  /** What the watch build can ask, with no more than a function's parameters or a process's variables: where this fails, so would `condition`, or what is asked at the return. */
  readonly ahead: Condition;
  /** Part of `condition`, and of `ahead` where all else can be asked there. */
  readonly hits: HitCount | null;
  /** Not at the entry but when the call is over, if this holds there: it may read `retval`. */
  readonly atReturn: Condition | null;
  /** What the stop says: `ip_rcv`, `line 12`. */
  readonly label: string;
  /** Logs instead of stopping. */
  readonly log: string | null;
}
