/** Options at SOL_SOCKET (net/core/sock.c), and the small questions that system calls ask about them (include/net/sock.h). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sockopt_value } from '../../../include/linux/socket.ts';
import {
  SO_ACCEPTCONN, SO_BINDTODEVICE, SO_BINDTOIFINDEX, SO_BROADCAST, SO_BUF_LOCK, SO_BUSY_POLL, SO_DEBUG, SO_DOMAIN, SO_DONTROUTE, SO_ERROR, SO_INCOMING_CPU, SO_INCOMING_NAPI_ID, SO_ZEROCOPY, SO_KEEPALIVE,
  SO_LINGER, SO_MARK, SO_MAX_PACING_RATE, SO_MEMINFO, SO_NO_CHECK, SO_OOBINLINE, SO_PEEK_OFF, SO_PRIORITY, SO_PROTOCOL, SO_RCVBUF, SO_RCVBUFFORCE, SO_RCVLOWAT,
  SO_RCVTIMEO, SO_REUSEADDR, SO_REUSEPORT, SO_SNDBUF, SO_SNDBUFFORCE, SO_SNDLOWAT, SO_SNDTIMEO, SO_TIMESTAMP, SO_TIMESTAMPING, SO_RXQ_OVFL, SO_SELECT_ERR_QUEUE, SO_TIMESTAMPNS, SO_TYPE,
} from '../../../include/linux/socket.ts';
import { SOCK_RCVTSTAMP, SOCK_RCVTSTAMPNS, SOCK_RXQ_OVFL, SOCK_SELECT_ERR_QUEUE } from '../../../include/linux/net_tstamp.ts';
import { SOCK_RCVBUF_LOCK, SOCK_SNDBUF_LOCK, TCP_LISTEN } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { SK_PACING_NEEDED, SK_PACING_NONE, SK_PACING_UNLIMITED } from '../../../include/net/tcp.ts';
import { napi_id_valid } from '../../../include/net/busy_poll.ts';
import { EDOM, EINVAL, ENODEV, ENOPROTOOPT, EOPNOTSUPP } from '../../../include/uapi/asm-generic/errno.ts';
import { HZ } from '../../../kernel/time/jiffies.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../kernel/time/sleep_timeout.ts';
import { sk_dst_reset } from '../dst.ts';
import { reuseport_update_incoming_cpu } from '../sock_reuseport.ts';
import { skWriteSpace } from '../sock_callbacks.ts';
import { sock_flag, sock_set_timestamp, sock_set_timestamping, sock_valbool_flag } from './timestamping.ts';
import { lock_sock_nested, release_sock } from './lock.ts';
import { protoOf } from '../../ipv4/protos.ts';
import { tcp_set_rcvbuf } from '../../ipv4/tcp/sockopt.ts';

/** TCP_SKB_MIN_TRUESIZE: the smallest packet with a head of 2 KiB. */
const TCP_SKB_MIN_TRUESIZE = 2048 + 256;
export const SOCK_MIN_SNDBUF = TCP_SKB_MIN_TRUESIZE * 2;
export const SOCK_MIN_RCVBUF = TCP_SKB_MIN_TRUESIZE;
const SOCK_BUF_LOCK_MASK = SOCK_SNDBUF_LOCK | SOCK_RCVBUF_LOCK;
const INT_MAX = 0x7fffffff;
const NOT_LOCKLESS = 1;
const U32_MAX = 0xffffffff;

/** Takes the pending error, negated; 0 when there is none. */
export function sock_error(sk: sock): number {
  if (sk.sk_err === 0) return 0;
  const err = sk.sk_err;
  sk.sk_err = 0;
  return -err;
}

/** @helper Jiffies that a receiver may sleep. */
export function sock_rcvtimeo(sk: sock, noblock: boolean): number {
  return noblock ? 0 : sk.sk_rcvtimeo;
}

/** @helper */
export function sock_sndtimeo(sk: sock, noblock: boolean): number {
  return noblock ? 0 : sk.sk_sndtimeo;
}

/** @helper Bytes that a receiver waits for. */
export function sock_rcvlowat(sk: sock, waitall: boolean, len: number): number {
  const v = waitall ? len : Math.min(sk.sk_rcvlowat, len);
  return v === 0 ? 1 : v;
}

/** Room for `val` bytes of data: as much again for the structs around them. */
export function __sock_set_rcvbuf(cpu: Cpu, sk: sock, val: number): void {
  sk.sk_userlocks |= SOCK_RCVBUF_LOCK;
  sk.sk_rcvbuf = Math.max(Math.min(Math.max(val, 0), INT_MAX >> 1) * 2, SOCK_MIN_RCVBUF);
  if (sk.tcp !== null && sk.sk_socket !== null) tcp_set_rcvbuf(cpu, sk, sk.sk_rcvbuf);
}

/** @helper */
function setSndbuf(cpu: Cpu, sk: sock, val: number): void {
  sk.sk_userlocks |= SOCK_SNDBUF_LOCK;
  sk.sk_sndbuf = Math.max(Math.min(val, INT_MAX >> 1) * 2, SOCK_MIN_SNDBUF);
  skWriteSpace(cpu, sk);
}

/** Jiffies of a timeval; 0 means for ever. */
export function sock_set_timeout(sec: number, usec: number): number {
  if (usec < 0 || usec >= 1_000_000) return -EDOM;
  if (sec < 0) return 0;
  if (sec === 0 && usec === 0) return MAX_SCHEDULE_TIMEOUT;
  return sec * HZ + Math.ceil((usec * HZ) / 1_000_000);
}

/** @helper Options that the kernel sets without the socket's lock: 0, a negative errno, or NOT_LOCKLESS. */
function setLockless(cpu: Cpu, sk: sock, optname: number, optval: sockopt_value): number {
  const val = optval.words[0] ?? 0;
  switch (optname) {
    case SO_BINDTODEVICE:
      return sock_setbindtodevice(cpu, sk, optval.text);
    case SO_PRIORITY:
      sk.sk_priority = val;
      return 0;
    case SO_TYPE:
    case SO_PROTOCOL:
    case SO_DOMAIN:
    case SO_ERROR:
      return -ENOPROTOOPT;
    case SO_BUSY_POLL:
      if (val < 0) return -EINVAL;
      sk.sk_ll_usec = val;
      return 0;
    case SO_MAX_PACING_RATE:
      setMaxPacingRate(sk, val);
      return 0;
    case SO_PEEK_OFF:
      return setPeekOff(sk, val);
    case SO_RCVTIMEO:
    case SO_SNDTIMEO:
      return setTimeo(sk, optname, optval);
    default:
      return NOT_LOCKLESS;
  }
}

/** @helper */
function setPeekOff(sk: sock, val: number): number {
  if (sk.tcp === null && sk.udp === null) return -EOPNOTSUPP;
  sk.sk_peek_off = val;
  if (sk.udp !== null) sk.udp.peeking_with_offset = val >= 0;
  return 0;
}

/** Sets an option of SOL_SOCKET. */
export function* sk_setsockopt(cpu: Cpu, sk: sock, optname: number, optval: sockopt_value): Resumable<number> {
  const done = setLockless(cpu, sk, optname, optval);
  if (done !== NOT_LOCKLESS) return done;
  yield* sockopt_lock_sock(cpu, sk);
  const ret = setLocked(cpu, sk, optname, optval);
  yield* sockopt_release_sock(cpu, sk);
  return ret;
}

export function* sockopt_lock_sock(cpu: Cpu, sk: sock): Resumable<void> {
  yield* lock_sock_nested(cpu, sk);
}

export function* sockopt_release_sock(cpu: Cpu, sk: sock): Resumable<void> {
  yield* release_sock(cpu, sk);
}

/** @helper The options that are set under the socket's lock. */
function setLocked(cpu: Cpu, sk: sock, optname: number, optval: sockopt_value): number {
  const knobs = cpu.host.knobs;
  const val = optval.words[0] ?? 0;
  const valbool = val !== 0;
  switch (optname) {
    case SO_DEBUG:
    case SO_DONTROUTE:
      break;
    case SO_REUSEADDR:
      sk.sk_reuse = valbool;
      break;
    case SO_REUSEPORT:
      sk.sk_reuseport = valbool;
      break;
    case SO_BROADCAST:
      sk.sk_broadcast = valbool;
      break;
    case SO_SNDBUF:
      setSndbuf(cpu, sk, Math.min(val >>> 0, knobs.sysctl_wmem_max!));
      break;
    case SO_SNDBUFFORCE:
      setSndbuf(cpu, sk, Math.max(val, 0));
      break;
    case SO_RCVBUF:
      __sock_set_rcvbuf(cpu, sk, Math.min(val >>> 0, knobs.sysctl_rmem_max!));
      break;
    case SO_RCVBUFFORCE:
      __sock_set_rcvbuf(cpu, sk, Math.max(val, 0));
      break;
    case SO_KEEPALIVE:
      if (sk.packet === null) protoOf(sk).keepalive(cpu, sk, valbool);
      sk.sk_keepopen = valbool;
      break;
    case SO_OOBINLINE:
      sk.sk_urginline = valbool;
      break;
    case SO_NO_CHECK:
      sk.sk_no_check_tx = valbool;
      break;
    case SO_LINGER:
      sk.sk_linger = valbool;
      if (valbool) sk.sk_lingertime = lingertime(optval.words[1] ?? 0);
      break;
    case SO_RCVLOWAT:
      if (sk.packet === null) return protoOf(sk).set_rcvlowat(cpu, sk, val < 0 ? INT_MAX : val === 0 ? 1 : val);
      sk.sk_rcvlowat = val < 0 ? INT_MAX : val === 0 ? 1 : val;
      break;
    case SO_BINDTOIFINDEX:
      return sock_bindtoindex_locked(sk, val);
    case SO_MARK:
      if (sk.sk_mark === val) break;
      sk.sk_mark = val;
      sk_dst_reset(sk);
      break;
    case SO_BUF_LOCK:
      if ((val & ~SOCK_BUF_LOCK_MASK) !== 0) return -EINVAL;
      sk.sk_userlocks = val | (sk.sk_userlocks & ~SOCK_BUF_LOCK_MASK);
      break;
    case SO_RXQ_OVFL:
      sock_valbool_flag(sk, SOCK_RXQ_OVFL, valbool);
      break;
    case SO_SELECT_ERR_QUEUE:
      sock_valbool_flag(sk, SOCK_SELECT_ERR_QUEUE, valbool);
      break;
    case SO_TIMESTAMP:
    case SO_TIMESTAMPNS:
      sock_set_timestamp(cpu, sk, optname, valbool);
      break;
    case SO_TIMESTAMPING:
      return sock_set_timestamping(cpu, sk, val);
    case SO_ZEROCOPY:
      if (sk.tcp === null) return -EOPNOTSUPP;
      if (val < 0 || val > 1) return -EINVAL;
      sk.sk_zerocopy = valbool;
      break;
    case SO_INCOMING_CPU:
      reuseport_update_incoming_cpu(cpu, sk, val);
      break;
    default:
      return -ENOPROTOOPT;
  }
  return 0;
}

/** Jiffies of l_linger, which is taken as unsigned: less than 0 is for ever. @helper */
function lingertime(l_linger: number): number {
  return l_linger < 0 ? MAX_SCHEDULE_TIMEOUT : l_linger * HZ;
}

/** Bytes a second, ~0 none. TCP paces by itself then, unless a qdisc does it. @helper */
function setMaxPacingRate(sk: sock, val: number): void {
  const rate = val === -1 || val === U32_MAX ? SK_PACING_UNLIMITED : val;
  if (rate !== SK_PACING_UNLIMITED && sk.sk_pacing_status === SK_PACING_NONE) sk.sk_pacing_status = SK_PACING_NEEDED;
  sk.sk_max_pacing_rate = rate;
  sk.sk_pacing_rate = Math.min(sk.sk_pacing_rate, rate);
}

/** @helper */
function setTimeo(sk: sock, optname: number, optval: sockopt_value): number {
  const timeo = sock_set_timeout(optval.words[0] ?? 0, optval.words[1] ?? 0);
  if (timeo < 0) return timeo;
  if (optname === SO_RCVTIMEO) sk.sk_rcvtimeo = timeo;
  else sk.sk_sndtimeo = timeo;
  return 0;
}

/** Only packets of this device from now on; an empty name takes it back. */
export function sock_setbindtodevice(cpu: Cpu, sk: sock, devname: string): number {
  let index = 0;
  if (devname !== '') {
    const dev = cpu.host.devices.find((d) => d.name === devname);
    if (dev === undefined) return -ENODEV;
    index = dev.ifindex;
  }
  return sock_bindtoindex_locked(sk, index);
}

export function sock_bindtoindex_locked(sk: sock, ifindex: number): number {
  if (ifindex < 0) return -EINVAL;
  sk.sk_bound_dev_if = ifindex;
  sk.sk_dst_cache = null;
  return 0;
}

/** @helper A timeout in jiffies as the words of a timeval. */
function timeval(timeo: number): number[] {
  if (timeo === MAX_SCHEDULE_TIMEOUT) return [0, 0];
  return [Math.floor(timeo / HZ), (timeo % HZ) * (1_000_000 / HZ)];
}

/** Reads an option of SOL_SOCKET into `optval.words`. */
export function sk_getsockopt(_cpu: Cpu, sk: sock, optname: number, optval: sockopt_value): number {
  const words = readOption(sk, optname);
  if (words === null) return -ENOPROTOOPT;
  if (words.length === 0) return -EINVAL;
  optval.words = words;
  return 0;
}

/** SO_MEMINFO: SK_MEMINFO_* in their order, bytes. Option memory is not modelled. */
export function sk_get_meminfo(sk: sock): number[] {
  return [sk.sk_rmem_alloc, sk.sk_rcvbuf, sk.sk_wmem_alloc - 1, sk.sk_sndbuf, sk.sk_forward_alloc, sk.sk_wmem_queued, 0, sk.sk_backlog.len, sk.sk_drops];
}

/** @helper */
function readOption(sk: sock, optname: number): number[] | null {
  switch (optname) {
    case SO_DEBUG:
    case SO_DONTROUTE:
      return [0];
    case SO_BROADCAST:
      return [Number(sk.sk_broadcast)];
    case SO_SNDBUF:
      return [sk.sk_sndbuf];
    case SO_RCVBUF:
      return [sk.sk_rcvbuf];
    case SO_REUSEADDR:
      return [Number(sk.sk_reuse)];
    case SO_REUSEPORT:
      return [Number(sk.sk_reuseport)];
    case SO_KEEPALIVE:
      return [Number(sk.sk_keepopen)];
    case SO_TYPE:
      return [sk.sk_type];
    case SO_PROTOCOL:
      return [sk.sk_protocol];
    case SO_DOMAIN:
      return [sk.sk_family];
    case SO_ERROR:
      return [takeError(sk)];
    case SO_OOBINLINE:
      return [Number(sk.sk_urginline)];
    case SO_NO_CHECK:
      return [Number(sk.sk_no_check_tx)];
    case SO_PRIORITY:
      return [sk.sk_priority];
    case SO_LINGER:
      return [Number(sk.sk_linger), Math.floor(sk.sk_lingertime / HZ)];
    case SO_RCVTIMEO:
      return timeval(sk.sk_rcvtimeo);
    case SO_SNDTIMEO:
      return timeval(sk.sk_sndtimeo);
    case SO_RCVLOWAT:
      return [sk.sk_rcvlowat];
    case SO_SNDLOWAT:
      return [1];
    case SO_ACCEPTCONN:
      return [Number(sk.sk_state === TCP_LISTEN)];
    case SO_MARK:
      return [sk.sk_mark];
    case SO_BUSY_POLL:
      return [sk.sk_ll_usec];
    case SO_TIMESTAMP:
      return [Number(sock_flag(sk, SOCK_RCVTSTAMP) && !sock_flag(sk, SOCK_RCVTSTAMPNS))];
    case SO_TIMESTAMPNS:
      return [Number(sock_flag(sk, SOCK_RCVTSTAMPNS))];
    case SO_TIMESTAMPING:
      return [sk.sk_tsflags];
    case SO_ZEROCOPY:
      return [Number(sk.sk_zerocopy)];
    case SO_MEMINFO:
      return sk_get_meminfo(sk);
    case SO_INCOMING_NAPI_ID:
      return [napi_id_valid(sk.sk_napi_id) ? sk.sk_napi_id : 0];
    case SO_INCOMING_CPU:
      return [sk.sk_incoming_cpu];
    case SO_BINDTOIFINDEX:
      return [sk.sk_bound_dev_if];
    case SO_MAX_PACING_RATE:
      return [sk.sk_max_pacing_rate === SK_PACING_UNLIMITED ? U32_MAX : sk.sk_max_pacing_rate];
    case SO_PEEK_OFF:
      return [sk.sk_peek_off];
    case SO_BUF_LOCK:
      return [sk.sk_userlocks & SOCK_BUF_LOCK_MASK];
    case SO_RXQ_OVFL:
      return [Number(sock_flag(sk, SOCK_RXQ_OVFL))];
    case SO_SELECT_ERR_QUEUE:
      return [Number(sock_flag(sk, SOCK_SELECT_ERR_QUEUE))];
    default:
      return null;
  }
}

/** @helper SO_ERROR takes the error; a soft one only when there is no other. */
function takeError(sk: sock): number {
  const err = -sock_error(sk);
  if (err !== 0) return err;
  const soft = sk.sk_err_soft;
  sk.sk_err_soft = 0;
  return soft;
}
