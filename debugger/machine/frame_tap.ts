/**
 * Who hears of each frame that sets out on a wire: a capture, the Timeline, a comparison of runs. It is no part of the world: an engine has one listener, as it runs one
 * world at a time. Looking at the queues before each event would not do: a frame may arrive in the event in which it set out.
 */
import type { Nic } from './nic.ts';
import type { Frame } from './wire.ts';

export interface Flight {
  readonly frame: Frame;
  readonly receiver: Nic;
  /** ns at which its last bit arrives. */
  readonly arrives: number;
}

export type FrameListener = (flight: Flight) => void;

let listener: FrameListener | null = null;

/** null: nobody listens any more. */
export function tapFrames(next: FrameListener | null): void {
  listener = next;
}

export function frame_sets_out(receiver: Nic, frame: Frame, arrives: number): void {
  if (listener !== null) listener({ frame, receiver, arrives });
}
