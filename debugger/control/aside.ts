/** Another world runs for a while; then the stopped one stands as it stood. */
import { parkEvent } from './context.ts';

/** `rearm` sets the breakpoints again, which a replay may have replaced by its own. */
export function aside<T>(rearm: () => void, look: () => T): T {
  const takeUp = parkEvent();
  try {
    return look();
  } finally {
    takeUp();
    rearm();
  }
}
