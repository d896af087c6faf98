/** Packets that somebody else holds too (include/linux/skbuff.h). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { skb_clone } from './clone.ts';
import { consume_skb } from './free.ts';

/** A packet of one's own: a clone when it is shared. */
export function skb_share_check(cpu: Cpu, skb: sk_buff): sk_buff {
  if (skb.users === 1) return skb;
  const nskb = skb_clone(cpu, skb);
  consume_skb(cpu, skb);
  return nskb;
}
