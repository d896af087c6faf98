/** Putting fragments together again (net/ipv4/ip_fragment.c, inet_fragment.c; RFC 791, RFC 5722 on overlaps). */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { put_unaligned_be16 } from '../../include/asm-generic/unaligned.ts';
import { ICMP_EXC_FRAGTIME, ICMP_TIME_EXCEEDED } from '../../include/linux/icmp.ts';
import { IP_DF, IP_MF, IP_OFFSET, ip_hdrlen, iph_daddr, iph_frag_off, iph_id, iph_protocol, iph_saddr, iph_tos } from '../../include/linux/ip.ts';
import { CHECKSUM_NONE, CHECKSUM_UNNECESSARY } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import type { timer_list } from '../../include/linux/timer.ts';
import { dropCause } from '../../include/net/dropreason.ts';
import type { drop_cause } from '../../include/net/dropreason.ts';
import { INET_FRAG_COMPLETE, INET_FRAG_DROP, INET_FRAG_FIRST_IN, INET_FRAG_LAST_IN, IPFRAG_ECN_CE, IPFRAG_ECN_ECT_0, IPFRAG_ECN_ECT_1, IPFRAG_ECN_NOT_ECT } from '../../include/net/inet_frag.ts';
import { INET_ECN_CE, INET_ECN_MASK } from '../../include/net/tcp.ts';
import type { ipq } from '../../include/net/inet_frag.ts';
import { HZ, jiffies, mod_timer, timer_delete, timer_setup } from '../../kernel/time/timer.ts';
import { skb_network_offset, skb_push } from '../core/skbuff/data.ts';
import { skb_clone, skb_morph } from '../core/skbuff/clone.ts';
import { skb_try_coalesce } from '../core/skbuff/coalesce.ts';
import { consume_skb, kfree_skb_partial, kfree_skb_reason } from '../core/skbuff/free.ts';
import { skb_orphan } from '../core/skbuff/destructors.ts';
import { createLineage } from '../core/skbuff/lineage.ts';
import { pskb_pull, pskb_trim_rcsum } from '../core/skbuff/pull.ts';
import { icmp_send } from './icmp/send.ts';
import { inet_getpeer } from './inetpeer.ts';
import { IPSKB_FRAG_PMTU } from './ipcb.ts';
import type { inet_skb_parm } from './ipcb.ts';
import { ip_route_input_noref } from './route/input.ts';
import { ip_send_check } from './ip_output/ip_send_check.ts';

const EINPROGRESS = 115;
const EINVAL = 22;
const ENOMEM = 12;
const E2BIG = 7;

/**
 * Takes a fragment. 0: `skb` now is the whole datagram; -EINPROGRESS: kept until the others come; another negative errno: dropped.
 */
export function ip_defrag(cpu: Cpu, skb: sk_buff): number {
  spend(cpu, cpu.costs.ip_defrag);
  cpu.host.mib.Ip.ReasmReqds++;
  const qp = ip_find(cpu, skb);
  if (qp === null) {
    cpu.host.mib.Ip.ReasmFails++;
    kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: 'frag_mem_limit(fqdir) > fqdir->high_thresh', values: { memory: frag_mem(cpu), high_thresh: cpu.host.knobs.ipfrag_high_thresh! } });
    return -ENOMEM;
  }
  return ip_frag_queue(cpu, qp, skb);
}

/** The datagram that this fragment belongs to, a new one if need be; null when fragments take too much memory (inet_frag_find). */
export function ip_find(cpu: Cpu, skb: sk_buff): ipq | null {
  const high_thresh = cpu.host.knobs.ipfrag_high_thresh!;
  if (high_thresh === 0 || frag_mem(cpu) > high_thresh) return null;
  const saddr = iph_saddr(skb);
  const daddr = iph_daddr(skb);
  const id = iph_id(skb);
  const protocol = iph_protocol(skb);
  for (const qp of cpu.host.frags) {
    if (qp.id === id && qp.saddr === saddr && qp.daddr === daddr && qp.protocol === protocol) return qp;
  }
  const peer = cpu.host.knobs.ipfrag_max_dist! > 0 ? inet_getpeer(cpu, saddr) : null;
  const qp: ipq = {
    saddr, daddr, id, protocol, vif: 0, flags: 0, fragments: [], runs: [], len: 0, meat: 0, max_size: 0, max_df_size: 0, ecn: 0, peer, rid: 0, iif: skb.dev!.ifindex, stamp: cpu.now, v6: null,
    timer: timer_setup('ip_expire', null),
  };
  qp.timer.data = qp;
  cpu.host.frags.push(qp);
  mod_timer(cpu, qp.timer, jiffies(cpu) + cpu.host.knobs.ipfrag_time! * HZ);
  return qp;
}

/** Bytes of memory that waiting fragments take. @helper */
function frag_mem(cpu: Cpu): number {
  let sum = 0;
  for (const qp of cpu.host.frags) for (const each of qp.fragments) sum += each.skb.truesize;
  return sum;
}

/** So many other fragments of its source have come since the last one that the identifier may be another datagram's (RFC 4963). */
function ip_frag_too_far(cpu: Cpu, qp: ipq): boolean {
  const peer = qp.peer;
  if (peer === null) return false;
  const start = qp.rid;
  peer.rid++;
  qp.rid = peer.rid;
  const too_far = qp.fragments.length > 0 && peer.rid - start > cpu.host.knobs.ipfrag_max_dist!;
  if (too_far) cpu.host.mib.Ip.ReasmFails++;
  return too_far;
}

/** What was there is not believed: the datagram begins anew. */
function ip_frag_reinit(cpu: Cpu, qp: ipq): void {
  mod_timer(cpu, qp.timer, jiffies(cpu) + cpu.host.knobs.ipfrag_time! * HZ);
  const values = { meat: qp.meat, rid: qp.rid, max_dist: cpu.host.knobs.ipfrag_max_dist! };
  inet_frag_rbtree_purge(cpu, qp, dropCause('FRAG_TOO_FAR', 'qp->q.fragments_tail && (end - start) > max', values));
  Object.assign(qp, { flags: 0, len: 0, meat: 0, iif: 0, ecn: 0 });
}

/** Puts the fragment where it belongs; the one that completes the datagram becomes it. */
export function ip_frag_queue(cpu: Cpu, qp: ipq, skb: sk_buff): number {
  if (ip_frag_too_far(cpu, qp)) ip_frag_reinit(cpu, qp);
  const field = iph_frag_off(skb);
  const offset = (field & IP_OFFSET) << 3;
  const ihl = ip_hdrlen(skb);
  const more = (field & IP_MF) !== 0;
  const ecn = ip4_frag_ecn(iph_tos(skb));
  let end = offset + skb.len - skb_network_offset(skb) - ihl;
  if (more && (end & 7) !== 0) {
    end &= ~7;
    if (skb.ip_summed !== CHECKSUM_UNNECESSARY) skb.ip_summed = CHECKSUM_NONE;
  }
  if (!acceptEnd(qp, end, more) || end === offset) return discard_qp(cpu, qp, skb, 'end == offset || end beyond the last fragment', { offset, end, len: qp.len });
  pskb_pull(cpu, skb, skb_network_offset(skb) + ihl);
  pskb_trim_rcsum(cpu, skb, end - offset);
  const err = inet_frag_queue_insert(cpu, qp, skb, offset, end);
  if (err === IPFRAG_DUP) return discard(cpu, skb, 'DUP_FRAG', 'err == IPFRAG_DUP', { offset, end, len: qp.len, meat: qp.meat });
  if (err === IPFRAG_OVERLAP) {
    cpu.host.mib.IpExt.ReasmOverlaps++;
    return discard_qp(cpu, qp, skb, 'err == IPFRAG_OVERLAP', { offset, end, len: qp.len, meat: qp.meat });
  }
  qp.iif = skb.dev!.ifindex;
  qp.meat += skb.len;
  qp.ecn |= ecn;
  if (offset === 0) qp.flags |= INET_FRAG_FIRST_IN;
  qp.max_size = Math.max(qp.max_size, skb.len + ihl);
  if ((field & IP_DF) !== 0) qp.max_df_size = Math.max(qp.max_df_size, skb.len + ihl);
  if (qp.flags === (INET_FRAG_FIRST_IN | INET_FRAG_LAST_IN) && qp.meat === qp.len) {
    const dst = skb.dst;
    skb.dst = null;
    const failed = ip_frag_reasm(cpu, qp, skb);
    skb.dst = failed === 0 ? dst : null;
    return failed;
  }
  skb.dst = null;
  skb_orphan(cpu, skb);
  return -EINPROGRESS;
}

/** Whether a fragment's end agrees with what is known of the datagram's; learns the length. @helper */
export function acceptEnd(qp: ipq, end: number, more: boolean): boolean {
  const last_in = (qp.flags & INET_FRAG_LAST_IN) !== 0;
  if (!more) {
    if (end < qp.len || (last_in && end !== qp.len)) return false;
    qp.flags |= INET_FRAG_LAST_IN;
    qp.len = end;
  } else if (end > qp.len) {
    if (last_in) return false;
    qp.len = end;
  }
  return true;
}

/** @helper */
function discard(cpu: Cpu, skb: sk_buff, reason: 'NOT_SPECIFIED' | 'DUP_FRAG', condition: string, values: Record<string, number>): number {
  kfree_skb_reason(cpu, skb, reason, { condition, values });
  return -EINVAL;
}

/** @helper An attack or a bug: nothing of the datagram is believed any more. What was queued is let go without being called dropped. */
function discard_qp(cpu: Cpu, qp: ipq, skb: sk_buff, condition: string, values: Record<string, number>): number {
  inet_frag_kill(cpu, qp);
  cpu.host.mib.Ip.ReasmFails++;
  const err = discard(cpu, skb, 'NOT_SPECIFIED', condition, values);
  inet_frag_destroy(cpu, qp);
  return err;
}

export const IPFRAG_DUP = 1;
const IPFRAG_OVERLAP = 2;

/**
 * Fragments that came one behind the other make a run (net/ipv4/inet_fragment.c). One that lies within a run is a copy of what is there, which does no harm (IPFRAG_DUP);
 * any other that meets one overlaps it.
 */
export function inet_frag_queue_insert(_cpu: Cpu, qp: ipq, skb: sk_buff, offset: number, end: number): number {
  const { runs } = qp;
  const last = runs[runs.length - 1];
  if (last === undefined) runs.push({ offset, end });
  else if (last.end < end) {
    if (offset < last.end) return IPFRAG_OVERLAP;
    if (offset === last.end) last.end = end;
    else runs.push({ offset, end });
  } else {
    for (const run of runs) {
      if (end <= run.offset || offset >= run.end) continue;
      return offset >= run.offset && end <= run.end ? IPFRAG_DUP : IPFRAG_OVERLAP;
    }
    runs.splice(runs.findIndex((run) => run.offset >= end), 0, { offset, end });
  }
  let at = qp.fragments.length;
  while (at > 0 && qp.fragments[at - 1]!.offset > offset) at--;
  qp.fragments.splice(at, 0, { skb, offset, end });
  return 0;
}

/** @helper */
function ip4_frag_ecn(tos: number): number {
  return 1 << (tos & INET_ECN_MASK);
}

/** The ECN field of the whole (RFC 3168, 5.3): CE when one fragment had it; null: fragments with and without ECN do not belong together. @helper */
export function ip_frag_ecn_table(ecn: number): number | null {
  if ((ecn & IPFRAG_ECN_NOT_ECT) !== 0 && ecn !== IPFRAG_ECN_NOT_ECT) return null;
  return (ecn & IPFRAG_ECN_CE) !== 0 && (ecn & (IPFRAG_ECN_ECT_0 | IPFRAG_ECN_ECT_1)) !== 0 ? INET_ECN_CE : 0;
}

/** All is there: the fragments hang on the first one's frag_list, in order, and `skb` takes the first one's place. */
export function ip_frag_reasm(cpu: Cpu, qp: ipq, skb: sk_buff): number {
  inet_frag_kill(cpu, qp);
  const ecn = ip_frag_ecn_table(qp.ecn);
  if (ecn === null) return refuse(cpu, qp, -EINVAL);
  const pieces = qp.fragments.map((each) => each.skb);
  const first = pieces[0]!;
  if (ip_hdrlen(first) + qp.len > 65535) return refuse(cpu, qp, -E2BIG);
  if (first !== skb) {
    pieces[pieces.indexOf(skb)] = skb_clone(cpu, skb);
    skb_morph(cpu, skb, first);
    consume_skb(cpu, first);
    pieces[0] = skb;
  }
  skb_push(skb, skb.data - skb.network_header);
  const ihl = ip_hdrlen(skb);
  inet_frag_reasm_finish(cpu, skb, pieces);
  put_unaligned_be16(ihl + qp.len, skb.head, skb.network_header + 2);
  skb.head[skb.network_header + 1] = iph_tos(skb) | ecn;
  rememberSizes(qp, skb);
  ip_send_check(cpu, skb);
  cpu.host.mib.Ip.ReasmOKs++;
  qp.fragments = [];
  return 0;
}

/** @helper The fragments do not make a datagram: they are let go, counted but not called dropped. */
function refuse(cpu: Cpu, qp: ipq, err: number): number {
  cpu.host.mib.Ip.ReasmFails++;
  inet_frag_destroy(cpu, qp);
  return err;
}

/** Whoever sends it on must not send it in larger pieces than it came; DF is kept if the largest had it. @helper */
function rememberSizes(qp: ipq, skb: sk_buff): void {
  const whole = qp.max_df_size === qp.max_size;
  skb.cb = { kind: 'inet', frag_max_size: Math.max(qp.max_df_size, qp.max_size), flags: whole ? IPSKB_FRAG_PMTU : 0 } satisfies inet_skb_parm;
  put_unaligned_be16(whole ? IP_DF : 0, skb.head, skb.network_header + 6);
}

/** The others' bytes become the first one's: their pages as its frags where that can be, else they hang on its frag_list. @helper */
export function inet_frag_reasm_finish(cpu: Cpu, skb: sk_buff, pieces: sk_buff[]): void {
  const from = pieces.map((each) => each.lineage);
  const length = pieces.reduce((sum, each) => sum + each.len, 0);
  for (let i = 1; i < pieces.length; i++) {
    const piece = pieces[i]!;
    if (skb.ip_summed !== piece.ip_summed) skb.ip_summed = CHECKSUM_NONE;
    const merged = skb_try_coalesce(cpu, skb, piece);
    if (merged !== null) {
      kfree_skb_partial(cpu, piece, merged.stolen);
      continue;
    }
    skb.shinfo.frag_list.push(piece);
    skb.len += piece.len;
    skb.data_len += piece.len;
    skb.truesize += piece.truesize;
  }
  skb.lineage = createLineage(cpu, 'reassembled', skb.id, from, 0, length);
}

/** No more fragments are taken. */
export function inet_frag_kill(cpu: Cpu, qp: ipq): void {
  timer_delete(cpu, qp.timer);
  qp.flags |= INET_FRAG_COMPLETE;
  const at = cpu.host.frags.indexOf(qp);
  if (at >= 0) cpu.host.frags.splice(at, 1);
}

/** Frees what was queued: dropped when its time ran out (INET_FRAG_DROP), else let go. */
export function inet_frag_destroy(cpu: Cpu, qp: ipq): void {
  const late = (qp.flags & INET_FRAG_DROP) !== 0;
  inet_frag_rbtree_purge(cpu, qp, late ? dropCause('FRAG_REASM_TIMEOUT', 'datagram incomplete', { meat: qp.meat, len: qp.len }) : null);
}

/** All fragments go, for this reason; null: they are consumed. */
function inet_frag_rbtree_purge(cpu: Cpu, qp: ipq, cause: drop_cause | null): void {
  const pieces = qp.fragments;
  qp.fragments = [];
  qp.runs = [];
  for (const { skb } of pieces) {
    if (cause === null) consume_skb(cpu, skb);
    else kfree_skb_reason(cpu, skb, cause.reason, cause);
  }
}

/** The others did not come in time. The sender is told if the first fragment is here and this host is its goal, for which it is routed once more. */
export function ip_expire(cpu: Cpu, timer: timer_list): void {
  const qp = timer.data as ipq;
  if ((qp.flags & INET_FRAG_COMPLETE) !== 0) return;
  qp.flags |= INET_FRAG_DROP;
  inet_frag_kill(cpu, qp);
  cpu.host.mib.Ip.ReasmFails++;
  cpu.host.mib.Ip.ReasmTimeout++;
  if ((qp.flags & INET_FRAG_FIRST_IN) !== 0) tellSender(cpu, qp);
  inet_frag_destroy(cpu, qp);
}

/** @helper The part of ip_expire behind the first fragment's being there. */
function tellSender(cpu: Cpu, qp: ipq): void {
  const head = qp.fragments.shift()!.skb;
  skb_push(head, head.data - head.network_header);
  const cause = ip_route_input_noref(cpu, head, iph_daddr(head), iph_saddr(head), head.dev!);
  if (cause === null) icmp_send(cpu, head, ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME, 0);
  const { reason, condition, values } = cause ?? dropCause('FRAG_REASM_TIMEOUT', 'datagram incomplete', { meat: qp.meat, len: qp.len });
  kfree_skb_reason(cpu, head, reason, { condition, values });
}
