/** Values of a process's variables: plain data, part of the world. */
import type { IpAddress } from '../../../server/language/in6Addr.ts';
import type { sock_extended_err } from '../../kernel/include/linux/errqueue.ts';
import type { tcp_md5sig } from '../../kernel/include/net/tcp_md5.ts';
import type { packet_mreq, sockaddr_ll, tpacket2_hdr, tpacket_req, tpacket_stats } from '../../kernel/include/linux/if_packet.ts';
import type { pollfd } from '../../kernel/include/linux/poll.ts';
import type { in_pktinfo } from '../../kernel/include/linux/sock_skb_cb.ts';
import type { cmsghdr } from '../../kernel/include/net/sock.ts';
import type { Lineage } from '../../kernel/include/linux/skbuff.ts';
import { layOut } from '../../machine/wide_fields.ts';

export interface BufferValue {
  kind: 'buffer';
  bytes: Uint8Array;
  length: number;
  /** What the call returned: beyond `length` where MSG_TRUNC asked for the size of a datagram that was cut. */
  ret: number;
  /** msg_flags as the kernel left them: MSG_TRUNC when a datagram was cut. */
  flags: number;
  /** Who sent it (recvfrom). */
  from: EndpointValue | SockaddrLlValue | null;
  /** UDP_GRO: the size of the datagrams that were merged, 0 when it is one. */
  gso_size: number;
  /** TCP_INQ: bytes left to read after this (recvmsg), -1 when nobody told. */
  inq: number;
  /** SO_TIMESTAMP: when it came (ns), null without; SO_TIMESTAMPING: the three times of SCM_TIMESTAMPING. */
  timestamp: number | null;
  ts: ListValue | null;
  /** SOF_TIMESTAMPING_OPT_STATS: TCP's figures by TCP_NLA_*, null without. */
  opt_stats: ListValue | null;
  /** Control messages that came with it, beside those that have fields of their own; null: none. */
  control: cmsghdr[] | null;
  /** From the socket's error queue (MSG_ERRQUEUE): what went wrong. */
  error: ExtendedErrorValue | null;
  /** Lengths of the pieces that recvmsg was given, none when it was one. */
  pieces: number[];
  /** What it was made of, for "where do these bytes come from". */
  lineage: Lineage[];
}
/** A struct sock_extended_err with its offender: who told of the error, null for this host itself. */
export interface ExtendedErrorValue extends sock_extended_err { kind: 'sock_extended_err'; offender: EndpointValue | null }
export interface EndpointValue { kind: 'endpoint'; address: IpAddress; port: number }
export interface EventValue { kind: 'event'; fd: number; events: number; data: Value }
export interface ListValue { kind: 'list'; items: Value[] }
/** Structs of packet sockets; a frame of a ring is the kernel's own record. */
export interface SockaddrLlValue extends sockaddr_ll { kind: 'sockaddr_ll' }
export interface TpacketReqValue extends tpacket_req { kind: 'tpacket_req' }
export interface TpacketStatsValue extends tpacket_stats { kind: 'tpacket_stats' }
export interface PacketMreqValue extends packet_mreq { kind: 'packet_mreq' }
/** What TCP_INFO tells, by the names of struct tcp_info. */
export type TcpInfoValue = { kind: 'tcp_info' } & { [tcpi: `tcpi_${string}`]: number };
export interface TcpMd5sigValue extends tcp_md5sig { kind: 'tcp_md5sig' }
/** A control message to send, and the struct of IP_PKTINFO: addresses are numbers. */
export interface CmsgValue extends cmsghdr { kind: 'cmsg' }
export interface PktinfoValue extends in_pktinfo { kind: 'in_pktinfo' }
export type StructValue = CmsgValue | PktinfoValue | SockaddrLlValue | TpacketReqValue | TpacketStatsValue | PacketMreqValue | TcpMd5sigValue | TcpInfoValue | tpacket2_hdr;
/** A struct pollfd of the program: poll(2) writes its revents. */
export interface PollfdValue extends pollfd { kind: 'pollfd' }
export type Value = number | string | boolean | null | BufferValue | EndpointValue | EventValue | ListValue | PollfdValue | ExtendedErrorValue | StructValue;

/** A running process of the scenario; `task.program`. */
export interface Program {
  host: string;
  name: string;
  variables: Record<string, Value>;
  /** errno of the last system call that failed. */
  errno: number;
  /** Why it was stopped, when it asked for something that makes no sense (a scenario's error, not Linux's). */
  error: string | null;
  /** ns; -1 until then. */
  started_at: number;
  finished_at: number;
  /** Scenario line that runs now. */
  line: number;
  /** Statements since the clock last moved, to catch a loop in which no time passes. */
  spins: number;
  spin_clock: number;
  received_bytes: number;
  sent_bytes: number;
}

/** A buffer of which nothing is known but its bytes: what read(2) of a file answers with. */
export function createBuffer(bytes: Uint8Array, length: number): BufferValue {
  return { kind: 'buffer', bytes, length, ret: length, flags: 0, gso_size: 0, inq: -1, timestamp: null, ts: null, opt_stats: null, control: null, lineage: [], error: null, from: null, pieces: [] };
}

export function createProgram(host: string, name: string): Program {
  return { host, name, variables: {}, errno: 0, error: null, started_at: -1, finished_at: -1, line: 0, spins: 0, spin_clock: -1, received_bytes: 0, sent_bytes: 0 };
}

layOut(createProgram('', ''), 'started_at', 'finished_at', 'spin_clock');

/** What counts as true in `if`: non-zero numbers, non-empty things. */
export function isTrue(value: Value): boolean {
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'object' && value !== null) return value.kind === 'buffer' ? value.length > 0 : value.kind === 'list' ? value.items.length > 0 : true;
  return value !== null && value !== false && value !== '';
}

/** A short name of a value's type, for messages. */
export function typeOf(value: Value): string {
  if (value === null) return 'nothing';
  return typeof value === 'object' ? value.kind : typeof value;
}
