/** The scenario's system calls: from its values to the kernel's arguments, and back. */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import { do_syscall_64 } from '../../kernel/arch/x86/entry/do_syscall_64.ts';
import type { tpacket_stats } from '../../kernel/include/linux/if_packet.ts';
import type { epoll_event } from '../../kernel/include/linux/eventpoll.ts';
import type { inet_diag_sockid } from '../../kernel/net/ipv4/inet_diag.ts';
import { createSockoptValue } from '../../kernel/include/linux/socket.ts';
import type { sockaddr_in, sockopt_value } from '../../kernel/include/linux/socket.ts';
import { makeCmsg, makeInPktinfo } from './control.ts';
import { isNoSocket, readFile, writeFile } from './files.ts';
import { misfit } from './arguments.ts';
import { incoming, outgoing, piecesOf, received, roomOf, sockaddrOf } from './message.ts';
import type { Failure, Outcome } from './operators.ts';
import { recvmmsg, recvmsg, sendmmsg, sendmsg } from './messages.ts';
import { TP_SET_STATUS, addressValue, makePacketMreq, makeSockaddrLl, makeTpacketReq, mmap } from './packet.ts';
import { makeTcpMd5sig, optionRecord } from './option_structs.ts';
import { pipe2, sendfile, splice, tee } from './pipes.ts';
import { FD_CLR, FD_ISSET, FD_SET, FD_ZERO, select } from './select.ts';
import { milliseconds, poll, pollfd } from './poll.ts';
import { num, simple } from './syscall.ts';
import { createBuffer, typeOf } from './value.ts';
import type { Program, Value } from './value.ts';

const AF_INET = 2;
const SOL_SOCKET = 1;
const SOL_PACKET = 263;
const SO_RCVTIMEO = 20;
const SO_SNDTIMEO = 21;
const SO_LINGER = 13;
const SO_MEMINFO = 55;

/** One system call of the scenario. Missing optional arguments are absent from `a`. */
type Call = (cpu: Cpu, program: Program, a: readonly Value[]) => Resumable<Outcome>;

const calls: Record<string, Call> = {
  socket: (cpu, program, a) => simple(cpu, program, 'socket', [num(a[0]), num(a[1]), num(a[2])]),
  bind: (cpu, program, a) => simple(cpu, program, 'bind', [num(a[0]), sockaddrOf(a[1])!]),
  connect: (cpu, program, a) => simple(cpu, program, 'connect', [num(a[0]), sockaddrOf(a[1])!]),
  listen: (cpu, program, a) => simple(cpu, program, 'listen', [num(a[0]), num(a[1])]),
  accept4: (cpu, program, a) => simple(cpu, program, 'accept4', [num(a[0]), null, num(a[1])]),
  shutdown: (cpu, program, a) => simple(cpu, program, 'shutdown', [num(a[0]), num(a[1])]),
  close: (cpu, program, a) => simple(cpu, program, 'close', [num(a[0])]),
  sock_destroy: (cpu, program, a) => simple(cpu, program, 'sock_destroy', [num(a[0]), sockid(sockaddrOf(a[1])!, sockaddrOf(a[2]))]),
  setsockopt: (cpu, program, a) => simple(cpu, program, 'setsockopt', [num(a[0]), num(a[1]), num(a[2]), option(num(a[1]), num(a[2]), a[3])]),
  getsockopt: getsockopt,
  getsockname: (cpu, program, a) => name(cpu, program, num(a[0]), 'getsockname'),
  getpeername: (cpu, program, a) => name(cpu, program, num(a[0]), 'getpeername'),
  send: (cpu, program, a) => transmit(cpu, program, num(a[0]), a[1]!, null, num(a[2])),
  open: (cpu, program, a) => simple(cpu, program, 'openat', [String(a[0]), num(a[1])]),
  write: write,
  sendto: (cpu, program, a) => transmit(cpu, program, num(a[0]), a[1]!, a[2]!, num(a[3])),
  recv: (cpu, program, a) => receive(cpu, program, num(a[0]), a[1]!, num(a[2])),
  recvfrom: (cpu, program, a) => receive(cpu, program, num(a[0]), a[1]!, num(a[2])),
  read: read,
  sendfile: sendfile,
  pipe2: pipe2,
  splice: splice,
  tee: tee,
  sendmsg: (cpu, program, a) => sendmsg(cpu, program, a),
  recvmsg: (cpu, program, a) => recvmsg(cpu, program, num(a[0]), a[1]!, num(a[2])),
  sendmmsg: sendmmsg,
  recvmmsg: recvmmsg,
  fcntl: (cpu, program, a) => simple(cpu, program, 'fcntl', [num(a[0]), num(a[1]), num(a[2])]),
  ioctl: (cpu, program, a) => simple(cpu, program, 'ioctl', [num(a[0]), num(a[1])]),
  poll: poll,
  select: select,
  epoll_create1: (cpu, program, a) => simple(cpu, program, 'epoll_create1', [num(a[0])]),
  epoll_ctl: (cpu, program, a) => simple(cpu, program, 'epoll_ctl', [num(a[0]), num(a[1]), num(a[2]), { events: num(a[3]) | 0, data: num(a[2]) }]),
  epoll_wait: (cpu, program, a) => waitEpoll(cpu, program, 'epoll_wait', a),
  epoll_pwait: (cpu, program, a) => waitEpoll(cpu, program, 'epoll_pwait', a),
  eventfd: (cpu, program, a) => simple(cpu, program, 'eventfd2', [num(a[0]), num(a[1])]),
  clock_gettime: clock_gettime,
  pollfd: pollfd,
  mmap: mmap,
  sockaddr_ll: makeSockaddrLl,
  tpacket_req: makeTpacketReq,
  packet_mreq: makePacketMreq,
  tcp_md5sig: makeTcpMd5sig,
  cmsg: makeCmsg,
  in_pktinfo: makeInPktinfo,
  TP_SET_STATUS: TP_SET_STATUS,
  FD_ZERO: FD_ZERO,
  FD_SET: FD_SET,
  FD_CLR: FD_CLR,
  FD_ISSET: FD_ISSET,
};

/** Which socket an `ss -K` means. */
function sockid(local: sockaddr_in, peer: sockaddr_in | null): inet_diag_sockid {
  return { idiag_src: local.addr, idiag_sport: local.port, idiag_dst: peer?.addr ?? 0, idiag_dport: peer?.port ?? 0, idiag_if: 0 };
}

function* write(cpu: Cpu, program: Program, a: readonly Value[]): Resumable<Outcome> {
  const fd = num(a[0]);
  if (isNoSocket(cpu, fd)) return yield* writeFile(cpu, program, fd, a[1]!);
  return yield* transmit(cpu, program, fd, a[1]!, null, 0);
}

function* read(cpu: Cpu, program: Program, a: readonly Value[]): Resumable<Outcome> {
  const fd = num(a[0]);
  if (isNoSocket(cpu, fd)) return yield* readFile(cpu, program, fd, a[1]!);
  return yield* receive(cpu, program, fd, a[1]!, 0);
}

/** Calls `callee`, if the values are of the kinds that it takes. */
export function* call(cpu: Cpu, program: Program, callee: string, values: readonly Value[]): Resumable<Outcome> {
  if (calls[callee] === undefined) return { failure: `${callee} is not in this version's model` };
  const wrong = misfit(callee, values);
  if (wrong !== null) return { failure: wrong };
  return yield* begin(cpu, program, callee, values);
}

/** A frame may hold no function, so the look-up stands outside of one. */
function begin(cpu: Cpu, program: Program, callee: string, values: readonly Value[]): Resumable<Outcome> {
  return calls[callee]!(cpu, program, values);
}

/** Sleeps as nanosleep(2) does. */
export function* nanosleep(cpu: Cpu, ns: number): Resumable<void> {
  yield* do_syscall_64(cpu, 'nanosleep', [Math.max(0, ns)]);
}

/** Timeouts are times; SO_LINGER takes a time or plain seconds, as its C struct does; less than 0: l_onoff is 0. */
function option(level: number, optname: number, value: Value | undefined): sockopt_value {
  if (typeof value === 'string') return { words: [], text: value, record: null };
  const record = optionRecord(value);
  if (record !== null) return { words: [], text: '', record };
  const n = num(value);
  if (level !== SOL_SOCKET) return createSockoptValue([n]);
  if (optname === SO_RCVTIMEO || optname === SO_SNDTIMEO) return createSockoptValue([Math.floor(n / 1_000_000_000), Math.floor(n / 1000) % 1_000_000]);
  if (optname === SO_LINGER) return createSockoptValue([n < 0 ? 0 : 1, n >= 1_000_000 ? Math.floor(n / 1_000_000_000) : n]);
  return createSockoptValue([n]);
}

function* getsockopt(cpu: Cpu, program: Program, a: readonly Value[]): Resumable<Outcome> {
  const optval = createSockoptValue([0, 0]);
  const ret = yield* simple(cpu, program, 'getsockopt', [num(a[0]), num(a[1]), num(a[2]), optval]);
  if (typeof ret === 'number' && ret < 0) return ret;
  return optionValue(num(a[1]), num(a[2]), optval);
}

/** What was read, in the form that setsockopt takes. */
function optionValue(level: number, optname: number, { text, words, record }: sockopt_value): Value {
  if (record instanceof Uint8Array) return createBuffer(record, record.length);
  if (record !== null) return level === SOL_PACKET ? { kind: 'tpacket_stats', ...(record as tpacket_stats) } : { kind: 'tcp_info', ...(record as Record<string, number>) };
  if (text !== '') return text;
  if (level !== SOL_SOCKET) return words[0]!;
  if (optname === SO_RCVTIMEO || optname === SO_SNDTIMEO) return words[0]! * 1_000_000_000 + words[1]! * 1000;
  if (optname === SO_MEMINFO) return { kind: 'list', items: words };
  if (optname === SO_LINGER) return words[0] !== 0 ? words[1]! : -1;
  return words[0]!;
}

function* name(cpu: Cpu, program: Program, fd: number, which: 'getsockname' | 'getpeername'): Resumable<Outcome> {
  const filled: sockaddr_in = { family: AF_INET, addr: 0, port: 0, ll: null, sin6_addr: null };
  const ret = yield* simple(cpu, program, which, [fd, filled]);
  if (typeof ret === 'number' && ret < 0) return ret;
  return filled.ll === null ? { kind: 'endpoint', address: filled.sin6_addr ?? filled.addr, port: filled.port } : addressValue(filled.ll);
}

function* transmit(cpu: Cpu, program: Program, fd: number, data: Value, to: Value, flags: number): Resumable<Outcome> {
  const pieces = piecesOf(data);
  if (pieces === null) return { failure: `cannot send ${typeOf(data)}` };
  const msg = outgoing(cpu, pieces, sockaddrOf(to), flags);
  const ret = yield* simple(cpu, program, 'sendto', [fd, msg, flags]);
  if (typeof ret === 'number' && ret > 0) program.sent_bytes += ret;
  return ret;
}

function* receive(cpu: Cpu, program: Program, fd: number, size: Value, flags: number): Resumable<Outcome> {
  const room = roomOf(size);
  if (room === null) return { failure: `a buffer of ${String(size)} bytes is out of bounds` } satisfies Failure;
  const msg = incoming(cpu, room.size, room.iov);
  const ret = yield* simple(cpu, program, 'recvfrom', [fd, msg, flags]);
  if (typeof ret !== 'number' || ret < 0) return ret;
  return received(program, msg, ret, room.size);
}

/** The list of what is ready; the user's data of an interest is its descriptor. */
function* waitEpoll(cpu: Cpu, program: Program, name: 'epoll_wait' | 'epoll_pwait', a: readonly Value[]): Resumable<Outcome> {
  const events: epoll_event[] = [];
  const maxevents = a[1] === undefined ? 64 : num(a[1]);
  const ret = yield* simple(cpu, program, name, [num(a[0]), events, maxevents, milliseconds(a[2])]);
  if (typeof ret !== 'number' || ret < 0) return ret;
  return { kind: 'list', items: events.map(readyEvent) };
}

function readyEvent(event: epoll_event): Value {
  return { kind: 'event', fd: event.data, events: event.events, data: event.data };
}

function* clock_gettime(cpu: Cpu, _program: Program, _a: readonly Value[]): Resumable<Outcome> {
  return cpu.now;
}
