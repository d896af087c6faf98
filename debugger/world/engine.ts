/** What a build of the engine offers to whoever drives it: the same in the fast and in the debug bundle. */
export { buildWorld } from './build.ts';
export { run } from './run.ts';
export type { BeforeEvent, RunEnd, RunLimit } from './run.ts';
