/** User memory of a process's transfers: what send takes, what recv fills. */
import { MSG_ERRQUEUE, MSG_ZEROCOPY } from '../../kernel/include/linux/socket.ts';
import type { recverr_cmsg } from '../../kernel/include/linux/errqueue.ts';
import type { sockaddr_in } from '../../kernel/include/linux/socket.ts';
import type { Lineage } from '../../kernel/include/linux/skbuff.ts';
import type { iov_iter, iovec, msghdr } from '../../kernel/include/net/sock.ts';
import { createMsghdr } from '../../kernel/net/socket/msghdr.ts';
import { take_bytes } from '../../machine/memory.ts';
import type { Cpu } from '../../machine/types.ts';
import { addressValue } from './packet.ts';
import { createBuffer } from './value.ts';
import type { BufferValue, EndpointValue, ExtendedErrorValue, ListValue, Program, Value } from './value.ts';

/** Largest buffer that a scenario may ask for: bounded memory. */
export const LARGEST_BUFFER = 64 * 1024 * 1024;

/** Bytes of `data`: a text's, a buffer's, or that many pattern bytes; null when it is none of these. */
function bytesOf(data: Value): Uint8Array | null {
  if (typeof data === 'string') return textBytes(data);
  if (typeof data === 'number') return data >= 0 && data <= LARGEST_BUFFER ? patternBytes(data) : null;
  if (typeof data === 'object' && data !== null && data.kind === 'buffer') return data.bytes.subarray(0, data.length);
  return null;
}

/** UTF-8 without an encoder of the platform: the engine uses none. */
function textBytes(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return Uint8Array.from(bytes);
}

/** 'a' to 'z' over and over: readable in a hex dump, and every offset can be told from its neighbours. */
function patternBytes(length: number): Uint8Array {
  return length <= PATTERN.length ? PATTERN.subarray(0, length) : fillPattern(new Uint8Array(length));
}

function fillPattern(bytes: Uint8Array): Uint8Array {
  for (let i = 0; i < bytes.length; i++) bytes[i] = 97 + (i % 26);
  return bytes;
}

/** The pattern up to the largest datagram, made once: nobody writes to what a process sends. */
const PATTERN = fillPattern(new Uint8Array(65536));

/** Memory of a program: what its pieces hold, one after another, and which pieces they are. */
export interface Pieces { bytes: Uint8Array; iov: iovec[] | null }

/** Bytes at NULL, of which there are none: a page. */
const AT_NULL = 4096;
const nothing = (): iovec => ({ iov_base: null, iov_len: AT_NULL });

/** What is to be sent: of a list each element is a piece (msg_iov), NULL is one without memory. Null when it cannot be sent. */
export function piecesOf(data: Value): Pieces | null {
  if (data === null) return { bytes: new Uint8Array(0), iov: [nothing()] };
  if (typeof data === 'object' && data.kind === 'list') return joined(data.items);
  const bytes = bytesOf(data);
  return bytes === null ? null : { bytes, iov: null };
}

function joined(items: readonly Value[]): Pieces | null {
  const parts: (Uint8Array | null)[] = [];
  const iov: iovec[] = [];
  let length = 0;
  for (const item of items) {
    const bytes = item === null ? null : bytesOf(item);
    if (bytes === null && item !== null) return null;
    const piece = bytes === null ? nothing() : { iov_base: length, iov_len: bytes.length };
    parts.push(bytes);
    iov.push(piece);
    length += piece.iov_len;
  }
  if (length > LARGEST_BUFFER) return null;
  const all = new Uint8Array(length);
  for (let i = 0; i < parts.length; i++) if (parts[i] !== null) all.set(parts[i]!, iov[i]!.iov_base!);
  return { bytes: all, iov };
}

/** Room that a receiver asks for, in one piece or in several; null when it asks for too much. */
export function roomOf(size: Value): { size: number; iov: iovec[] | null } | null {
  if (typeof size === 'number') return size >= 0 && size <= LARGEST_BUFFER ? { size, iov: null } : null;
  const items = typeof size === 'object' && size !== null && size.kind === 'list' ? size.items : [size];
  const iov: iovec[] = [];
  let length = 0;
  for (const item of items) {
    const piece = item === null ? nothing() : { iov_base: length, iov_len: typeof item === 'number' ? item : -1 };
    if (piece.iov_len < 0) return null;
    iov.push(piece);
    length += piece.iov_len;
  }
  return length > LARGEST_BUFFER ? null : { size: length, iov };
}

/** The bytes in pages of the program's own, for a send that does not copy them: they must not change until the kernel says so. */
function ownPages(cpu: Cpu, bytes: Uint8Array): Uint8Array {
  const pages = take_bytes(cpu.world.memory, bytes.length);
  pages.set(bytes);
  return pages;
}

const AF_INET = 2;
const AF_INET6 = 10;
const AF_PACKET = 17;

/** The kernel's address; a number is an address family with nothing behind it. Null when the value is none. */
export function sockaddrOf(value: Value | undefined): sockaddr_in | null {
  if (typeof value === 'number') return { family: value, addr: 0, port: 0, ll: null, sin6_addr: null };
  if (typeof value !== 'object' || value === null) return null;
  if (value.kind === 'endpoint') return sockaddrOfEndpoint(value);
  return value.kind === 'sockaddr_ll' ? { family: AF_PACKET, addr: 0, port: 0, ll: value, sin6_addr: null } : null;
}

/** An address and a port: struct sockaddr_in, or sockaddr_in6. */
function sockaddrOfEndpoint({ address, port }: EndpointValue): sockaddr_in {
  if (typeof address === 'string') return { family: AF_INET6, addr: 0, port, ll: null, sin6_addr: address };
  return { family: AF_INET, addr: address, port, ll: null, sin6_addr: null };
}

/** A message to send with `flags`; its lineage is the root of all that is made of these bytes. */
export function outgoing(cpu: Cpu, data: Pieces, to: sockaddr_in | null, flags: number): msghdr {
  const bytes = (flags & MSG_ZEROCOPY) === 0 ? data.bytes : ownPages(cpu, data.bytes);
  return createMsghdr(to, 0, iteratorOf({ bytes, iov: data.iov }), 0, writeLineage(cpu, bytes.length));
}

/** The root of all that is made of bytes that are written now. */
export function writeLineage(cpu: Cpu, length: number): Lineage {
  const world = cpu.world;
  return {
    kind: 'write', id: world.next_id++, event: world.event, time: cpu.now, host: cpu.host.name, from: [], offset: 0, length,
    line: (cpu.current.program as Program).line,
  };
}

/** The kernel's way through the pieces, `count` bytes. */
export function iteratorOf(data: Pieces, count: number = countOf(data)): iov_iter {
  return { bytes: data.bytes, offset: 0, count, iov: data.iov, bvec: null };
}

/** What import_ubuf finds; a message's pieces are counted by import_iovec. */
function countOf({ bytes, iov }: Pieces): number {
  return iov === null ? bytes.length : iov.reduce((sum, { iov_len }) => sum + iov_len, 0);
}

/** Room for `size` bytes to be received, in the pieces `iov`: see faultIn. `controllen`: room for control messages, which only recvmsg has. */
export function incoming(cpu: Cpu, size: number, iov: iovec[] | null, controllen: number = 0): msghdr {
  const iter = iteratorOf({ bytes: take_bytes(cpu.world.memory, 0), iov }, size);
  return createMsghdr({ family: 0, addr: 0, port: 0, ll: null, sin6_addr: null }, 0, iter, controllen, null);
}

/** What recv answers with: the message's bytes, `copied` or as many as there was room for. Those of the error queue the program knows already. */
export function received(program: Program, msg: msghdr, copied: number, size: number): BufferValue {
  if ((msg.msg_flags & MSG_ERRQUEUE) === 0) program.received_bytes += copied;
  const { msg_name, msg_flags, cmsg, iter } = msg;
  const length = Math.min(copied, size);
  const buffer = createBuffer(iter.bytes.length < length ? untouched(iter.bytes, length) : iter.bytes, length);
  buffer.ret = copied;
  buffer.flags = msg_flags;
  buffer.gso_size = cmsg.gso_size;
  buffer.inq = cmsg.inq;
  buffer.control = msg.msg_control;
  if (cmsg.timestamp !== 0) buffer.timestamp = cmsg.timestamp;
  buffer.ts = timesOf(cmsg.timestamping);
  if (cmsg.opt_stats !== null) buffer.opt_stats = attributesOf(cmsg.opt_stats);
  buffer.lineage = msg.read;
  if (cmsg.recverr !== null) buffer.error = extendedError(cmsg.recverr);
  if (msg_name !== null) buffer.from = senderOf(msg_name);
  if (iter.iov !== null) buffer.pieces = iter.iov.map(({ iov_len }) => iov_len);
  return buffer;
}

/** TCP throws bytes away with MSG_TRUNC and writes none: the memory stays as it was. */
function untouched(bytes: Uint8Array, length: number): Uint8Array {
  const whole = new Uint8Array(length);
  whole.set(bytes);
  return whole;
}

function timesOf(timestamping: msghdr['cmsg']['timestamping']): ListValue | null {
  return timestamping === null ? null : { kind: 'list', items: timestamping };
}

/** Netlink attributes by their type; what is not there is 0. */
function attributesOf(bytes: Uint8Array): ListValue {
  const items: number[] = [];
  for (let at = 0; at < bytes.length; at += (bytes[at]! + 3) & ~3) {
    const type = bytes[at + 2]!;
    while (items.length <= type) items.push(0);
    items[type] = bytes.subarray(at + 4, at + bytes[at]!).reduceRight((sum, byte) => sum * 256 + byte, 0);
  }
  return { kind: 'list', items };
}

function senderOf(name: NonNullable<msghdr['msg_name']>): BufferValue['from'] {
  if (name.ll !== null) return addressValue(name.ll);
  if (name.sin6_addr !== null) return { kind: 'endpoint', address: name.sin6_addr, port: name.port };
  return name.addr === 0 && name.port === 0 ? null : { kind: 'endpoint', address: name.addr, port: name.port };
}

/** The control message IP_RECVERR, as the program reads it. */
function extendedError({ ee, offender }: recverr_cmsg): ExtendedErrorValue {
  return { kind: 'sock_extended_err', ...ee, offender: offender === 0 ? null : { kind: 'endpoint', address: offender, port: 0 } };
}
