/** The metrics of a route that is being made (net/ipv4/metrics.c). */
import { RTAX_ADVMSS, RTAX_LOCK, RTAX_MAX, RTAX_MTU } from '../../include/linux/rtnetlink.ts';

/** One of them as `ip route add` hands it over; locked ones are not for the stack to learn. */
export interface rtax { type: number; value: number; lock: boolean }

/** By number - 1, RTAX_LOCK's bits are by number; null when there is none (dst_default_metrics). */
export function ip_fib_metrics_init(attributes: readonly rtax[]): number[] | null {
  if (attributes.length === 0) return null;
  const metrics: number[] = [];
  for (let i = 0; i < RTAX_MAX; i++) metrics.push(0);
  ip_metrics_convert(attributes, metrics);
  return metrics;
}

function ip_metrics_convert(attributes: readonly rtax[], metrics: number[]): void {
  for (const { type, value, lock } of attributes) {
    let val = value;
    if (type === RTAX_ADVMSS) val = Math.min(val, 65535 - 40);
    if (type === RTAX_MTU) val = Math.min(val, 65535 - 15);
    metrics[type - 1] = val;
    if (lock) metrics[RTAX_LOCK - 1]! |= 1 << type;
  }
}
