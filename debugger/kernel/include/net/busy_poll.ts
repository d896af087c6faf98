/** Busy polling: how long, for whom, and which NAPI instance (include/net/busy_poll.h). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import { napi_busy_loop } from '../../net/core/dev/busy_poll.ts';
import type { napi_struct } from '../linux/netdevice.ts';
import type { sk_buff } from '../linux/skbuff.ts';
import type { sock } from './sock.ts';

/** The first number of a NAPI instance: lower ones stand for CPUs (8192 of them at most). */
export const MIN_NAPI_ID = 8193;
/** Packets that one round of busy polling takes. */
export const BUSY_POLL_BUDGET = 8;

export function napi_id_valid(napi_id: number): boolean {
  return napi_id >= MIN_NAPI_ID;
}

/** Whether poll, select and epoll busy-poll (net.core.busy_poll). */
export function net_busy_loop_on(cpu: Cpu): boolean {
  return cpu.host.knobs.sysctl_busy_poll !== 0;
}

/** Whether a reader of this socket busy-polls. */
export function sk_can_busy_loop(sk: sock): boolean {
  return sk.sk_ll_usec !== 0;
}

/** The clock of busy polling, in units of 1024 ns. */
export function busy_loop_current_time(cpu: Cpu): number {
  return Math.floor(cpu.now / 1024);
}

/** Whether poll, select or epoll has polled for long enough; `start_time` is busy_loop_current_time() at the beginning. */
export function busy_loop_timeout(cpu: Cpu, start_time: number): boolean {
  const bp_usec = cpu.host.knobs.sysctl_busy_poll!;
  return bp_usec === 0 || busy_loop_current_time(cpu) > start_time + bp_usec;
}

/** Whether a socket's reader has. */
export function sk_busy_loop_timeout(cpu: Cpu, sk: sock, start_time: number): boolean {
  return sk.sk_ll_usec === 0 || busy_loop_current_time(cpu) > start_time + sk.sk_ll_usec;
}

/** Polls the socket's NAPI instance until there is something to read or the time is over; `nonblock`: once. */
export function* sk_busy_loop(cpu: Cpu, sk: sock, nonblock: boolean): Resumable<void> {
  const napi_id = sk.sk_napi_id;
  if (!napi_id_valid(napi_id)) return;
  yield* napi_busy_loop(cpu, napi_id, nonblock ? null : 'sk_busy_loop_end', sk, BUSY_POLL_BUDGET);
}

/** A packet comes from this instance, unless it is known where it came from. */
export function skb_mark_napi_id(skb: sk_buff, napi: napi_struct): void {
  if (skb.napi_id === 0) skb.napi_id = napi.napi_id;
}

/** The socket's packets come from where this one came from. */
export function sk_mark_napi_id(sk: sock, skb: sk_buff): void {
  if (sk.sk_napi_id !== skb.napi_id) sk.sk_napi_id = skb.napi_id;
}

/** As sk_mark_napi_id(), for a socket that has not taken a packet yet. */
export function sk_mark_napi_id_set(sk: sock, skb: sk_buff): void {
  sk.sk_napi_id = skb.napi_id;
}

/** As sk_mark_napi_id(), for a socket with many peers: the first packet decides. */
export function sk_mark_napi_id_once(sk: sock, skb: sk_buff): void {
  if (sk.sk_napi_id === 0) sk.sk_napi_id = skb.napi_id;
}
