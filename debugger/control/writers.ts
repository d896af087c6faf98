/** Who wrote what: the process and its line behind a write's lineage. The task that ran in the write's event is its writer. */
import type { Lineage } from '../kernel/include/linux/skbuff.ts';
import type { Look } from '../inspect/look.ts';
import type { Timeline } from './timeline/timeline.ts';
import { programOf } from './expressions/members.ts';
import { taskKey } from './context.ts';

/** Remembers what it found: the past does not change. */
export function writersOf(timeline: Timeline): Look['writer'] {
  const known = new Map<number, string | undefined>();
  return (root) => {
    if (root.kind !== 'write') return undefined;
    if (!known.has(root.id)) known.set(root.id, writerOf(timeline, root));
    return known.get(root.id);
  };
}

function writerOf(timeline: Timeline, { event, line }: Lineage): string | undefined {
  const { task: key } = timeline.log.at(event);
  const world = timeline.worldAt(event);
  const task = world.hosts.flatMap((host) => host.tasks).find((each) => taskKey(each) === key);
  const program = task === undefined ? null : programOf(task);
  return program === null ? undefined : `${program.host}.${program.name} line ${line}`;
}
