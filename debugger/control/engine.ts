/** The two builds of the engine as the debugger sees them. Worlds pass from one to the other at event boundaries. */
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { compileFunction } from 'node:vm';
import type { Scenario } from '../../server/language/scenario.ts';
import type { World } from '../machine/types.ts';
import { unpacked } from './packed_table.ts';
import type { BeforeEvent, RunEnd, RunLimit } from '../world/run.ts';
import type { Wanted } from 'netpath:watch';

export interface Engine {
  readonly buildWorld: (scenario: Scenario, seed: number) => World;
  readonly run: (world: World, limit: RunLimit, before: BeforeEvent | null) => RunEnd;
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
  const loaded = (): Engine & Watching => (engine ??= load(file) as Engine & Watching);
  return {
    buildWorld: (scenario, seed) => loaded().buildWorld(scenario, seed),
    run: (world, limit, before) => loaded().run(world, limit, before),
    watchFor: (wanted) => loaded().watchFor(wanted),
    takeSeen: () => engine?.takeSeen() ?? false,
  };
}

/** A CommonJS module of our own build; one that ends in .br was packed by it (build/brotli.mjs). */
function load(file: URL): unknown {
  const [filename, require] = [fileURLToPath(file), createRequire(file)];
  if (!filename.endsWith('.br')) return require(filename);
  const module: { exports: unknown } = { exports: {} };
  const names = ['exports', 'require', 'module', '__filename'];
  compileFunction(unpacked(file), names, { filename })(module.exports, require, module, filename);
  return module.exports;
}
