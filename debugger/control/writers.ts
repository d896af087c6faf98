/** Who wrote what: the scenario's line behind a write's lineage. The task that ran in the write's event knows it at that time only. */
import type { Look } from '../inspect/look.ts';
import type { Timeline } from './timeline/timeline.ts';
import { programOf } from './expressions/members.ts';
import { taskKey } from './context.ts';

/** Remembers what it found: the past does not change. */
export function writersOf(timeline: Timeline): Look['writer'] {
  const known = new Map<number, string | undefined>();
  return (root) => {
    if (root.kind !== 'write') return undefined;
    if (!known.has(root.id)) known.set(root.id, writerAt(timeline, root.event));
    return known.get(root.id);
  };
}

function writerAt(timeline: Timeline, event: number): string | undefined {
  const { task: key } = timeline.log.at(event);
  const world = timeline.worldAt(event + 1);
  const task = world.hosts.flatMap((host) => host.tasks).find((each) => taskKey(each) === key);
  const program = task === undefined ? null : programOf(task);
  return program === null ? undefined : `${program.host}.${program.name} line ${program.line}`;
}
