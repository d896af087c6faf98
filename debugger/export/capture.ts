/**
 * What each NIC sent and received, as a capture on the wire sees it: offloads done, checksums in. A frame on its way stands in the
 * queue of the machine it goes to until it arrives there, so looking before each event misses none.
 */
import type { HardwareEvent } from '../machine/event_queue.ts';
import type { Nic } from '../machine/nic.ts';
import type { World } from '../machine/types.ts';
import type { Frame } from '../machine/wire.ts';
import { type CapturedFrame, pcapng } from './pcapng.ts';

interface HostCapture {
  readonly interfaces: Nic[];
  readonly frames: CapturedFrame[];
}

export class Capture {
  readonly #hosts = new Map<string, HostCapture>();
  /** By host: numbers of queue entries seen. */
  readonly #seen: number[] = [];

  /** Before each event. */
  look(world: World): void {
    for (const host of world.hosts) {
      const from = this.#seen[host.index] ?? 0;
      if (host.hardware.seq === from) continue;
      for (const event of host.hardware.heap)
        if (event.seq >= from && event.handler === 'wire_deliver') this.#take(event);
      this.#seen[host.index] = host.hardware.seq;
    }
  }

  /** host -> its file. */
  files(): Map<string, Uint8Array> {
    return new Map(
      [...this.#hosts].map(([host, { interfaces, frames }]) => [
        host,
        pcapng(
          interfaces.map((nic) => nic.name),
          frames,
        ),
      ]),
    );
  }

  #take({ target, detail, time }: HardwareEvent): void {
    const receiver = target as Nic;
    const frame = detail as Frame;
    this.#add(receiver, frame, time, false);
    const wire = receiver.wire;
    const sender = wire?.ends.find((end) => end !== receiver);
    if (wire && sender && frame.lineage.kind !== 'outside') this.#add(sender, frame, time - wire.delay, true);
  }

  #add(nic: Nic, frame: Frame, time: number, outgoing: boolean): void {
    const host = this.#hosts.get(nic.host.name) ?? { interfaces: [], frames: [] };
    this.#hosts.set(nic.host.name, host);
    let index = host.interfaces.indexOf(nic);
    if (index < 0) index = host.interfaces.push(nic) - 1;
    host.frames.push({
      interface: index,
      time,
      outgoing,
      bytes: frame.bytes.slice(frame.headroom, frame.headroom + frame.length),
    });
  }
}
