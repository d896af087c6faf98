/** A run in the debug build that writes down every function entered; it stops where the tree is full. */
import type { World } from '../machine/types.ts';
import type { RunEnd, RunLimit } from '../world/run.ts';
import type { Engine } from '../control/engine.ts';
import { setHandlers, startEvent, unattended } from '../control/probe.ts';
import { CALL_LIMIT, CallTree } from './call_tree.ts';

export function runTraced(
  debug: Engine,
  world: World,
  limit: RunLimit,
  facts: boolean,
): { end: RunEnd; tree: CallTree } {
  const tree = new CallTree(facts);
  unattended((fn) => tree.enter(fn));
  const end = debug.run(world, limit, (at, next) => {
    startEvent();
    tree.startEvent(at, next);
    return tree.calls >= CALL_LIMIT;
  });
  setHandlers({ onTrace: null });
  return { end, tree };
}
