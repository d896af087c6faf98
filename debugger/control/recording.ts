/** One launch: the scenario built, its timeline, and everybody who works on it, wired together here and nowhere else. */
import type { Scenario } from '../../server/language/scenario.ts';
import { FOREVER } from '../machine/event_queue.ts';
import type { World } from '../machine/types.ts';
import type { BreakpointTable } from './breakpoints/table.ts';
import { WhatIf } from './compare/what_if.ts';
import { Desk } from './desk/desk.ts';
import type { Listings } from './desk/function_tables.ts';
import type { DriveParts } from './drive.ts';
import type { Engines } from './engine.ts';
import type { LaunchParameters } from './protocol.ts';
import { ChartMaker } from './lanes/chart.ts';
import { Scout } from './scout.ts';
import { PastStacks } from './stack/past.ts';
import { Timeline } from './timeline/timeline.ts';
import type { Waiter } from './waiter.ts';
import { writersOf } from './writers.ts';
import { scenarioOf } from './scenario_of.ts';
import { silence } from './silence.ts';
import { logText } from './log_text.ts';

export interface Recording {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly desk: Desk;
  readonly hosts: readonly string[];
  readonly drive: (waiter: Waiter, say: (text: string) => void) => DriveParts;
}

/** Throws with the diagnostics when the text is no scenario. */
export function openRecording(
  engines: Engines,
  breakpoints: BreakpointTable,
  launch: LaunchParameters,
  listings: Listings = () => undefined,
): Recording {
  const scenario = scenarioOf(launch);
  silence();
  const start = engines.debug.buildWorld(scenario, launch.seed);
  const timeline = new Timeline(engines, start);
  const rearm = (): void => breakpoints.arm();
  const desk = new Desk(
    start,
    new PastStacks(timeline, engines, rearm),
    new ChartMaker(timeline, engines, rearm),
    new WhatIf(launch, scenario, engines, listings, rearm),
    writersOf(timeline),
    listings,
  );
  return {
    scenario,
    timeline,
    desk,
    hosts: scenario.hosts.map((host) => host.name),
    drive: (waiter, say) => ({
      engines,
      timeline,
      breakpoints,
      scout: new Scout(),
      waiter,
      until: launch.until ?? FOREVER,
      stopAtEnd: launch.stopAtEnd && !launch.noDebug,
      log: (text: string, world: World) => say(logText(text, world)),
    }),
  };
}
