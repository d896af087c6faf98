/** What the NIC does to the bytes themselves: puts in transport checksums, cuts large segments, verifies received frames. */
import { get16, get32, put16, put32 } from './frame_words.ts';
import { copy_frame_part, sum_bytes } from './frame_sum.ts';
import { createFrame, RX_HEADROOM, take_frame_bytes } from './wire.ts';
import type { Frame } from './wire.ts';
import type { Nic, TxDescriptor } from './nic.ts';
import type { Host } from './types.ts';

/** The context descriptor: offsets from the frame's first byte. `mss` 0: only the checksum, else TSO (or UDP segmentation). */
export interface TxOffload {
  ip_offset: number;
  l4_offset: number;
  /** Where the checksum is put, from l4_offset: 16 TCP, 6 UDP. */
  csum_offset: number;
  mss: number;
  hdr_len: number;
}

const TCP = 6;
const UDP = 17;
const TCP_FIN_PSH = 0x09;
const TCP_CWR = 0x80;

/** The frames of a packet whose data have been read. */
export function make_frames(host: Host, nic: Nic, descriptor: TxDescriptor, time: number): void {
  const offload = descriptor.offload;
  if (offload !== null && offload.mss > 0) {
    segment(host, nic, descriptor, offload, time);
    return;
  }
  if (offload !== null) insert_checksum(descriptor.bytes, descriptor.headroom, descriptor.length, offload);
  const frame = createFrame(host.world, descriptor.bytes, descriptor.length, time, host.name, descriptor.lineage, descriptor.lineage.offset);
  if (descriptor.by_hand) frame.checksum = 'unknown';
  descriptor.frames.push(frame);
}

/** The stack has left the pseudo-header's sum in the field: the sum over all of the segment completes it. */
function insert_checksum(bytes: Uint8Array, headroom: number, length: number, offload: TxOffload): void {
  const start = headroom + offload.l4_offset;
  const check = ~sum_bytes(bytes, start, headroom + length - start, 0) & 0xffff;
  put16(bytes, start + offload.csum_offset, check === 0 && offload.csum_offset === 6 ? 0xffff : check);
}

/** Cuts a large segment: headers repeated, lengths, identification, sequence numbers, flags and checksums set in each. */
function segment(host: Host, nic: Nic, descriptor: TxDescriptor, offload: TxOffload, time: number): void {
  nic.TSCTC++;
  const payload = descriptor.length - offload.hdr_len;
  let index = 0;
  for (let at = 0; at < payload; at += offload.mss, index++) {
    const size = Math.min(offload.mss, payload - at);
    const bytes = take_frame_bytes(host.world, offload.hdr_len + size);
    copy_frame_part(descriptor.bytes, descriptor.headroom, bytes, RX_HEADROOM, offload.hdr_len);
    copy_frame_part(descriptor.bytes, descriptor.headroom + offload.hdr_len + at, bytes, RX_HEADROOM + offload.hdr_len, size);
    finish_segment(bytes, offload, size, index, at, at + size === payload ? nic.tcp_flags_last : ~TCP_FIN_PSH);
    descriptor.frames.push(createFrame(host.world, bytes, offload.hdr_len + size, time, host.name, descriptor.lineage, descriptor.lineage.offset + at));
  }
}

function finish_segment(bytes: Uint8Array, offload: TxOffload, size: number, index: number, at: number, flags: number): void {
  const ip = RX_HEADROOM + offload.ip_offset;
  const l4 = RX_HEADROOM + offload.l4_offset;
  const l4_len = offload.hdr_len - offload.l4_offset + size;
  const in6 = bytes[ip]! >> 4 === 6;
  const proto = bytes[in6 ? ip + 6 : ip + 9]!;
  if (in6) put16(bytes, ip + 4, l4_len);
  else finish_ipv4(bytes, ip, l4, l4_len, index);
  if (proto === TCP) {
    put32(bytes, l4 + 4, get32(bytes, l4 + 4) + at);
    bytes[l4 + 13] = bytes[l4 + 13]! & (index === 0 ? flags | TCP_CWR : flags & ~TCP_CWR);
  } else if (proto === UDP) put16(bytes, l4 + 4, l4_len);
  put16(bytes, l4 + offload.csum_offset, 0);
  const check = ~sum_bytes(bytes, l4, l4_len, in6 ? sum_bytes(bytes, ip + 8, 32, proto + l4_len) : sum_bytes(bytes, ip + 12, 8, proto + l4_len)) & 0xffff;
  put16(bytes, l4 + offload.csum_offset, check === 0 && proto === UDP ? 0xffff : check);
}

/** Length, identification and checksum of the segment's IPv4 header. */
function finish_ipv4(bytes: Uint8Array, ip: number, l4: number, l4_len: number, index: number): void {
  put16(bytes, ip + 2, l4 - ip + l4_len);
  put16(bytes, ip + 4, (get16(bytes, ip + 4) + index) & 0xffff);
  put16(bytes, ip + 10, 0);
  put16(bytes, ip + 10, ~sum_bytes(bytes, ip, l4 - ip, 0) & 0xffff);
}

/**
 * Whether the IP and transport checksums of a received frame are right. No bit falls over on the wire, so what its maker knows
 * of it still holds, and only those made by hand are summed.
 */
export function frame_checksum_ok(frame: Frame): boolean {
  if (frame.checksum === 'unknown') return sums_right(frame.bytes, frame.headroom, frame.length);
  return frame.checksum === 'right';
}

/** Sums a frame's IP header and, unless it is a fragment, its transport segment. */
export function sums_right(b: Uint8Array, headroom: number, length: number): boolean {
  const ip = headroom + 14;
  if (b[headroom + 12] === 0x86 && b[headroom + 13] === 0xdd) return sums_right6(b, ip, length);
  if (b[headroom + 12] !== 8 || b[headroom + 13] !== 0) return true;
  const ihl = (b[ip]! & 15) * 4;
  const total = get16(b, ip + 2);
  if (ihl < 20 || total < ihl || total + 14 > length) return false;
  if (sum_bytes(b, ip, ihl, 0) !== 0xffff) return false;
  const proto = b[ip + 9]!;
  if ((proto !== TCP && proto !== UDP) || (get16(b, ip + 6) & 0x3fff) !== 0) return true;
  if (proto === UDP && get16(b, ip + ihl + 6) === 0) return true;
  return sum_bytes(b, ip + ihl, total - ihl, sum_bytes(b, ip + 12, 8, proto + total - ihl)) === 0xffff;
}

/** The same over IPv6, whose header has no sum; what stands behind extension headers is not looked at. */
function sums_right6(b: Uint8Array, ip: number, length: number): boolean {
  const payload = get16(b, ip + 4);
  const proto = b[ip + 6]!;
  if (payload + 54 > length) return false;
  if (proto !== TCP && proto !== UDP) return true;
  return sum_bytes(b, ip + 40, payload, sum_bytes(b, ip + 8, 32, proto + payload)) === 0xffff;
}
