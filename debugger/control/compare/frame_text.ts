/** What a frame says, in the terms in which two runs can be compared: TCP's numbers count from the first of their direction, since that one depends on the clock. */
import { decodeFrame, type Packet } from '../../inspect/headers/packet.ts';
import { packetLine } from '../../inspect/headers/line.ts';
import type { Frame } from '../../machine/wire.ts';

export class FrameTexts {
  /** By addresses and ports of a direction: its first sequence number. */
  readonly #first = new Map<string, number>();

  textOf(frame: Frame): string {
    return packetLine(this.#relative(decodeFrame(frame.bytes, frame.headroom, frame.headroom + frame.length)));
  }

  #relative(packet: Packet): Packet {
    const { tcp } = packet;
    const ip = packet.ip ?? packet.ip6;
    if (!ip || !tcp) return packet;
    const here = `${ip.saddr} ${tcp.source} ${ip.daddr} ${tcp.dest}`;
    const there = `${ip.daddr} ${tcp.dest} ${ip.saddr} ${tcp.source}`;
    if (!this.#first.has(here)) this.#first.set(here, tcp.seq);
    const seq = (tcp.seq - this.#first.get(here)!) >>> 0;
    const ack_seq = (tcp.ack_seq - (this.#first.get(there) ?? 0)) >>> 0;
    return { ...packet, tcp: { ...tcp, seq, ack_seq } };
  }
}
