/** Death of an skb (net/core/skbuff.c): dropped for a reason, or consumed after it has served. */
import { log_moment } from '../../../../machine/log.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { drop_condition, sk_buff, skb_drop_reason } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { nf_reset_ct } from '../../netfilter/nf_conntrack_core/lifetime.ts';
import { skb_shared, skb_unref } from './data.ts';
import { skb_attempt_defer_free } from './defer.ts';
import { skb_zcopy_clear } from './zerocopy.ts';
import { runDestructor } from './destructors.ts';

/** Route, socket and connection are let go. */
export function skb_release_head_state(cpu: Cpu, skb: sk_buff): void {
  skb.dst = null;
  if (skb.destructor !== null) runDestructor(cpu, skb);
  if (skb._nfct !== null) nf_reset_ct(cpu, skb);
}

/** The bytes go when the last clone does. */
export function skb_release_data(cpu: Cpu, skb: sk_buff): void {
  const shinfo = skb.shinfo;
  if (skb.cloned && --shinfo.dataref > 0) return;
  spend(cpu, cpu.costs.free_skb);
  if (shinfo.destructor_arg !== null) skb_zcopy_clear(cpu, skb, true);
  const list = shinfo.frag_list;
  if (list.length === 0) return;
  shinfo.frag_list = [];
  for (let i = 0; i + 1 < list.length; i++) list[i]!.next = list[i + 1]!;
  kfree_skb_list_reason(cpu, list[0]!, 'CONSUMED');
}

export function skb_release_all(cpu: Cpu, skb: sk_buff): void {
  skb_release_head_state(cpu, skb);
  skb_release_data(cpu, skb);
}

/** The struct goes back to its cache. */
export function kfree_skbmem(cpu: Cpu, skb: sk_buff): void {
  countFreed(cpu, skb);
  if (skb.fclone_partner === null) return;
  skb.fclone_partner.fclone_partner = null;
  skb.fclone_partner = null;
}

export function __kfree_skb(cpu: Cpu, skb: sk_buff): void {
  skb_release_all(cpu, skb);
  kfree_skbmem(cpu, skb);
}

/** Drops a packet for `reason`: remembered with the condition that failed and its values. CONSUMED: it has served. */
export function sk_skb_reason_drop(cpu: Cpu, _sk: sock | null, skb: sk_buff, reason: skb_drop_reason | 'CONSUMED', drop: drop_condition | null = null): void {
  if (!skb_unref(skb)) return;
  if (reason !== 'CONSUMED') logDrop(cpu, skb, reason, drop);
  __kfree_skb(cpu, skb);
}

export function kfree_skb_reason(cpu: Cpu, skb: sk_buff, reason: skb_drop_reason, drop: drop_condition | null = null): void {
  sk_skb_reason_drop(cpu, null, skb, reason, drop);
}

export function kfree_skb(cpu: Cpu, skb: sk_buff): void {
  kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED');
}

const NO_VALUES: Record<string, number> = {};

/** @helper */
export function logDrop(cpu: Cpu, skb: sk_buff, reason: skb_drop_reason, drop: drop_condition | null): void {
  const world = cpu.world;
  log_moment(world, {
    kind: 'drop', event: world.event, time: cpu.now, host: cpu.host.name, where: skb.dev === null ? '' : skb.dev.name, reason,
    condition: drop === null ? '' : drop.condition, values: drop === null ? NO_VALUES : drop.values, subject: skb.id,
    lineage: skb.lineage,
  });
}

/** Frees a chain linked by skb->next: dropped for `reason`, or CONSUMED with the packet that they were parts of. */
export function kfree_skb_list_reason(cpu: Cpu, segs: sk_buff | null, reason: skb_drop_reason | 'CONSUMED', drop: drop_condition | null = null): void {
  let skb = segs;
  while (skb !== null) {
    const next: sk_buff | null = skb.next;
    skb.next = null;
    if (skb_unref(skb)) {
      if (reason !== 'CONSUMED') logDrop(cpu, skb, reason, drop);
      __kfree_skb(cpu, skb);
    }
    skb = next;
  }
}

/** The packet has served. As free() does, it takes null. */
export function consume_skb(cpu: Cpu, skb: sk_buff | null): void {
  if (skb === null || !skb_unref(skb)) return;
  __kfree_skb(cpu, skb);
}

/** A packet without socket or route (udp_recvmsg): only its bytes are left to free. */
export function __consume_stateless_skb(cpu: Cpu, skb: sk_buff): void {
  skb_release_data(cpu, skb);
  kfree_skbmem(cpu, skb);
}

/** Into this CPU's cache of skb structs, for the next napi_build_skb. */
export function napi_skb_cache_put(cpu: Cpu, skb: sk_buff): void {
  countFreed(cpu, skb);
}

/** The books: whoever still names the skb (a local of a frame) names a dead one. @helper */
function countFreed(cpu: Cpu, skb: sk_buff): void {
  cpu.world.skb_freed++;
  skb.users = 0;
}

export function __napi_kfree_skb(cpu: Cpu, skb: sk_buff): void {
  skb_release_all(cpu, skb);
  napi_skb_cache_put(cpu, skb);
}

/** Freed from a poll function. One that another CPU allocated is handed back to that CPU; `budget` 0 means no poll after all. */
export function napi_consume_skb(cpu: Cpu, skb: sk_buff, budget: number): void {
  if (budget === 0) {
    dev_consume_skb_any(cpu, skb);
    return;
  }
  if (skb.alloc_cpu !== cpu.id && !skb_shared(skb)) {
    skb_release_head_state(cpu, skb);
    skb_attempt_defer_free(cpu, skb);
    return;
  }
  if (!skb_unref(skb)) return;
  if (skb.fclone !== 'unavailable') {
    __kfree_skb(cpu, skb);
    return;
  }
  skb_release_all(cpu, skb);
  napi_skb_cache_put(cpu, skb);
}

/** From any context: in a hard interrupt it is left to NET_TX. */
export function dev_consume_skb_any(cpu: Cpu, skb: sk_buff): void {
  dev_kfree_skb_any_reason(cpu, skb, 'CONSUMED');
}

export function dev_kfree_skb_any_reason(cpu: Cpu, skb: sk_buff, reason: skb_drop_reason | 'CONSUMED', drop: drop_condition | null = null): void {
  if (cpu.hardirq_count > 0) dev_kfree_skb_irq_reason(cpu, skb);
  else sk_skb_reason_drop(cpu, null, skb, reason, drop);
}

const NET_TX_SOFTIRQ = 2;

export function dev_kfree_skb_irq_reason(cpu: Cpu, skb: sk_buff): void {
  if (!skb_unref(skb)) return;
  cpu.host.softnet[cpu.id]!.completion_queue.push(skb);
  cpu.softirq_pending |= 1 << NET_TX_SOFTIRQ;
}

/** GRO has moved this packet's head into another packet: only the struct is left. */
export function napi_skb_free_stolen_head(cpu: Cpu, skb: sk_buff): void {
  skb.dst = null;
  if (skb.destructor !== null) runDestructor(cpu, skb);
  napi_skb_cache_put(cpu, skb);
}

/** After a coalescing that took the head (`head_stolen`) or only the bytes. */
export function kfree_skb_partial(cpu: Cpu, skb: sk_buff, head_stolen: boolean): void {
  if (!head_stolen) {
    __kfree_skb(cpu, skb);
    return;
  }
  skb_release_head_state(cpu, skb);
  kfree_skbmem(cpu, skb);
}
