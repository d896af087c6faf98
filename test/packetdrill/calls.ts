/** A script's system calls as the scenario language has them, and whether they return what the script says. */
import { CONSTANTS } from '../../server/language/schema/constants.ts';
import { createBuffer } from '../../debugger/world/process/value.ts';
import type { BufferValue, Value } from '../../debugger/world/process/value.ts';
import type { Argument, CallEvent } from './call_line.ts';
import { LOCAL, PORT, REMOTE } from './machine.ts';

const SOL_SOCKET = 1;
const SO_LINGER = 13;
const TCP_CM_INQ = 36;
const SCM_TIMESTAMPING = 37;
const SCM_TIMESTAMPING_OPT_STATS = 54;
/** Netlink attributes of that by their numbers. */
const TCP_NLA = [
  'PAD', 'BUSY', 'RWND_LIMITED', 'SNDBUF_LIMITED', 'DATA_SEGS_OUT', 'TOTAL_RETRANS', 'PACING_RATE', 'DELIVERY_RATE', 'SND_CWND', 'REORDERING', 'MIN_RTT', 'RECUR_RETRANS', 'DELIVERY_RATE_APP_LMT',
  'SNDQ_SIZE', 'CA_STATE', 'SND_SSTHRESH', 'DELIVERED', 'DELIVERED_CE', 'BYTES_SENT', 'BYTES_RETRANS', 'DSACK_DUPS', 'REORD_SEEN', 'SRTT', 'TIMEOUT_REHASH', 'BYTES_NOTSENT', 'EDT', 'TTL', 'REHASH',
].map((name) => `TCP_NLA_${name}`);
/** Names that scripts use and the scenario language does not. */
const NAMES: Readonly<Record<string, number>> = {
  O_RDWR: 2, SOL_IP: 0, IPPROTO_IP: 0, SOL_TCP: 6, IPPROTO_TCP: 6, AF_INET: 2, TCP_FASTOPEN: 23, TCP_FASTOPEN_CONNECT: 30, TCP_FASTOPEN_KEY: 33,
  SO_TYPE: 3, SO_ACCEPTCONN: 30, SO_SNDBUFFORCE: 32, SO_RCVBUFFORCE: 33,
  TCP_THIN_LINEAR_TIMEOUTS: 16, TCP_THIN_DUPACK: 17, TCP_RTO_MAX_MS: 44, TCP_RTO_MIN_US: 45, TCP_DELACK_MAX_US: 46, IPPROTO_UDP: 17, IPPROTO_IPV6: 41, SOL_IPV6: 41,
  TCP_CM_INQ, SCM_TIMESTAMPING, SCM_TIMESTAMPING_OPT_STATS, CMSG_LEVEL_IP: 0, CMSG_TYPE_RECVERR: 11, TCP_SYNCNT: 7, IP_FREEBIND: 15, IP_MTU_DISCOVER: 10, MSG_FASTOPEN: 0x20000000, MSG_EOR: 0x80, MSG_OOB: 1, MSG_NOSIGNAL: 0x4000,
};

/** Our call of a script's one. */
export interface Translation {
  readonly callee: string;
  readonly values: readonly Value[];
  /** What does not match in what came back, beside the number; null when all does. */
  readonly differs: (answer: Value, clock: Clock) => string | null;
}

/** ns of the script's time 0, and by how much a time may be off. */
export interface Clock {
  readonly start: number;
  readonly slack: number;
}

/** What the script's numbers stand for. */
export interface Descriptors {
  /** The program's descriptors by the script's. */
  readonly live: Map<number, number>;
  /** What the script would find in an event's data, by the program's descriptors of epoll and interest. */
  readonly data: Map<string, number>;
}

export const createDescriptors = (): Descriptors => ({ live: new Map(), data: new Map() });

export class Unsupported extends Error {}

export function translate(call: CallEvent, fds: Descriptors): Translation {
  const form = FORMS[call.name];
  if (form === undefined) throw new Unsupported(`${call.name}()`);
  return { differs: () => null, ...form(call.arguments, fds) };
}

/** The number that a call returned: a buffer counts its bytes, a list its items. */
export function numberOf(answer: Value): number {
  if (typeof answer === 'number') return answer;
  if (answer !== null && typeof answer === 'object') return answer.kind === 'buffer' ? answer.length : answer.kind === 'list' ? answer.items.length : 0;
  return 0;
}

type Form = (args: readonly Argument[], fds: Descriptors) => Omit<Translation, 'differs'> & Partial<Translation>;

const FORMS: Readonly<Record<string, Form>> = {
  socket: (a) => ({ callee: 'socket', values: [2, number(a[1]), number(a[2])] }),
  bind: (a, fds) => ({ callee: 'bind', values: [fd(a[0], fds), endpoint(LOCAL)] }),
  connect: (a, fds) => ({ callee: 'connect', values: [fd(a[0], fds), inet(a[1])] }),
  listen: (a, fds) => ({ callee: 'listen', values: [fd(a[0], fds), number(a[1])] }),
  accept: (a, fds) => ({ callee: 'accept4', values: [fd(a[0], fds), 0] }),
  close: (a, fds) => ({ callee: 'close', values: [fd(a[0], fds)] }),
  shutdown: (a, fds) => ({ callee: 'shutdown', values: [fd(a[0], fds), number(a[1])] }),
  read: (a, fds) => ({ callee: 'read', values: [fd(a[0], fds), bufferSize(a[1], a[2])] }),
  recv: (a, fds) => ({ callee: 'recv', values: [fd(a[0], fds), bufferSize(a[1], a[2]), number(a[3])] }),
  recvfrom: (a, fds) => ({ callee: 'recvfrom', values: [fd(a[0], fds), bufferSize(a[1], a[2]), number(a[3])] }),
  write: (a, fds) => ({ callee: 'write', values: [fd(a[0], fds), zeroes(a[1], a[2])] }),
  send: (a, fds) => ({ callee: 'send', values: [fd(a[0], fds), zeroes(a[1], a[2]), number(a[3])] }),
  sendto: (a, fds) => (a[4] !== undefined ? sendTo(a, fds) : { callee: 'send', values: [fd(a[0], fds), zeroes(a[1], a[2]), number(a[3])] }),
  sendmsg: (a, fds) => ({ callee: 'sendmsg', values: [fd(a[0], fds), vectorsOf(a[1], zeroes), number(a[2]), ...(a[1]?.kind === 'struct' && a[1].fields.has('msg_name') ? [endpoint(REMOTE)] : [])] }),
  recvmsg: (a, fds) => ({ callee: 'recvmsg', values: [fd(a[0], fds), vectorsOf(a[1], bufferSize), number(a[2])], differs: (answer, clock) => messageDiffers(a[1]!, answer, clock) }),
  open: (a) => ({ callee: 'open', values: [a[0]?.kind === 'string' ? a[0].value : '', number(a[1])] }),
  sendfile: (a, fds) => ({ callee: 'sendfile', values: [fd(a[0], fds), fd(a[1], fds), number(a[2]), number(a[3])] }),
  pipe: pipeForm,
  pipe2: pipeForm,
  splice: (a, fds) => ({ callee: 'splice', values: [fd(a[0], fds), offset(a[1]), fd(a[2], fds), offset(a[3]), number(a[4]), number(a[5])] }),
  tee: (a, fds) => ({ callee: 'tee', values: [fd(a[0], fds), fd(a[1], fds), number(a[2]), number(a[3])] }),
  fcntl: (a, fds) => ({ callee: 'fcntl', values: [fd(a[0], fds), number(a[1]), number(a[2])] }),
  ioctl: (a, fds) => ({ callee: 'ioctl', values: [fd(a[0], fds), number(a[1])], differs: (answer) => optionDiffers(a[2], answer) }),
  setsockopt: (a, fds) => ({ callee: 'setsockopt', values: [fd(a[0], fds), number(a[1]), number(a[2]), optionValue(a)] }),
  getsockopt: (a, fds) => ({ callee: 'getsockopt', values: [fd(a[0], fds), number(a[1]), number(a[2])], differs: (answer) => optionDiffers(a[3], answer) }),
  poll: pollForm,
  epoll_create: () => ({ callee: 'epoll_create1', values: [0] }),
  epoll_ctl: epollControl,
  epoll_wait: epollWait,
};

function sendTo(a: readonly Argument[], fds: Descriptors): Omit<Translation, 'differs'> {
  return { callee: 'sendto', values: [fd(a[0], fds), zeroes(a[1], a[2]), inet(a[4]), number(a[3])] };
}

/** `pipe([5, 6])`: the script's numbers for both ends. */
function pipeForm(a: readonly Argument[], fds: Descriptors): ReturnType<Form> {
  const numbers = a[0]?.kind === 'list' ? a[0].items.map((each) => number(each)) : [];
  const differs = (answer: Value): string | null => {
    const ends = answer !== null && typeof answer === 'object' && answer.kind === 'list' ? answer.items : [];
    numbers.forEach((each, i) => void fds.live.set(each, Number(ends[i])));
    return null;
  };
  return { callee: 'pipe2', values: [number(a[1])], differs };
}

/** A place in a file; NULL: where that stands. */
function offset(argument: Argument | undefined): number | null {
  return argument?.kind === 'names' && argument.names[0] === 'NULL' ? null : number(argument);
}

const endpoint = (address: number): Value => ({ kind: 'endpoint', address, port: PORT });

function inet(address: Argument | undefined): Value {
  if (address?.kind === 'any') return endpoint(REMOTE);
  if (address?.kind === 'names') return number(address);
  throw new Unsupported('this address');
}

/** A number by value or by names; what is absent or filled in by packetdrill is 0. */
export function number(argument: Argument | undefined): number {
  if (argument === undefined || argument.kind === 'any') return 0;
  if (argument.kind === 'number') return argument.value;
  if (argument.kind === 'list') return number(argument.items[0]);
  if (argument.kind !== 'names') throw new Unsupported(`a ${argument.kind} as a number`);
  return argument.names.reduce((bits, name) => bits | constant(name), 0);
}

function constant(name: string): number {
  const value = CONSTANTS.get(name)?.value ?? NAMES[name];
  if (value === undefined) throw new Unsupported(name);
  return value;
}


/** What a program sends: zeroes, or NULL. */
function zeroes(buffer: Argument | undefined, size: Argument | undefined): Value {
  const room = bufferSize(buffer, size);
  return room === null ? null : createBuffer(new Uint8Array(room), room);
}


/** A buffer's bytes; null at NULL, where there are none. */
function bufferSize(buffer: Argument | undefined, size: Argument | undefined): number | null {
  if (buffer?.kind === 'any') return number(size);
  if (buffer?.kind === 'names' && buffer.names[0] === 'NULL' && number(size) > 0) return null;
  throw new Unsupported('a buffer at an address');
}

function fd(argument: Argument | undefined, { live }: Descriptors): number {
  const script = number(argument);
  return live.get(script) ?? script;
}

function fieldOf(argument: Argument | undefined, name: string): Argument {
  const field = argument?.kind === 'struct' ? argument.fields.get(name) : undefined;
  if (field === undefined) throw new Unsupported(`a structure without ${name}`);
  return field;
}

/** The vectors of a message, each as `piece` has it. */
function vectorsOf(message: Argument | undefined, piece: (buffer: Argument | undefined, size: Argument | undefined) => Value): Value {
  const vectors = fieldOf(message, 'msg_iov');
  if (vectors.kind !== 'list') throw new Unsupported('msg_iov');
  return { kind: 'list', items: vectors.items.map((each) => piece(fieldOf(each, '0'), fieldOf(each, '1'))) };
}

function messageDiffers(message: Argument, answer: Value, clock: Clock): string | null {
  if (message.kind !== 'struct' || answer === null || typeof answer !== 'object' || answer.kind !== 'buffer') return null;
  const flags = number(message.fields.get('msg_flags'));
  if (flags !== answer.flags) return `msg_flags are 0x${answer.flags.toString(16)}, not 0x${flags.toString(16)}`;
  const control = message.fields.get('msg_control');
  return controlDiffers(control?.kind === 'list' ? control.items : [], answer, clock);
}

const ERROR_FIELDS = ['ee_errno', 'ee_origin', 'ee_type', 'ee_code', 'ee_info', 'ee_data'] as const;

function controlDiffers(messages: readonly Argument[], answer: BufferValue, clock: Clock): string | null {
  const came = Number(answer.inq >= 0) + Number(answer.opt_stats !== null) + Number(answer.error !== null) + Number(answer.ts !== null) + Number(answer.timestamp !== null);
  if (came > messages.length) return `${came} control messages came, not ${messages.length}`;
  for (const message of messages) {
    const data = fieldOf(message, 'cmsg_data');
    if (number(fieldOf(message, 'cmsg_type')) === TCP_CM_INQ && data.kind === 'number') {
      if (answer.inq !== data.value) return `TCP_CM_INQ is ${answer.inq}, not ${data.value}`;
      continue;
    }
    if (number(fieldOf(message, 'cmsg_type')) === SCM_TIMESTAMPING) {
      const expected = number(fieldOf(data, 'scm_sec')) * 1e9 + number(fieldOf(data, 'scm_nsec'));
      const off = Number(answer.ts?.items[0]) - clock.start - expected;
      if (!(Math.abs(off) <= clock.slack)) return `SCM_TIMESTAMPING is ${off / 1e6} ms off`;
      continue;
    }
    if (number(fieldOf(message, 'cmsg_type')) === SCM_TIMESTAMPING_OPT_STATS) {
      const wrong = statsDiffer(data, answer);
      if (wrong !== null) return wrong;
      continue;
    }
    if (data.kind !== 'struct' || !data.fields.has('ee_errno')) throw new Unsupported('this control message');
    if (answer.error === null) return 'no sock_extended_err came';
    for (const name of ERROR_FIELDS) {
      const expected = number(data.fields.get(name));
      if (data.fields.has(name) && answer.error[name] !== expected) return `${name} is ${answer.error[name]}, not ${expected}`;
    }
  }
  return null;
}

/** `{TCP_NLA_SND_CWND=10}`: those that are named. */
function statsDiffer(data: Argument, { opt_stats }: BufferValue): string | null {
  if (opt_stats === null) return 'no SCM_TIMESTAMPING_OPT_STATS came';
  const expected = data.kind === 'list' ? data.items.find((each) => each.kind === 'struct') : data;
  if (expected?.kind !== 'struct') return null;
  for (const [name, value] of expected.fields) {
    const found = opt_stats.items[TCP_NLA.indexOf(name)];
    if (value.kind !== 'any' && found !== number(value)) return `${name} is ${String(found)}, not ${number(value)}`;
  }
  return null;
}

function optionValue(a: readonly Argument[]): Value {
  const given = a[3]!;
  if (given.kind === 'string') return given.value;
  if (given.kind === 'list' && given.items[0]?.kind === 'string') return given.items[0].value;
  if (number(a[1]) === SOL_SOCKET && number(a[2]) === SO_LINGER) return lingerOf(given);
  return number(given);
}

/** `{onoff=1, linger=5}`: seconds, -1 when it is off. */
function lingerOf(given: Argument): number {
  return number(fieldOf(given, 'onoff')) === 0 ? -1 : number(fieldOf(given, 'linger'));
}

function optionDiffers(expected: Argument | undefined, answer: Value): string | null {
  if (expected?.kind === 'string') return answer === expected.value ? null : `the option is '${String(answer)}', not '${expected.value}'`;
  if (expected?.kind !== 'list' || expected.items[0]?.kind === 'any' || (typeof answer === 'number' && answer < 0)) return null;
  const given = expected.items[0]!;
  const value = given.kind === 'struct' && given.fields.has('onoff') ? lingerOf(given) : number(expected);
  return answer === value ? null : `the option is ${String(answer)}, not ${value}`;
}

function pollForm(a: readonly Argument[], fds: Descriptors): ReturnType<Form> {
  const list = a[0];
  if (list?.kind !== 'list' || list.items.length !== number(a[1])) throw new Unsupported('poll() without a list of so many');
  const items = list.items.map((each) => ({ kind: 'pollfd' as const, fd: fd(fieldOf(each, 'fd'), fds), events: number(fieldOf(each, 'events')), revents: 0 }));
  const differs = (): string | null => {
    const wrong = items.findIndex((each, i) => each.revents !== number(fieldOf(list.items[i], 'revents')));
    return wrong < 0 ? null : `revents of ${wrong} are 0x${items[wrong]!.revents.toString(16)}, not 0x${number(fieldOf(list.items[wrong], 'revents')).toString(16)}`;
  };
  return { callee: 'poll', values: [{ kind: 'list', items }, number(a[2]) < 0 ? -1 : number(a[2]) * 1e6], differs };
}

/** The language has an interest's descriptor as its data; the script's data are kept beside. */
function epollControl(a: readonly Argument[], fds: Descriptors): ReturnType<Form> {
  const [epoll, interest] = [fd(a[0], fds), fd(a[2], fds)];
  if (a[3]?.kind === 'struct') fds.data.set(`${epoll} ${interest}`, dataOf(a[3], fds));
  return { callee: 'epoll_ctl', values: [epoll, number(a[1]), interest, number(fieldOf(a[3], 'events'))] };
}

/** Its data as a number, whichever member of the union it is. */
function dataOf(event: Argument, fds: Descriptors): number {
  if (event.kind === 'struct' && event.fields.has('fd')) return fd(event.fields.get('fd'), fds);
  for (const name of ['ptr', 'u32', 'u64']) if (event.kind === 'struct' && event.fields.has(name)) return number(event.fields.get(name));
  throw new Unsupported('an epoll_event without data');
}

/** The first event is compared, one of zeroes when none came. */
function epollWait(a: readonly Argument[], fds: Descriptors): ReturnType<Form> {
  const [epoll, expected] = [fd(a[0], fds), a[1]!];
  const differs = (answer: Value): string | null => {
    const first = answer !== null && typeof answer === 'object' && answer.kind === 'list' ? answer.items[0] : undefined;
    const found = first !== undefined && first !== null && typeof first === 'object' && first.kind === 'event' ? first : null;
    const events = number(fieldOf(expected, 'events'));
    if ((found?.events ?? 0) !== events) return `events are 0x${(found?.events ?? 0).toString(16)}, not 0x${events.toString(16)}`;
    const data = found === null ? 0 : fds.data.get(`${epoll} ${found.fd}`);
    return data === dataOf(expected, fds) ? null : `the data are ${data}, not ${dataOf(expected, fds)}`;
  };
  return { callee: 'epoll_wait', values: [epoll, number(a[2]), number(a[3]) * 1e6], differs };
}
