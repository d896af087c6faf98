/** A run from its beginning in the debug build, for somebody who looks at every statement. */
import type { Scenario } from '../../../server/language/scenario.ts';
import type { World } from '../../machine/types.ts';
import type { Engine } from '../engine.ts';
import type { Moment } from '../moment.ts';
import { unattended } from '../probe.ts';
import { replay } from '../timeline/replay.ts';

export interface WatchedRun {
  readonly debug: Engine;
  readonly scenario: Scenario;
  readonly seed: number;
  /** It is watched up to this event. */
  readonly events: number;
  /** ns */
  readonly until: number;
  /** Throws to break off; asked before each event. */
  readonly poll: () => void;
}

export interface RunLook {
  readonly tick: (world: World, tick: number) => void;
  /** Before each event; true when enough was seen. */
  readonly boundary: (world: World) => boolean;
}

export function watchRun(run: WatchedRun, look: RunLook): void {
  unattended(null);
  replay(
    run.debug,
    run.debug.buildWorld(run.scenario, run.seed),
    { event: run.events, tick: 0 },
    {
      wants: () => true,
      tick: look.tick,
      boundary: (world) => world.now > run.until || look.boundary(world),
      poll: run.poll,
    },
  );
}

/** The run as it stands at a moment within an event; what the probe knows of it is there as well. */
export function runTo(run: WatchedRun, moment: Moment): World {
  unattended(null);
  const world = run.debug.buildWorld(run.scenario, run.seed);
  replay(run.debug, world, moment, { wants: () => false, tick: () => undefined, poll: run.poll });
  return world;
}
