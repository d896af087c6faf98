/** Clocks and stamps of TCP (include/net/tcp.h). */
import type { sk_buff } from '../../linux/skbuff.ts';
import type { tcp_sock } from '../tcp_sock.ts';
import { jiffies } from '../../../kernel/time/jiffies.ts';
import type { Cpu } from '../../../../machine/types.ts';

/** jiffies for stamps, where 0 means never (this model's clock starts at 0, Linux's at -5 minutes). @helper */
export function tcp_jiffies32(cpu: Cpu): number {
  return jiffies(cpu) + 1;
}

/** ns to the ms clock of timestamps, where 0 means none. @helper */
export function tcp_ns_to_ts(ns: number): number {
  return Math.floor(ns / 1_000_000) + 1;
}

/** The first ns of a timestamp. @helper */
export function tcp_ts_to_ns(ts: number): number {
  return (ts - 1) * 1_000_000;
}

/** @helper */
export function tcp_time_stamp_ts(tp: tcp_sock): number {
  return Math.floor(tp.tcp_mstamp / 1000) + 1;
}

/** @helper */
export function tcp_time_stamp_ms(tp: tcp_sock): number {
  return Math.floor(tp.tcp_mstamp / 1000) + 1;
}

/** @helper */
export function tcp_skb_timestamp_ts(skb: sk_buff): number {
  return tcp_ns_to_ts(skb.skb_mstamp_ns);
}

/** @helper */
export function tcp_skb_timestamp_us(skb: sk_buff): number {
  return Math.floor(skb.skb_mstamp_ns / 1000);
}

/** Seconds of the monotonic clock (ktime_get_seconds), never 0. @helper */
export function ktime_get_seconds(cpu: Cpu): number {
  return Math.floor(cpu.now / 1_000_000_000) + 1;
}

/** @helper */
export function tcp_stamp_us_delta(t1: number, t0: number): number {
  return Math.max(t1 - t0, 0);
}
