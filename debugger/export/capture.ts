/**
 * What each NIC sent and received, as a capture on the wire sees it: offloads done, checksums in.
 */
import type { Nic } from '../machine/nic.ts';
import type { Flight } from '../machine/frame_tap.ts';
import type { Frame } from '../machine/wire.ts';
import { type CapturedFrame, pcapng } from './pcapng.ts';

interface HostCapture {
  readonly interfaces: Nic[];
  readonly frames: CapturedFrame[];
}

export class Capture {
  readonly #hosts = new Map<string, HostCapture>();

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

  /** A frame that has set out. */
  take({ receiver, frame, arrives }: Flight): void {
    this.#add(receiver, frame, arrives, false);
    const wire = receiver.wire;
    const sender = wire?.ends.find((end) => end !== receiver);
    if (wire && sender && frame.lineage.kind !== 'outside') this.#add(sender, frame, arrives - wire.delay, true);
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
