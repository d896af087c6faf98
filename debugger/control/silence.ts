/** Nobody listens to the probe and nothing is armed: how a world is built, and how a session leaves the thread. */
import { disarmAll, forget, setHandlers, setLimit } from './probe.ts';

const ignore = (): void => undefined;

export function silence(): void {
  forget();
  disarmAll();
  setLimit(null);
  setHandlers({ onTick: ignore, onEnter: ignore, onTrace: null });
}
