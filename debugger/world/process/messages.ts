/** sendmsg, recvmsg and their forms for many messages, as a scenario calls them. */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import type { mmsghdr } from '../../kernel/include/net/sock.ts';
import { LARGEST_BUFFER, incoming, outgoing, piecesOf, received, roomOf, sockaddrOf } from './message.ts';
import type { Outcome } from './operators.ts';
import { controlOf } from './control.ts';
import { num, simple } from './syscall.ts';
import { typeOf } from './value.ts';
import type { Program, Value } from './value.ts';

/** Largest count of messages of one call (UIO_MAXIOV). */
const MOST_MESSAGES = 1024;
/** Bytes that a program keeps for control messages. */
const CONTROL_ROOM = 256;

/** Data, flags, and the address for msg_name. */
export function* sendmsg(cpu: Cpu, program: Program, a: readonly Value[]): Resumable<Outcome> {
  const pieces = piecesOf(a[1]!);
  if (pieces === null) return { failure: `cannot send ${typeOf(a[1]!)}: pieces are strings, buffers or sizes, ${LARGEST_BUFFER} bytes at most` };
  const control = controlOf(a[4]);
  if (typeof control === 'string') return { failure: control };
  const flags = num(a[2]);
  const msg = outgoing(cpu, pieces, sockaddrOf(a[3]), flags);
  msg.msg_control = control;
  const ret = yield* simple(cpu, program, 'sendmsg', [num(a[0]), msg, flags]);
  if (typeof ret === 'number' && ret > 0) program.sent_bytes += ret;
  return ret;
}

export function* recvmsg(cpu: Cpu, program: Program, fd: number, size: Value, flags: number): Resumable<Outcome> {
  const room = roomOf(size);
  if (room === null) return { failure: `recvmsg takes sizes, ${LARGEST_BUFFER} bytes at most` };
  const msg = incoming(cpu, room.size, room.iov, CONTROL_ROOM);
  const ret = yield* simple(cpu, program, 'recvmsg', [fd, msg, flags]);
  if (typeof ret !== 'number' || ret < 0) return ret;
  return received(program, msg, ret, room.size);
}

/** The same data in each of `count` messages. */
export function* sendmmsg(cpu: Cpu, program: Program, a: readonly Value[]): Resumable<Outcome> {
  const pieces = piecesOf(a[1]!);
  if (pieces === null) return { failure: `cannot send ${typeOf(a[1]!)}` };
  const count = num(a[2]);
  if (count < 0 || count > MOST_MESSAGES) return { failure: `sendmmsg takes 0 to ${MOST_MESSAGES} messages, not ${count}` };
  const control = controlOf(a[5]);
  if (typeof control === 'string') return { failure: control };
  const flags = num(a[3]);
  const mmsg: mmsghdr[] = [];
  for (let i = 0; i < count; i++) mmsg.push({ msg_hdr: outgoing(cpu, pieces, sockaddrOf(a[4]), flags), msg_len: 0 });
  for (const each of mmsg) each.msg_hdr.msg_control = control;
  const ret = yield* simple(cpu, program, 'sendmmsg', [num(a[0]), mmsg, flags]);
  for (const each of mmsg) program.sent_bytes += each.msg_len;
  return ret;
}

/** A list of the buffers that came. */
export function* recvmmsg(cpu: Cpu, program: Program, a: readonly Value[]): Resumable<Outcome> {
  const size = num(a[1]);
  const vlen = num(a[2]);
  if (size < 0 || size * vlen > LARGEST_BUFFER) return { failure: `${vlen} buffers of ${size} bytes are out of bounds` };
  if (vlen < 0 || vlen > MOST_MESSAGES) return { failure: `recvmmsg takes 0 to ${MOST_MESSAGES} messages, not ${vlen}` };
  const mmsg: mmsghdr[] = [];
  for (let i = 0; i < vlen; i++) mmsg.push({ msg_hdr: incoming(cpu, size, null, CONTROL_ROOM), msg_len: 0 });
  const ret = yield* simple(cpu, program, 'recvmmsg', [num(a[0]), mmsg, num(a[3]), a[4] === undefined || a[4] === null ? -1 : num(a[4])]);
  if (typeof ret !== 'number' || ret < 0) return ret;
  const items: Value[] = [];
  for (let i = 0; i < ret; i++) items.push(received(program, mmsg[i]!.msg_hdr, mmsg[i]!.msg_len, size));
  return { kind: 'list', items };
}
