/** Why a function refuses a packet, handed up to whoever frees it (enum skb_drop_reason as a return value). */
import type { drop_values, skb_drop_reason } from '../linux/skbuff.ts';

/** A reason with the failed condition and its values; a drop_condition that knows its name. */
export interface drop_cause { reason: skb_drop_reason; condition: string; values: drop_values }

/** @helper */
export function dropCause(reason: skb_drop_reason, condition: string, values: drop_values): drop_cause {
  return { reason, condition, values };
}
