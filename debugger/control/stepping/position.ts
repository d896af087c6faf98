/** Where a tick stands: in which context, how deep, on which line. What stepping compares. */
import type { World } from '../../machine/types.ts';
import { cpuKey, depthInContext, type Level, levelOf, softirqRuns, TASK, taskKey, taskOn } from '../context.ts';
import { callAt } from '../probe.ts';
import { functions, tickInfo } from '../debug_info.ts';
import { lineOfTick } from '../probe.ts';

export interface Position {
  readonly cpu: number;
  readonly level: Level;
  readonly task: number;
  readonly depth: number;
  /** Number of the tick's place in the sources: the same each time round a loop. */
  readonly tick: number;
  /** Function number; -1 on a line of the scenario. */
  readonly fn: number;
  readonly line: number;
  /** Softirqs run on this CPU, be it below a hard interrupt. */
  readonly softirqRuns: boolean;
  readonly helper: boolean;
}

/** On a line of the scenario, whichever: where a task (taskKey) stands whose calls do not matter. */
export const onLine = (task: number): Position => ({
  cpu: -1,
  level: TASK,
  task,
  depth: 0,
  tick: -1,
  fn: -1,
  line: -1,
  softirqRuns: false,
  helper: false,
});

/** null while hardware acts: nobody's code runs. */
export function positionAt(world: World, tick: number, depth: number): Position | null {
  const cpu = world.running;
  if (cpu === null) return null;
  const level = levelOf(cpu);
  const scenarioLine = lineOfTick(tick);
  const fn = scenarioLine > 0 ? -1 : callAt(depth).fn;
  return {
    cpu: cpuKey(cpu),
    level,
    task: taskKey(taskOn(cpu)),
    depth: depthInContext(cpu, level),
    tick,
    fn,
    line: scenarioLine > 0 ? scenarioLine : tickInfo(tick).line,
    softirqRuns: softirqRuns(cpu),
    helper: fn >= 0 && functions[fn]!.helper,
  };
}

/** Where the call at depth `outer` stands meanwhile, one of those that led from there to `depth`; 0: none, the position itself. */
export function callerPosition(position: Position, depth: number, outer: number): Position {
  if (outer === 0 || outer === depth) return position;
  const { fn, tick } = callAt(outer);
  const { helper, line } = functions[fn]!;
  return {
    ...position,
    depth: position.depth - (depth - outer),
    tick,
    fn,
    line: tick > 0 ? tickInfo(tick).line : line,
    helper,
  };
}

/** Both stand on one line of one call. */
export function sameLine(a: Position, b: Position): boolean {
  return a.depth === b.depth && a.fn === b.fn && a.line === b.line;
}
