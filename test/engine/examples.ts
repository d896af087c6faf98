/** The examples as the engine's tests use them, and the two builds of the engine. */
import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Engine from '../../debugger/world/engine.ts';
import type { Scenario } from '../../server/language/scenario.ts';
import { analyse } from '../../server/language/analyse.ts';

/** File names of the examples that stand in `folder`. */
export function exampleNames(folder = 'examples'): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.netpath')).map((name) => join(folder, name));
}

/** The compiled scenario; throws with the diagnostics when it has any error. */
export function scenarioOf(file: string): Scenario {
  return compile(readFileSync(file, 'utf8'), file);
}

export function compile(text: string, file: string): Scenario {
  const { scenario, diagnostics } = analyse(text, file);
  if (scenario === null) throw new Error(`${file}: ${diagnostics.map((each) => each.message).join('; ')}`);
  return scenario;
}

/** The bundle as it ships. */
export async function loadEngine(build: 'fast' | 'debug'): Promise<typeof Engine> {
  const bundle = build === 'fast' ? 'dist/engine-fast.cjs' : 'dist/engine-debug.js';
  const module = (await import(pathToFileURL(resolve(bundle)).href)) as typeof Engine & { default?: typeof Engine };
  return module.default ?? module;
}

/** No limit: until nothing is left to happen. */
export const TO_THE_END = { event: Number.MAX_SAFE_INTEGER, time: Number.MAX_SAFE_INTEGER };
