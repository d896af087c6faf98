/** Frames on their way through a wire: each stands in the queue of the machine that it goes to. */
import type { HardwareEvent } from '../machine/event_queue.ts';
import type { Flight } from '../machine/frame_tap.ts';
import type { Nic } from '../machine/nic.ts';
import type { World } from '../machine/types.ts';
import type { Frame } from '../machine/wire.ts';

/** Those that have set out and not arrived, in the order in which they set out to each machine. */
export function flightsOf(world: World): Flight[] {
  return world.hosts.flatMap(({ hardware }) =>
    hardware.heap
      .filter(({ handler }) => handler === 'wire_deliver')
      .sort((a, b) => a.seq - b.seq)
      .map(flightOf),
  );
}

const flightOf = ({ target, detail, time }: HardwareEvent): Flight => ({
  frame: detail as Frame,
  receiver: target as Nic,
  arrives: time,
});
