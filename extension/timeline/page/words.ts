/** What is said of the place under the pointer, and where a click on it leads. */
import { duration } from '../../../debugger/inspect/format/time.ts';
import type { ChartMark } from '../../../debugger/control/lanes/chart_shape.ts';
import type { Picked } from './rows.ts';

const KINDS = ['user mode', 'kernel, for a process', 'softirq', 'hard interrupt'];

export function describe(picked: Picked | null, mark: ChartMark | undefined, time: number): string {
  if (mark !== undefined) return `${mark.name}, at ${duration(mark.time)}`;
  if (picked?.kind === 'slice') {
    const { name, kind, from, to } = picked.slice;
    const callers = picked.chain.slice(0, -1).map((each) => each.name);
    const within = callers.length === 0 ? '' : `\n${callers.join(' › ')}`;
    return `${name}: ${duration(to - from)} from ${duration(from)}, ${picked.rows.name}, ${KINDS[kind]}${within}`;
  }
  if (picked?.kind === 'frame') {
    const { name, from, sent, to } = picked.frame;
    return `${name}\n${picked.rows.name}: leaves in ${duration(sent - from)} from ${duration(from)}, arrives at ${duration(to)}`;
  }
  return duration(time);
}

/** A command of the debug console. */
export function destination(picked: Picked | null, mark: ChartMark | undefined, time: number): string {
  if (mark !== undefined) return `goto ${mark.moment}`;
  if (picked?.kind === 'slice') return `goto ${picked.slice.moment}`;
  return `at ${Math.max(0, Math.round(picked?.kind === 'frame' ? picked.frame.from : time))}ns`;
}
