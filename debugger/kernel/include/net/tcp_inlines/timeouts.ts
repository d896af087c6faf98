/** How long the timers wait (include/net/tcp.h). */
import { RTAX_RTO_MIN } from '../../linux/rtnetlink.ts';
import { dst_metric_locked, dst_metric_rtt } from '../dst.ts';
import type { sock } from '../sock.ts';
import { tcp_jiffies32, tcp_skb_timestamp_us } from './clock.ts';
import { tcp_rtx_queue_head } from './queues.ts';
import type { tcp_sock } from '../tcp_sock.ts';
import { usecs_to_jiffies } from '../../../kernel/time/jiffies.ts';
import type { Cpu } from '../../../../machine/types.ts';

/** The least RTO in jiffies: the route's, else the socket's. @helper */
export function tcp_rto_min(sk: sock): number {
  const dst = sk.sk_dst_cache;
  return dst !== null && dst_metric_locked(dst, RTAX_RTO_MIN) ? dst_metric_rtt(dst, RTAX_RTO_MIN) : sk.icsk!.icsk_rto_min;
}

/** @helper */
export function tcp_rto_min_us(sk: sock): number {
  return tcp_rto_min(sk) * 4000;
}

/** @helper */
export function tcp_rto_max(sk: sock): number {
  return sk.icsk!.icsk_rto_max;
}

/** RFC 6298: smoothed round trip plus its variation, in jiffies. @helper */
export function __tcp_set_rto(tp: tcp_sock): number {
  return usecs_to_jiffies((tp.srtt_us >> 3) + tp.rttvar_us);
}

/** @helper */
export function tcp_bound_rto(sk: sock): void {
  sk.icsk!.icsk_rto = Math.min(sk.icsk!.icsk_rto, tcp_rto_max(sk));
}

/** @helper */
export function tcp_probe0_base(sk: sock): number {
  return Math.max(sk.icsk!.icsk_rto, tcp_rto_min(sk));
}

/** Position of the highest bit set, 0 for 0. @helper */
export function ilog2(n: number): number {
  return n > 0 ? 31 - Math.clz32(n) : 0;
}

/** When the next zero window probe is due, jiffies from now. @helper */
export function tcp_probe0_when(sk: sock, max_when: number): number {
  const backoff = Math.min(ilog2(Math.floor(tcp_rto_max(sk) / tcp_rto_min(sk))) + 1, sk.icsk!.icsk_backoff);
  return Math.min(tcp_probe0_base(sk) * (1 << backoff), max_when);
}

/** us until the RTO of the oldest outstanding segment; negative when it is past. @helper */
export function tcp_rto_delta_us(sk: sock): number {
  const skb = tcp_rtx_queue_head(sk);
  const rto = sk.icsk!.icsk_rto * 4000;
  if (skb === null) return rto;
  return tcp_skb_timestamp_us(skb) + rto - sk.tcp!.tcp_mstamp;
}

/** FIN-WAIT-2 of an orphan lasts this long (jiffies). @helper */
export function tcp_fin_time(sk: sock): number {
  const fin_timeout = sk.tcp!.linger2 || sk.host.knobs.sysctl_tcp_fin_timeout!;
  const rto = sk.icsk!.icsk_rto;
  return Math.max(fin_timeout, (rto << 2) - (rto >> 1));
}

/** @helper */
export function keepalive_intvl_when(tp: tcp_sock, sk: sock): number {
  return tp.keepalive_intvl || sk.host.knobs.sysctl_tcp_keepalive_intvl!;
}

/** @helper */
export function keepalive_time_when(tp: tcp_sock, sk: sock): number {
  return tp.keepalive_time || sk.host.knobs.sysctl_tcp_keepalive_time!;
}

/** @helper */
export function keepalive_probes(tp: tcp_sock, sk: sock): number {
  return tp.keepalive_probes || sk.host.knobs.sysctl_tcp_keepalive_probes!;
}

/** Jiffies since the last segment came in. @helper */
export function keepalive_time_elapsed(cpu: Cpu, sk: sock): number {
  const now = tcp_jiffies32(cpu);
  return Math.min(now - sk.icsk!.icsk_ack.lrcvtime, now - sk.tcp!.rcv_tstamp);
}
