/** Frames that hardware lost leave no tick: their filters stop at the boundary behind the event. */
import type { LogEntry } from '../machine/log.ts';
import type { World } from '../machine/types.ts';
import type { BreakpointTable } from './breakpoints/table.ts';
import { packetSite } from './drop_site.ts';
import { isFollowed } from './packet/packet_step.ts';
import type { LogWatch } from './log_watch.ts';

export interface LostFrame {
  readonly entry: LogEntry;
  /** What the stop says. */
  readonly description: string;
}

/** Those lost since the last look that a filter stops at, or that a step of the packet follows. */
export function lostFrames(
  breakpoints: BreakpointTable,
  world: World,
  logWatch: LogWatch,
  counts: boolean,
): LostFrame[] {
  return logWatch
    .newEntries()
    .filter((entry) => {
      const condition = breakpoints.filter(entry.kind === 'full' ? 'ring-full' : 'loss');
      const asked = condition?.holds(packetSite(world, entry, null, counts)) ?? false;
      return asked || isFollowed(breakpoints.step, entry.lineage);
    })
    .map((entry) => ({ entry, description: describe(entry) }));
}

function describe({ kind, host, where }: LogEntry): string {
  return kind === 'full' ? `Receive ring full at ${host} ${where}` : `Frame lost on ${where}`;
}
