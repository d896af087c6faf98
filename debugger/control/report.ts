/** What a run came to: what each process received, whether the expectations hold, what was dropped. For console and terminal alike. */
import type { Scenario } from '../../server/language/scenario.ts';
import { duration } from '../inspect/format/time.ts';
import { bufferLine } from '../inspect/processValue.ts';
import type { task_struct } from '../kernel/include/linux/sched.ts';
import type { World } from '../machine/types.ts';
import type { RunEnd } from '../world/run.ts';
import type { BufferValue } from '../world/process/value.ts';
import { dropsText } from './desk/console.ts';
import { evaluateExpect, type ExpectResult } from './expressions/expects.ts';
import { programOf } from './expressions/members.ts';
import type { OutputLine } from './protocol.ts';
import { waitText } from './threads.ts';

export interface Report {
  readonly lines: readonly OutputLine[];
  /** 1 when an expectation failed, a process asked for something senseless, or the world stopped itself. */
  readonly exitCode: 0 | 1;
}

const line = (text: string, at = 0, category: OutputLine['category'] = 'stdout'): OutputLine => ({
  text,
  line: at,
  category,
});

export function reportOf(world: World, scenario: Scenario, how: RunEnd): Report {
  const expects = scenario.expects.map((spec) => evaluateExpect(world, spec));
  const processes = world.hosts.flatMap((host) => host.tasks.filter((task) => task.kind === 'user'));
  const failed = expects.some((each) => !each.holds) || processes.some((task) => hasFailed(task)) || how === 'halted';
  const lines = [
    ...haltLines(world),
    ...processes.flatMap((task) => processLines(world, task)),
    ...expects.map(expectLine),
    ...dropLines(world),
    line(endLine(world, how)),
  ];
  return { lines, exitCode: failed ? 1 : 0 };
}

const hasFailed = (task: task_struct): boolean => (programOf(task)?.error ?? null) !== null;

function haltLines({ halt }: World): OutputLine[] {
  return halt === null ? [] : [line(`the run was stopped: ${halt.reason} (line ${halt.line})`, halt.line, 'stderr')];
}

function processLines(world: World, task: task_struct): OutputLine[] {
  const program = programOf(task);
  if (program === null) return [];
  const name = `${program.host}.${program.name}`;
  if (program.error !== null) return [line(`${name}: ${program.error} (line ${program.line})`, program.line, 'stderr')];
  const state =
    program.finished_at >= 0
      ? `finished at ${duration(program.finished_at)}`
      : `line ${program.line}: ${waitText(task, world.now)}`;
  return [
    line(`${name}: ${traffic(program)}${state}`, program.line),
    ...receivedLines(program.variables, program.line),
  ];
}

function traffic({ received_bytes, sent_bytes }: { received_bytes: number; sent_bytes: number }): string {
  const parts = [
    ...(sent_bytes > 0 ? [`sent ${sent_bytes} bytes`] : []),
    ...(received_bytes > 0 ? [`received ${received_bytes} bytes`] : []),
  ];
  return parts.length === 0 ? '' : `${parts.join(', ')}, `;
}

function receivedLines(variables: Readonly<Record<string, unknown>>, at: number): OutputLine[] {
  const buffers = Object.entries(variables).filter(([, value]) => (value as BufferValue | null)?.kind === 'buffer') as [
    string,
    BufferValue,
  ][];
  return buffers.map(([name, { bytes, length }]) => line(`  ${name} = ${bufferLine(bytes.subarray(0, length))}`, at));
}

function expectLine({ spec, holds, found }: ExpectResult): OutputLine {
  return holds
    ? line(`ok    ${spec.text}`, spec.span.line)
    : line(`FAIL  ${spec.text}: ${found} (line ${spec.span.line})`, spec.span.line, 'stderr');
}

function dropLines(world: World): OutputLine[] {
  if (world.log.length === 0) return [];
  return [
    line(`dropped or lost: ${world.log.length + world.log_dropped}`),
    ...dropsText(world)
      .split('\n')
      .slice(0, 20)
      .map((text) => line(`  ${text}`)),
  ];
}

function endLine(world: World, how: RunEnd): string {
  const why = how === 'ended' ? 'nothing is left to happen' : how === 'limit' ? 'the limit is reached' : 'halted';
  return `ended at ${duration(world.now)} after ${world.event} events: ${why}; longest stretch without a yield ${duration(world.longest_stretch)}`;
}
