/** Why a function refuses a packet, handed up to whoever frees it (enum skb_drop_reason as a return value). */
import type { skb_drop_reason } from '../linux/skbuff.ts';

/** A reason with the failed condition and its values; a drop_condition that knows its name. */
export interface drop_cause { reason: skb_drop_reason; condition: string; values: Record<string, number> }

/** @helper */
export function dropCause(reason: skb_drop_reason, condition: string, values: Record<string, number>): drop_cause {
  return { reason, condition, values };
}
