/** News about a neighbour (net/core/neighbour.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { IpAddress } from '../../../include/linux/in6.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import {
  NUD_CONNECTED, NUD_FAILED, NUD_INCOMPLETE, NUD_IN_TIMER, NUD_NOARP, NUD_PERMANENT, NUD_PROBE, NUD_REACHABLE, NUD_STALE, NUD_VALID,
} from '../../../include/net/neighbour.ts';
import type { neigh_table, neighbour } from '../../../include/net/neighbour.ts';
import { local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { jiffies } from '../../../kernel/time/timer.ts';
import { rt_nexthop } from '../../ipv4/route/cache.ts';
import { ip6_dst_neigh_lookup } from '../../ipv6/route/nexthop.ts';
import { iph_daddr } from '../../../include/linux/ip.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { ETH_P_IP, ETH_P_IPV6 } from '../../../include/linux/if_ether.ts';
import { skb_queue_purge } from '../skbuff/queue.ts';
import { neigh_add_timer, neigh_connect, neigh_del_timer, neigh_invalidate, neigh_suspect } from './event.ts';
import { __neigh_notify } from './notify.ts';
import { callNeighOutput } from './output.ts';
import { __neigh_lookup, ipv4NeighLookup } from './table.ts';

export const NEIGH_UPDATE_F_OVERRIDE = 1;
/** Another address than a connected entry's makes that doubtful, and is not taken. */
export const NEIGH_UPDATE_F_WEAK_OVERRIDE = 2;
export const NEIGH_UPDATE_F_ADMIN = 0x80000000;

const EPERM = 1;
const EINVAL = 22;

export function neigh_update(cpu: Cpu, neigh: neighbour, lladdr: readonly number[] | null, state: number, flags: number): number {
  return __neigh_update(cpu, neigh, lladdr, state, flags);
}

/** A request from `saddr` tells its sender's address: an entry is made for the answer, not yet trusted to be reachable. */
export function neigh_event_ns(cpu: Cpu, tbl: neigh_table, lladdr: readonly number[], saddr: IpAddress, dev: net_device): neighbour | null {
  const neigh = __neigh_lookup(cpu, tbl, saddr, dev, true);
  if (neigh !== null) neigh_update(cpu, neigh, lladdr, NUD_STALE, NEIGH_UPDATE_F_OVERRIDE);
  return neigh;
}

/** @helper */
function sameAddress(a: readonly number[], b: readonly number[]): boolean {
  for (let i = 0; i < 6; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** `lladdr` null: the address stays. Without OVERRIDE a valid address is not replaced. */
export function __neigh_update(cpu: Cpu, neigh: neighbour, lladdr_in: readonly number[] | null, state: number, flags: number): number {
  local_bh_disable(cpu);
  const err = updateLocked(cpu, neigh, lladdr_in, state, flags);
  local_bh_enable(cpu);
  return err;
}

/** @helper The part of __neigh_update under the entry's lock. */
function updateLocked(cpu: Cpu, neigh: neighbour, lladdr_in: readonly number[] | null, state: number, flags: number): number {
  const old = neigh.nud_state;
  if (neigh.dead || ((flags & NEIGH_UPDATE_F_ADMIN) === 0 && (old & (NUD_NOARP | NUD_PERMANENT)) !== 0)) return -EPERM;
  if ((state & NUD_VALID) === 0) return updateToInvalid(cpu, neigh, old, state);
  if (lladdr_in === null && (old & NUD_VALID) === 0) return -EINVAL;
  let changed = lladdr_in !== null && ((old & NUD_VALID) === 0 || !sameAddress(lladdr_in, neigh.ha));
  let next = state;
  if ((next & NUD_CONNECTED) !== 0) neigh.confirmed = jiffies(cpu);
  if ((old & NUD_VALID) !== 0) {
    if (changed && (flags & NEIGH_UPDATE_F_OVERRIDE) === 0) {
      if ((flags & NEIGH_UPDATE_F_WEAK_OVERRIDE) === 0 || (old & NUD_CONNECTED) === 0) return 0;
      changed = false;
      next = NUD_STALE;
    } else if (!changed && next === NUD_STALE && (flags & NEIGH_UPDATE_F_ADMIN) === 0) next = old;
  }
  if (next !== old || changed) neigh.updated = jiffies(cpu);
  if (next !== old) enterState(cpu, neigh, next);
  if (changed) {
    for (let i = 0; i < 6; i++) neigh.ha[i] = lladdr_in![i]!;
    if ((next & NUD_CONNECTED) === 0) neigh.confirmed = jiffies(cpu) - (neigh.tbl.parms.base_reachable_time << 1);
  }
  if (next !== old) {
    if ((next & NUD_CONNECTED) !== 0) neigh_connect(cpu, neigh);
    else neigh_suspect(cpu, neigh);
  }
  if (next !== old || changed) __neigh_notify(cpu, neigh);
  if (next !== old && (old & NUD_VALID) === 0) sendWaiting(cpu, neigh);
  return 0;
}

/** @helper */
function enterState(cpu: Cpu, neigh: neighbour, next: number): void {
  neigh_del_timer(cpu, neigh);
  if ((next & NUD_PROBE) !== 0) neigh.probes = 0;
  if ((next & NUD_IN_TIMER) !== 0) {
    neigh_add_timer(cpu, neigh, jiffies(cpu) + ((next & NUD_REACHABLE) !== 0 ? neigh.tbl.parms.reachable_time : 0));
  }
  neigh.nud_state = next;
}

/** @helper */
function updateToInvalid(cpu: Cpu, neigh: neighbour, old: number, state: number): number {
  neigh_del_timer(cpu, neigh);
  if ((old & NUD_CONNECTED) !== 0) neigh_suspect(cpu, neigh);
  neigh.nud_state = state;
  let notify = (old & NUD_VALID) !== 0;
  if ((old & (NUD_INCOMPLETE | NUD_PROBE)) !== 0 && (state & NUD_FAILED) !== 0) {
    neigh_invalidate(cpu, neigh);
    notify = true;
  }
  if (notify) __neigh_notify(cpu, neigh);
  return 0;
}

/** The address is known: what waited for it goes out. @helper */
function sendWaiting(cpu: Cpu, neigh: neighbour): void {
  while ((neigh.nud_state & NUD_VALID) !== 0 && neigh.arp_queue.length > 0) {
    const skb = neigh.arp_queue.shift()!;
    callNeighOutput(cpu, dst_neigh_lookup_skb(cpu, skb) ?? neigh, skb);
  }
  skb_queue_purge(cpu, neigh.arp_queue);
  neigh.arp_queue_len_bytes = 0;
}

/** The entry of the packet's next hop: mostly the one it waited for. */
export function dst_neigh_lookup_skb(cpu: Cpu, skb: sk_buff): neighbour | null {
  if (skb.dst === null) return null;
  if (skb.protocol === ETH_P_IPV6) return ip6_dst_neigh_lookup(cpu, skb);
  return skb.protocol === ETH_P_IP ? ipv4_neigh_lookup(cpu, skb) : null;
}

export function ipv4_neigh_lookup(cpu: Cpu, skb: sk_buff): neighbour | null {
  const rt = skb.dst!;
  return ipv4NeighLookup(cpu, rt.dev, rt_nexthop(rt, iph_daddr(skb)));
}
