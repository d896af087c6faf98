/** Breakpoints in the terms of the watch build. */
import type { World } from '../machine/types.ts';
import type { BreakpointTable } from './breakpoints/table.ts';
import { entrySite, scenarioSite } from './site.ts';
import type { Wanted } from 'netpath:watch';

/** What these breakpoints wait for in a run of this world; `counts`: hits that do not stop count. */
export function wantedBy(breakpoints: BreakpointTable, world: World, counts: boolean): Wanted {
  return {
    ...breakpoints.watched,
    everyLine: false,
    mayStopAt: (fn, parameters) => breakpoints.mayStopAt(fn, entrySite(world, fn, parameters, counts)),
    mayStopOn: (line) => breakpoints.mayStopOn(line, scenarioSite(world, counts)),
  };
}
