/** The frames of two runs side by side: which are the same, which come at another time, which only one of them has. */
import { directionTo } from '../lanes/detail.ts';
import { FrameTexts } from './frame_text.ts';
import type { Flight } from '../../machine/frame_tap.ts';
import type { Frame } from '../../machine/wire.ts';

/** A frame as far as it is compared. */
interface Sent {
  /** ns at which its last bit left. */
  readonly time: number;
  readonly hash: number;
}

/** Frames by direction and by what a line says of them, in the order in which they set out. */
export class FrameLedger {
  readonly #texts = new FrameTexts();
  readonly directions = new Map<string, Map<string, Sent[]>>();

  /** A frame that has set out. */
  take({ frame, receiver, arrives }: Flight): void {
    const direction = directionTo(receiver);
    const frames = this.directions.get(direction) ?? new Map<string, Sent[]>();
    this.directions.set(direction, frames);
    const line = this.#texts.textOf(frame);
    const sent = { time: arrives - receiver.wire!.delay, hash: hashOf(frame) };
    const known = frames.get(line);
    if (known === undefined) frames.set(line, [sent]);
    else known.push(sent);
  }
}

/** FNV-1a of its bytes. */
function hashOf({ bytes, headroom, length }: Frame): number {
  let hash = 0x811c9dc5;
  for (let i = headroom; i < headroom + length; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
  return hash;
}

/** One frame that is not where the other run has it; a time (ns) is null where that run has none. */
export interface FrameChange {
  readonly line: string;
  readonly before: number | null;
  readonly after: number | null;
  /** Whether its bytes are the same; null where only one run has it. */
  readonly sameBytes: boolean | null;
}

export interface DirectionChange {
  readonly direction: string;
  /** Frames of each run. */
  readonly before: number;
  readonly after: number;
  /** In both at the same time, byte for byte. */
  readonly same: number;
  /** In both at the same time, with other bytes that the line does not tell: options, identification, checksum. */
  readonly altered: number;
  /** In both at another time; the shifts summed, ns, later is positive. */
  readonly moved: number;
  readonly shift: number;
  readonly onlyBefore: number;
  readonly onlyAfter: number;
  /** The first that differs in any way; null: none does. */
  readonly first: FrameChange | null;
}

/** A direction each; the k-th frame of a text in one run is the k-th of that text in the other. */
export function compareFrames(before: FrameLedger, after: FrameLedger): DirectionChange[] {
  const directions = [...new Set([...before.directions.keys(), ...after.directions.keys()])];
  return directions.map((direction) =>
    compareDirection(direction, before.directions.get(direction) ?? NONE, after.directions.get(direction) ?? NONE),
  );
}

type Frames = ReadonlyMap<string, readonly Sent[]>;
const NONE: Frames = new Map();

function compareDirection(direction: string, before: Frames, after: Frames): DirectionChange {
  const changes = [...new Set([...before.keys(), ...after.keys()])].flatMap((line) =>
    pairs(line, before.get(line) ?? [], after.get(line) ?? []),
  );
  const moved = changes.filter((each) => each.before !== null && each.after !== null && each.before !== each.after);
  const altered = changes.filter((each) => each.before === each.after).length;
  const onlyBefore = changes.filter((each) => each.after === null).length;
  return {
    direction,
    before: total(before),
    after: total(after),
    same: total(before) - moved.length - altered - onlyBefore,
    altered,
    moved: moved.length,
    shift: moved.reduce((sum, each) => sum + each.after! - each.before!, 0),
    onlyBefore,
    onlyAfter: changes.length - moved.length - altered - onlyBefore,
    first: changes.reduce<FrameChange | null>(
      (best, each) => (best === null || when(each) < when(best) ? each : best),
      null,
    ),
  };
}

const total = (frames: Frames): number => [...frames.values()].reduce((sum, sent) => sum + sent.length, 0);
const when = ({ before, after }: FrameChange): number => Math.min(before ?? Infinity, after ?? Infinity);

/** Those that differ. */
function pairs(line: string, before: readonly Sent[], after: readonly Sent[]): FrameChange[] {
  const all = Array.from({ length: Math.max(before.length, after.length) }, (_, k) => pair(line, before[k], after[k]));
  return all.filter((each) => each.before !== each.after || each.sameBytes === false);
}

const pair = (line: string, before: Sent | undefined, after: Sent | undefined): FrameChange => ({
  line,
  before: before?.time ?? null,
  after: after?.time ?? null,
  sameBytes: before === undefined || after === undefined ? null : before.hash === after.hash,
});
