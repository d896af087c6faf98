/** The two builds of the engine as the debugger sees them. Worlds pass from one to the other at event boundaries. */
import type { Scenario } from '../../server/language/scenario.ts';
import type { FrameListener } from '../machine/frame_tap.ts';
import type { World } from '../machine/types.ts';
import { loadModule } from './packed_module.ts';
import type { BeforeEvent, RunEnd, RunLimit } from '../world/run.ts';
import type { Wanted } from 'netpath:watch';

export interface Engine {
  readonly buildWorld: (scenario: Scenario, seed: number) => World;
  readonly run: (world: World, limit: RunLimit, before: BeforeEvent | null) => RunEnd;
  /** Who hears of frames from now on; null: nobody. */
  readonly tapFrames: (listener: FrameListener | null) => void;
}

/** What `work` answers; meanwhile each frame that sets out is told. */
export function withFrames<T>(engine: Engine, listener: FrameListener, work: () => T): T {
  engine.tapFrames(listener);
  try {
    return work();
  } finally {
    engine.tapFrames(null);
  }
}

/** What the watch build tells (watch.ts). */
export interface Watching {
  readonly watchFor: (wanted: Wanted) => void;
  readonly takeSeen: () => boolean;
}

export interface Engines {
  /** The watch build: runs at full speed, cannot be stopped within an event, and tells whether somebody may stop in it. */
  readonly fast: Engine & Watching;
  /** Calls the probe of this thread at every tick. */
  readonly debug: Engine;
}

/** The fast build is a bundle of its own, loaded when it is first needed: most first stops come without it. */
export function lazyEngine(file: URL): Engine & Watching {
  let engine: (Engine & Watching) | null = null;
  const loaded = (): Engine & Watching => (engine ??= loadModule(file) as Engine & Watching);
  return {
    buildWorld: (scenario, seed) => loaded().buildWorld(scenario, seed),
    run: (world, limit, before) => loaded().run(world, limit, before),
    tapFrames: (listener) => loaded().tapFrames(listener),
    watchFor: (wanted) => loaded().watchFor(wanted),
    takeSeen: () => engine?.takeSeen() ?? false,
  };
}
