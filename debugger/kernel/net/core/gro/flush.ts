/** Packets leave GRO: held ones are completed, finished ones go up the stack in one list (net/core/gro.c, include/net/gro.h). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { napi_struct } from '../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { jiffies } from '../../../kernel/time/jiffies.ts';
import { netif_receive_skb_list_internal } from '../dev/receive.ts';
import { gro_complete } from './complete.ts';
import { GRO_HASH_BUCKETS, NAPI_GRO_CB } from './gro_cb.ts';

/** Queues a packet of `segs` segments for delivery; at gro_normal_batch the list goes up. */
export function* gro_normal_one(cpu: Cpu, napi: napi_struct, skb: sk_buff, segs: number): Resumable<void> {
  napi.rx_list.push(skb);
  napi.rx_count += segs;
  if (napi.rx_count >= cpu.host.knobs.gro_normal_batch!) yield* gro_normal_list(cpu, napi);
}

export function* gro_normal_list(cpu: Cpu, napi: napi_struct): Resumable<void> {
  if (napi.rx_count === 0) return;
  const list = napi.rx_list;
  napi.rx_list = [];
  napi.rx_count = 0;
  yield* netif_receive_skb_list_internal(cpu, list);
}

export function* gro_flush_normal(cpu: Cpu, napi: napi_struct, flush_old: boolean): Resumable<void> {
  if (napi.gro_list.length > 0) yield* __gro_flush(cpu, napi, flush_old);
  yield* gro_normal_list(cpu, napi);
}

/** Completes what is held, bucket by bucket, the oldest of each first. `flush_old`: what was held in this very jiffy stays. */
export function* __gro_flush(cpu: Cpu, napi: napi_struct, flush_old: boolean): Resumable<void> {
  for (let bucket = 0; bucket < GRO_HASH_BUCKETS; bucket++) {
    let skb = first_of_bucket(napi, bucket);
    while (skb !== null) {
      if (flush_old && NAPI_GRO_CB(skb).age === jiffies(cpu)) break;
      napi.gro_list.splice(napi.gro_list.indexOf(skb), 1);
      yield* gro_complete(cpu, napi, skb);
      skb = first_of_bucket(napi, bucket);
    }
  }
}

/** @helper */
function first_of_bucket(napi: napi_struct, bucket: number): sk_buff | null {
  for (const skb of napi.gro_list) if (NAPI_GRO_CB(skb).bucket === bucket) return skb;
  return null;
}
