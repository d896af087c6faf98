/** Generic receive offload: packets of one stream become one before they climb the stack (net/core/gro.c). */
import { ipv6_gro_receive } from '../../ipv6/ip6_offload.ts';
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { ETH_HLEN, ETH_P_IP, ETH_P_IPV6 } from '../../../include/linux/if_ether.ts';
import { NETIF_F_GRO } from '../../../include/linux/netdevice.ts';
import type { napi_struct } from '../../../include/linux/netdevice.ts';
import { CHECKSUM_UNNECESSARY, SKB_GSO_DODGY, SKB_GSO_TCPV4, SKB_GSO_TCPV6 } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { skb_mark_napi_id } from '../../../include/net/busy_poll.ts';
import { jiffies } from '../../../kernel/time/jiffies.ts';
import { inet_gro_receive } from '../../ipv4/inet_offload.ts';
import { skb_has_frag_list, skb_is_gso, skb_reset_mac_len } from '../skbuff/data.ts';
import { __kfree_skb, __napi_kfree_skb, napi_skb_free_stolen_head } from '../skbuff/free.ts';
import { gro_complete } from './complete.ts';
import { gro_normal_list } from './flush.ts';
import {
  createGroCb, GRO_HASH_BUCKETS, GRO_HELD, GRO_MERGED, GRO_MERGED_FREE, GRO_NORMAL, MAX_GRO_SKBS, NAPI_GRO_CB, NAPI_GRO_FREE_STOLEN_HEAD,
  skb_gro_len,
} from './gro_cb.ts';

/** A driver hands a received packet to GRO. Eight that were not merged go up the stack as a list. */
export function* gro_receive_skb(cpu: Cpu, napi: napi_struct, skb: sk_buff): Resumable<void> {
  spend(cpu, cpu.costs.gro_packet);
  skb_mark_napi_id(skb, napi);
  skb.cb = createGroCb();
  const ret = yield* dev_gro_receive(cpu, napi, skb);
  gro_skb_finish(cpu, napi, skb, ret);
  if (napi.rx_count >= cpu.host.knobs.gro_normal_batch!) yield* gro_normal_list(cpu, napi);
}

/** Looks for a held packet of the same stream. Answers what became of `skb`: merged, held, or to be delivered as it is. */
export function* dev_gro_receive(cpu: Cpu, napi: napi_struct, skb: sk_buff): Resumable<number> {
  const dev = skb.dev!;
  if ((dev.features & NETIF_F_GRO) === 0 || (skb.protocol !== ETH_P_IP && skb.protocol !== ETH_P_IPV6)) return GRO_NORMAL;
  const cb = NAPI_GRO_CB(skb);
  cb.bucket = skb.hash & (GRO_HASH_BUCKETS - 1);
  if (napi.gro_list.length > 0) gro_list_prepare(napi.gro_list, skb);
  skb.network_header = skb.data;
  skb_reset_mac_len(skb);
  cb.flush = skb_has_frag_list(skb);
  if (skb_is_gso(skb)) {
    cb.count = skb.shinfo.gso_segs;
    if ((skb.shinfo.gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6)) === 0 || (skb.shinfo.gso_type & SKB_GSO_DODGY) !== 0) cb.flush = true;
  }
  if (skb.ip_summed === CHECKSUM_UNNECESSARY) cb.csum_cnt = skb.csum_level + 1;
  const pp = skb.protocol === ETH_P_IP ? inet_gro_receive(cpu, napi.gro_list, skb) : ipv6_gro_receive(cpu, napi.gro_list, skb);
  const same_flow = cb.same_flow;
  if (pp !== null) {
    unhold(napi, pp);
    yield* gro_complete(cpu, napi, pp);
  }
  if (same_flow) return cb.free !== 0 ? GRO_MERGED_FREE : GRO_MERGED;
  if (cb.flush) return GRO_NORMAL;
  const oldest = oldest_of_full_bucket(napi, cb.bucket);
  if (oldest !== null) {
    unhold(napi, oldest);
    yield* gro_complete(cpu, napi, oldest);
  }
  cb.age = jiffies(cpu);
  cb.last = skb;
  if (!skb_is_gso(skb)) skb.shinfo.gso_size = skb_gro_len(skb);
  napi.gro_list.push(skb);
  return GRO_HELD;
}

/** @helper */
function unhold(napi: napi_struct, skb: sk_buff): void {
  napi.gro_list.splice(napi.gro_list.indexOf(skb), 1);
}

/** @helper The packet that has to make room: the oldest of a bucket that holds MAX_GRO_SKBS. */
function oldest_of_full_bucket(napi: napi_struct, bucket: number): sk_buff | null {
  const list = napi.gro_list;
  if (list.length < MAX_GRO_SKBS) return null;
  let count = 0;
  let oldest: sk_buff | null = null;
  for (const skb of list) {
    if (NAPI_GRO_CB(skb).bucket !== bucket) continue;
    if (count === 0) oldest = skb;
    count++;
  }
  return count >= MAX_GRO_SKBS ? oldest : null;
}

/** Marks which held packets can be of the same stream: same hash, device and Ethernet header. */
function gro_list_prepare(list: readonly sk_buff[], skb: sk_buff): void {
  for (let i = 0; i < list.length; i++) {
    const p = list[i]!;
    const cb = NAPI_GRO_CB(p);
    cb.same_flow = p.hash === skb.hash && p.dev === skb.dev && same_ether_header(p, skb);
  }
}

/** @helper */
function same_ether_header(p: sk_buff, skb: sk_buff): boolean {
  for (let i = 0; i < ETH_HLEN; i++) if (p.head[p.mac_header + i] !== skb.head[skb.mac_header + i]) return false;
  return true;
}

/** Frees what merging has left over, or puts the packet on the list of those to be delivered. */
function gro_skb_finish(cpu: Cpu, napi: napi_struct, skb: sk_buff, ret: number): void {
  if (ret === GRO_NORMAL) {
    skb.cb = null;
    napi.rx_list.push(skb);
    napi.rx_count++;
  } else if (ret === GRO_MERGED_FREE) {
    if (NAPI_GRO_CB(skb).free === NAPI_GRO_FREE_STOLEN_HEAD) napi_skb_free_stolen_head(cpu, skb);
    else if (skb.fclone !== 'unavailable') __kfree_skb(cpu, skb);
    else __napi_kfree_skb(cpu, skb);
  }
}
