/**
 * Frames on their way through a wire. Each stands in the queue of the machine it goes to until it arrives there, so looking before each event misses none.
 */
import type { HardwareEvent } from '../machine/event_queue.ts';
import type { Nic } from '../machine/nic.ts';
import type { World } from '../machine/types.ts';
import type { Frame } from '../machine/wire.ts';

export interface Flight {
  readonly frame: Frame;
  readonly receiver: Nic;
  /** ns at which its last bit arrives. */
  readonly arrives: number;
}

export class Flights {
  /** By host: numbers of queue entries seen. */
  readonly #seen: number[] = [];

  /** Before each event: those that have set out since the last look. */
  look(world: World, see: (flight: Flight) => void): void {
    for (const { index, hardware } of world.hosts) {
      const from = this.#seen[index] ?? 0;
      if (hardware.seq === from) continue;
      for (const event of hardware.heap)
        if (event.seq >= from && event.handler === 'wire_deliver') see(flightOf(event));
      this.#seen[index] = hardware.seq;
    }
  }
}

const flightOf = ({ target, detail, time }: HardwareEvent): Flight => ({
  frame: detail as Frame,
  receiver: target as Nic,
  arrives: time,
});
