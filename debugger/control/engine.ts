/** The two builds of the engine as the debugger sees them. Worlds pass from one to the other at event boundaries. */
import type { Scenario } from '../../server/language/scenario.ts';
import type { World } from '../machine/types.ts';
import type { BeforeEvent, RunEnd, RunLimit } from '../world/run.ts';

export interface Engine {
  readonly buildWorld: (scenario: Scenario, seed: number) => World;
  readonly run: (world: World, limit: RunLimit, before: BeforeEvent | null) => RunEnd;
}

export interface Engines {
  /** Runs at full speed and cannot be stopped within an event. */
  readonly fast: Engine;
  /** Calls the probe of this thread at every tick. */
  readonly debug: Engine;
}

/** The fast build is a bundle of its own; it lies beside the bundle that asks. */
export async function loadFastEngine(url: string): Promise<Engine> {
  return (await import(url)) as Engine;
}
