/** Socket filters (net/core/filter.c). No socket of the model has one: packets pass. */
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import type { sock } from '../../include/net/sock.ts';
import type { drop_cause } from '../../include/net/dropreason.ts';

/** Runs the socket's filter, which may cut the packet down to `cap` bytes; the cause when it refuses the packet. */
export function sk_filter_trim_cap(_cpu: Cpu, _sk: sock, _skb: sk_buff, _cap: number): drop_cause | null {
  return null;
}
