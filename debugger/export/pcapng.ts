/** pcapng (draft-ietf-opsawg-pcapng): a section, an interface for each NIC with nanosecond stamps, a block for each frame. Little-endian. */

export interface CapturedFrame {
  /** Index of the interface. */
  readonly interface: number;
  /** ns */
  readonly time: number;
  readonly bytes: Uint8Array;
  readonly outgoing: boolean;
}

const SECTION = 0x0a0d0d0a;
const INTERFACE = 1;
const PACKET = 6;
const LINKTYPE_ETHERNET = 1;
const OPTION_END = 0;
const IF_NAME = 2;
const IF_TSRESOL = 9;
const EPB_FLAGS = 2;
const NANOSECONDS = 9;

const padded = (length: number): number => (length + 3) & ~3;

function block(type: number, body: Uint8Array): Uint8Array {
  const total = 12 + padded(body.length);
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, type, true);
  view.setUint32(4, total, true);
  bytes.set(body, 8);
  view.setUint32(total - 4, total, true);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function option(code: number, value: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + padded(value.length));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, code, true);
  view.setUint16(2, value.length, true);
  bytes.set(value, 4);
  return bytes;
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

function words(...values: number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setUint32(i * 4, value, true);
  return bytes;
}

/** Version 1.0, length of the section not told. */
function sectionBlock(): Uint8Array {
  return block(SECTION, words(0x1a2b3c4d, 0x00000001, 0xffffffff, 0xffffffff));
}

function interfaceBlock(name: string): Uint8Array {
  const options = [option(IF_NAME, text(name)), option(IF_TSRESOL, Uint8Array.of(NANOSECONDS)), words(OPTION_END)];
  return block(INTERFACE, joined([words(LINKTYPE_ETHERNET, 0), ...options]));
}

function packetBlock({ interface: index, time, bytes, outgoing }: CapturedFrame): Uint8Array {
  const head = words(index, Math.floor(time / 0x100000000), time % 0x100000000, bytes.length, bytes.length);
  const data = new Uint8Array(padded(bytes.length));
  data.set(bytes);
  return block(PACKET, joined([head, data, option(EPB_FLAGS, words(outgoing ? 2 : 1)), words(OPTION_END)]));
}

/** A whole file; frames in the order of their time. */
export function pcapng(interfaces: readonly string[], frames: readonly CapturedFrame[]): Uint8Array {
  const ordered = [...frames].sort((a, b) => a.time - b.time);
  return joined([sectionBlock(), ...interfaces.map(interfaceBlock), ...ordered.map(packetBlock)]);
}
