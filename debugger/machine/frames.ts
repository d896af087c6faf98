/**
 * Code that can wait. A `function*` of the engine becomes a frame, a plain record, on a context's own stack (build/engine),
 * so whoever waits is data: it can be copied, hashed and shown, and going on costs the same at any depth.
 */

/** What a `function*` of the engine returns. In the source it looks like a generator; at run time it is its frame. */
export type Resumable<T> = Generator<void, T, void>;

/** A lowered function under way. Parameters and locals lie beside these three under their own names. */
export interface Frame {
  /** Number of the function, the same in both builds. */
  fn: number;
  /** 0 before the first step, else the ordinal of the `yield` where it waits. */
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

/** Runs a frame to its next wait: 0 where the top of the stack changed, YIELD where time may pass. */
type Step = (frame: Frame, context: Context) => number;

/** Filled by the lowered modules as they load; never changed afterwards. */
export const $steps: Step[] = [];

/** Puts a call on top of a context: `push(context, net_rx_action(cpu))`. */
export function push(context: Context, resumable: Resumable<unknown>): void {
  context.frames.push(resumable as unknown as Frame);
}

/** Goes on where the context waits, until it waits again (YIELD) or nothing is left of it (DONE). */
export function resume(context: Context): number {
  const frames = context.frames;
  while (frames.length > 0) {
    const frame = frames[frames.length - 1]!;
    if ($steps[frame.fn]!(frame, context) === YIELD) return YIELD;
  }
  return DONE;
}

/** A frame's label that its function does not have: the world comes from another version of the sources. */
export function $lost(frame: Frame): never {
  throw new Error(`function ${frame.fn} has no label ${frame.label}`);
}
