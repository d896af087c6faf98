/**
 * Frames made by hand, for traffic that no program sends.
 *
 *   | Ethernet 14 | IPv4 20 | UDP 8 | payload |
 */
import { sum_bytes } from '../machine/frame_sum.ts';

interface UdpFrame {
  source_mac: readonly number[]; destination_mac: readonly number[];
  source: number; source_port: number; destination: number; destination_port: number; payload: number;
}

const ETHERNET = 14;
const IPV4 = 20;
const UDP = 8;

function put16(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 8;
  bytes[at + 1] = value & 0xff;
}

function put32(bytes: Uint8Array, at: number, value: number): void {
  put16(bytes, at, value >>> 16);
  put16(bytes, at + 2, value & 0xffff);
}

/** The Internet checksum (RFC 1071) of bytes[from, to) on top of `sum`. */
function internetChecksum(bytes: Uint8Array, from: number, to: number, sum: number): number {
  return ~sum_bytes(bytes, from, to - from, sum) & 0xffff;
}

/** A UDP datagram as a frame, with `headroom` free bytes before it; payload bytes count up from 0. */
export function udpFrame(frame: UdpFrame, headroom: number): { bytes: Uint8Array; length: number } {
  const length = ETHERNET + IPV4 + UDP + frame.payload;
  const bytes = new Uint8Array(headroom + Math.max(length, 60));
  const ip = headroom + ETHERNET;
  const udp = ip + IPV4;
  bytes.set(frame.destination_mac, headroom);
  bytes.set(frame.source_mac, headroom + 6);
  put16(bytes, headroom + 12, 0x0800);
  for (let i = 0; i < frame.payload; i++) bytes[udp + UDP + i] = i & 0xff;
  writeIpHeader(bytes, ip, frame);
  writeUdpHeader(bytes, ip, udp, frame);
  return { bytes, length: Math.max(length, 60) };
}

function writeIpHeader(bytes: Uint8Array, ip: number, frame: UdpFrame): void {
  bytes[ip] = 0x45;
  put16(bytes, ip + 2, IPV4 + UDP + frame.payload);
  put16(bytes, ip + 6, 0x4000);
  bytes[ip + 8] = 64;
  bytes[ip + 9] = 17;
  put32(bytes, ip + 12, frame.source);
  put32(bytes, ip + 16, frame.destination);
  put16(bytes, ip + 10, internetChecksum(bytes, ip, ip + IPV4, 0));
}

function writeUdpHeader(bytes: Uint8Array, ip: number, udp: number, frame: UdpFrame): void {
  const length = UDP + frame.payload;
  put16(bytes, udp, frame.source_port);
  put16(bytes, udp + 2, frame.destination_port);
  put16(bytes, udp + 4, length);
  let pseudo = 17 + length;
  for (let i = 12; i < 20; i += 2) pseudo += (bytes[ip + i]! << 8) | bytes[ip + i + 1]!;
  put16(bytes, udp + 6, internetChecksum(bytes, udp, udp + length, pseudo) || 0xffff);
}
