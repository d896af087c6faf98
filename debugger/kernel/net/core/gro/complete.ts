/** A merged packet is finished: its headers say what it has become (net/core/gro.c). */
import { ETH_P_IPV6 } from '../../../include/linux/if_ether.ts';
import { ipv6_gro_complete } from '../../ipv6/ip6_offload.ts';
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { napi_struct } from '../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { inet_gro_complete } from '../../ipv4/inet_offload.ts';
import { createLineage } from '../skbuff/lineage.ts';
import { gro_normal_one } from './flush.ts';
import { NAPI_GRO_CB } from './gro_cb.ts';

export function* gro_complete(cpu: Cpu, napi: napi_struct, skb: sk_buff): Resumable<void> {
  const cb = NAPI_GRO_CB(skb);
  const count = cb.count;
  if (count === 1) {
    skb.shinfo.gso_size = 0;
  } else {
    if (skb.protocol === ETH_P_IPV6) ipv6_gro_complete(cpu, skb, 0);
    else inet_gro_complete(cpu, skb, 0);
    if (cb.pieces !== null) skb.lineage = createLineage(cpu, 'merged', skb.id, cb.pieces, cb.pieces[0]!.offset, skb.len);
  }
  skb.cb = null;
  yield* gro_normal_one(cpu, napi, skb, count);
}
