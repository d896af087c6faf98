/**
 * The stack of a thread, innermost frame first. On a CPU contexts lie on each other: a hard interrupt on softirqs on a task; a
 * label frame stands where one cut in. What plain calls are under way the probe knows, what waits is in the contexts' frames.
 */
import type { Frame } from '../../machine/frames.ts';
import type { Context, Cpu, World } from '../../machine/types.ts';
import type { task_struct } from '../../kernel/include/linux/sched.ts';
import { contextDepth, interruptDepth, softirqRuns, taskOn } from '../context.ts';
import { programOf } from '../expressions/members.ts';
import { functions, tickInfo } from '../debug_info.ts';
import { callLine, frameLine, readFrameLocals, readLocals } from '../locals.ts';
import { contextKey, softirqKey } from '../call_place.ts';
import { type Call, lineOfTick, plainStack } from '../probe.ts';
import { interruptName, softirqName } from './contexts.ts';
import { label, type ScenarioFrame, type StackFrame } from './frame.ts';

/** The stack of a CPU: of the code that runs, or of what it will go on with. */
export function cpuStack(world: World, cpu: Cpu): StackFrame[] {
  const calls = world.running === cpu ? plainStack() : [];
  const interrupt = cpu.hardirq_count > 0 && calls.length > 0 ? interruptDepth() : 0;
  const handler = interrupt === 0 ? [] : calls.slice(interrupt - 1);
  const below = interrupt === 0 ? calls : calls.slice(0, interrupt - 1);
  const stack: StackFrame[] = handler.reverse().flatMap((call) => callFrame(call, cpu, []));
  if (interrupt > 0) stack.push(label(`hard interrupt ${interruptName(cpu, interrupt)}`));
  if (!softirqRuns(cpu)) return [...stack, ...taskFrames(taskOn(cpu), below, cpu)];
  const first = calls.length > 0 ? Math.max(0, contextDepth(cpu) - 1) : 0;
  stack.push(
    ...contextStack(cpu.softirq, softirqKey(cpu), below.slice(first), cpu),
    label(softirqLabel(cpu, below.slice(first))),
  );
  return [...stack, ...taskFrames(taskOn(cpu), below.slice(0, first), cpu)];
}

/** The stack of a task that does not run. */
export function taskStack(task: task_struct): StackFrame[] {
  return taskFrames(task, [], task.cpu);
}

function softirqLabel(cpu: Cpu, calls: readonly Call[]): string {
  const name = softirqName(cpu.softirq, calls);
  return `softirq${name === '' ? '' : ` ${name}`} on ${cpu.softirq_by || 'irq_exit_rcu'}`;
}

function taskFrames(task: task_struct, calls: readonly Call[], cpu: Cpu): StackFrame[] {
  return [...contextStack(task.context, contextKey(task), calls, cpu), ...scenarioFrames(task)];
}

/** Plain calls lie on the context's frames; the first call is the running frame itself, if a frame runs. */
function contextStack(context: Context, key: string, calls: readonly Call[], cpu: Cpu): StackFrame[] {
  const running = calls[0]?.frame ?? null;
  const waiting = running !== null && context.frames.at(-1) === running ? context.frames.slice(0, -1) : context.frames;
  return [
    ...[...calls].reverse().flatMap((call) => callFrame(call, cpu, context.frames, key)),
    ...waiting.flatMap((frame, index) => waitingFrame(frame, cpu, { key, index })).reverse(),
  ];
}

/** Code that is no kernel's (the interpreter of processes) has no frames of its own. */
function callFrame(call: Call, cpu: Cpu, frames: readonly Frame[], key = ''): StackFrame[] {
  const fn = functions[call.fn]!;
  if (!fn.kernel) return [];
  const index = call.frame === null ? -1 : frames.indexOf(call.frame);
  const column = call.tick > 0 && lineOfTick(call.tick) === 0 ? tickInfo(call.tick).column + 1 : 0;
  return [
    {
      kind: 'kernel',
      name: fn.name,
      subtle: fn.helper,
      file: fn.file,
      line: callLine(call),
      column,
      locals: () => readLocals(call.depth),
      cpu,
      call: index < 0 ? { kind: 'plain', fn: call.fn, depth: call.depth } : { kind: 'frame', fn: call.fn, key, index },
    },
  ];
}

function waitingFrame(frame: Frame, cpu: Cpu, place: { key: string; index: number }): StackFrame[] {
  const fn = functions[frame.fn]!;
  if (!fn.kernel) return [];
  return [
    {
      kind: 'kernel',
      name: fn.name,
      subtle: fn.helper,
      file: fn.file,
      line: frameLine(frame),
      column: 0,
      locals: () => readFrameLocals(frame),
      cpu,
      call: frame.label === 0 ? null : { kind: 'frame', fn: frame.fn, ...place },
    },
  ];
}

/** The process's own line: of its innermost statement. Before the first one runs, where it will begin; behind the last, the last. */
function scenarioFrames(task: task_struct): ScenarioFrame[] {
  if (task.kind !== 'user') return [];
  const line = programOf(task)?.line || task.context.frames[0]?.spec?.body[0]?.span.line;
  if (typeof line !== 'number') return [];
  return [{ kind: 'scenario', name: `${task.cpu.host.name}.${task.comm}`, subtle: false, line, task }];
}
