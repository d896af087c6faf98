/** A stretch of a run, watched: what each CPU did call by call, and the frames on each wire. */
import { flightsOf } from '../../inspect/flights.ts';
import type { Flight } from '../../machine/frame_tap.ts';
import type { Lineage } from '../../kernel/include/linux/skbuff.ts';
import { frameLine } from '../../inspect/summary.ts';
import type { Nic } from '../../machine/nic.ts';
import type { Cpu, World } from '../../machine/types.ts';
import { serialisation, type Wire } from '../../machine/wire.ts';
import { type Engine, withFrames } from '../engine.ts';
import { replay, type Watch } from '../timeline/replay.ts';
import { type Slice, Slices } from './slices.ts';
import { isShown } from './under_way.ts';

/** A frame on the wire: its first bit leaves at `from`, its last at `sent`, and that arrives at `to` (ns). */
export interface WatchedFrame {
  readonly name: string;
  readonly from: number;
  readonly sent: number;
  readonly to: number;
  readonly lineage: Lineage;
}

export interface Detail {
  /** Slices of a CPU (of any copy of the world) that end after `from`, in the order of their ends. */
  readonly slices: (cpu: Cpu) => readonly Slice[];
  /** Frames by `directionName`, in the order in which they set out. */
  readonly frames: ReadonlyMap<string, readonly WatchedFrame[]>;
  /** There were more slices than asked for: what is here ends before the stretch does. */
  readonly cut: boolean;
}

export interface Stretch {
  /** ns */
  readonly from: number;
  readonly to: number;
  /** It ends before this event in any case. */
  readonly event: number;
  readonly mostSlices: number;
}

/** Uses the world up, which stands somewhat before the stretch: an event that reaches into it may have begun earlier. */
export function watchStretch(debug: Engine, world: World, { from, to, event, mostSlices }: Stretch): Detail {
  const slices = new Slices(from);
  const frames = new Map<string, WatchedFrame[]>();
  let cut = false;
  const look: Watch = {
    wants: () => true,
    tick: (at) => slices.see(at, false),
    trace: (at, fn) => slices.see(at, isShown(fn)),
    boundary: (at, next) => {
      slices.boundary(next);
      cut = slices.count > mostSlices;
      return cut || at.now > to;
    },
    poll: () => undefined,
  };
  const add = (flight: Flight): void => addFlight(frames, to, flight);
  flightsOf(world).forEach(add);
  withFrames(debug, add, () => replay(debug, world, { event, tick: 0 }, look));
  slices.finish();
  return { slices: (cpu) => slices.of(cpu), frames, cut };
}

/** The last event may send frames that set out behind the stretch. */
function addFlight(lanes: Map<string, WatchedFrame[]>, to: number, { frame, receiver, arrives }: Flight): void {
  const wire = receiver.wire!;
  const lane = directionTo(receiver);
  const sent = arrives - wire.delay;
  const flight = {
    name: frameLine(frame),
    from: sent - serialisation(wire.rate, frame.length),
    sent,
    to: arrives,
    lineage: frame.lineage,
  };
  if (flight.from > to) return;
  const known = lanes.get(lane);
  if (known === undefined) lanes.set(lane, [flight]);
  else known.push(flight);
}

/** The direction by which frames come to a NIC. */
export function directionTo(receiver: Nic): string {
  const wire = receiver.wire!;
  return directionName({ wire, side: wire.ends[0] === receiver ? 1 : 0 });
}

export const directionName = ({ wire, side }: { wire: Wire; side: number }): string =>
  `${wire.name} from ${wire.ends[side]?.host.name ?? 'outside'}`;
