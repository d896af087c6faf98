/**
 * Code that can wait. A `function*` of the engine runs as a plain function as far as it comes (build/engine). Where it waits it becomes a frame,
 * a plain record, on a context's own stack, and so do its callers: whoever waits is data, which can be copied, hashed and shown.
 */

/** What a `function*` of the engine returns. In the source it looks like a generator; at run time it is its value, or $WAIT. */
export type Resumable<T> = Generator<void, T, void>;

/** A lowered function under way. Parameters and locals lie beside these three under their own names. */
export interface Frame {
  /** Number of the function, the same in both builds. */
  fn: number;
  /** 0 before it began, else the ordinal of the `yield` where it waits. */
  label: number;
  // biome-ignore lint/suspicious/noExplicitAny: the fields of a frame are the locals of any function
  [name: string]: any;
}

/** A stack of frames, the running one last. */
export interface Context {
  frames: Frame[];
  /** What the last frame that ended returned. */
  ret: unknown;
}

/** The context came to a `yield`; resume it when its time has come. */
export const YIELD = 1;
/** Its last frame ended; the result is in `ret`. */
export const DONE = 2;

/** Runs a frame to its end (0: the top of the stack changed) or to its next wait (YIELD). */
type Step = (frame: Frame, context: Context) => number;

/** Filled by the lowered modules as they load; never changed afterwards. */
export const $steps: Step[] = [];

/** What a lowered function answers when it waits; its frame lies in `held` then. */
export const $WAIT = Symbol('waits');

/** Frames on their way into a context, innermost first; empty between two events. */
const held: Frame[] = [];

/** Puts the frame of a function that comes to wait aside. */
export function $hold(frame: Frame): typeof $WAIT {
  held.push(frame);
  return $WAIT;
}

/** Puts a call on top of a context, to begin when that is resumed: `start(context, net_rx_action, cpu)`. */
export function start<A extends unknown[]>(context: Context, f: (...args: A) => Resumable<unknown>, ...args: A): void {
  context.frames.push((f as unknown as { frame: (...args: A) => Frame }).frame(...args));
}

/** Goes on where the context waits, until it waits again (YIELD) or nothing is left of it (DONE). */
export function resume(context: Context): number {
  const frames = context.frames;
  while (frames.length > 0) {
    const frame = frames[frames.length - 1]!;
    if ($steps[frame.fn]!(frame, context) !== YIELD) {
      if (held.length > 0) throw lost_wait(frame);
      continue;
    }
    while (held.length > 0) frames.push(held.pop()!);
    context.ret = undefined;
    return YIELD;
  }
  return DONE;
}

/** Somebody called what may wait without `yield*`, and took its $WAIT for a value. */
function lost_wait(frame: Frame): Error {
  return new Error(`function ${held[0]!.fn} waits, but whoever called it in function ${frame.fn} went on: call it with yield*`);
}

/** A frame's label that its function does not have: the world comes from another version of the sources. */
export function $lost(frame: Frame): never {
  throw new Error(`function ${frame.fn} has no label ${frame.label}`);
}
