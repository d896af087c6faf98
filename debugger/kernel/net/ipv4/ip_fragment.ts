/** Putting fragments together again (net/ipv4/ip_fragment.c, inet_fragment.c; RFC 791, RFC 5722 on overlaps). */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { put_unaligned_be16 } from '../../include/asm-generic/unaligned.ts';
import { ICMP_EXC_FRAGTIME, ICMP_TIME_EXCEEDED } from '../../include/linux/icmp.ts';
import { IP_DF, IP_MF, IP_OFFSET, ip_hdrlen, iph_daddr, iph_frag_off, iph_id, iph_protocol, iph_saddr, iph_tos } from '../../include/linux/ip.ts';
import { CHECKSUM_NONE } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import type { timer_list } from '../../include/linux/timer.ts';
import { dropCause } from '../../include/net/dropreason.ts';
import type { drop_cause } from '../../include/net/dropreason.ts';
import { INET_FRAG_COMPLETE, INET_FRAG_FIRST_IN, INET_FRAG_LAST_IN, IPFRAG_ECN_CE, IPFRAG_ECN_ECT_0, IPFRAG_ECN_ECT_1, IPFRAG_ECN_NOT_ECT } from '../../include/net/inet_frag.ts';
import { INET_ECN_CE, INET_ECN_MASK } from '../../include/net/tcp.ts';
import type { ipq } from '../../include/net/inet_frag.ts';
import { HZ, jiffies, mod_timer, timer_delete, timer_setup } from '../../kernel/time/timer.ts';
import { skb_network_offset, skb_push } from '../core/skbuff/data.ts';
import { skb_clone, skb_morph } from '../core/skbuff/clone.ts';
import { skb_try_coalesce } from '../core/skbuff/coalesce.ts';
import { consume_skb, kfree_skb_partial, kfree_skb_reason } from '../core/skbuff/free.ts';
import { createLineage } from '../core/skbuff/lineage.ts';
import { pskb_pull, pskb_trim_rcsum } from '../core/skbuff/pull.ts';
import { icmp_send } from './icmp/send.ts';
import { inet_getpeer } from './inetpeer.ts';
import { IPSKB_FRAG_PMTU } from './ipcb.ts';
import type { inet_skb_parm } from './ipcb.ts';
import { ip_send_check } from './ip_output/ip_send_check.ts';

const EINPROGRESS = 115;
const EINVAL = 22;
const ENOMEM = 12;

/**
 * Takes a fragment. 0: `skb` now is the whole datagram; -EINPROGRESS: kept until the others come; another negative errno: dropped.
 */
export function ip_defrag(cpu: Cpu, skb: sk_buff): number {
  spend(cpu, cpu.costs.ip_defrag);
  cpu.host.mib.Ip.ReasmReqds++;
  const qp = ip_find(cpu, skb);
  if (qp === null) {
    cpu.host.mib.Ip.ReasmFails++;
    kfree_skb_reason(cpu, skb, 'NOMEM', { condition: 'frag_mem_limit(fqdir) > fqdir->high_thresh', values: { memory: frag_mem(cpu), high_thresh: cpu.host.knobs.ipfrag_high_thresh! } });
    return -ENOMEM;
  }
  return ip_frag_queue(cpu, qp, skb);
}

/** The datagram that this fragment belongs to, a new one if need be; null when fragments take too much memory. */
export function ip_find(cpu: Cpu, skb: sk_buff): ipq | null {
  const saddr = iph_saddr(skb);
  const daddr = iph_daddr(skb);
  const id = iph_id(skb);
  const protocol = iph_protocol(skb);
  for (const qp of cpu.host.frags) {
    if (qp.id === id && qp.saddr === saddr && qp.daddr === daddr && qp.protocol === protocol) return qp;
  }
  if (frag_mem(cpu) > cpu.host.knobs.ipfrag_high_thresh!) return null;
  const peer = cpu.host.knobs.ipfrag_max_dist! > 0 ? inet_getpeer(cpu, saddr) : null;
  const qp: ipq = {
    saddr, daddr, id, protocol, vif: 0, flags: 0, fragments: [], len: 0, meat: 0, max_size: 0, max_df_size: 0, ecn: 0, peer, rid: 0, iif: skb.dev!.ifindex, stamp: cpu.now,
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
  const given = offset + skb.len - skb_network_offset(skb) - ihl;
  const end = more ? given & ~7 : given;
  if (!acceptEnd(qp, end, more) || end === offset) return discard(cpu, skb, 'NOT_SPECIFIED', 'end == offset || end beyond the last fragment', { offset, end, len: qp.len });
  pskb_pull(cpu, skb, skb_network_offset(skb) + ihl);
  pskb_trim_rcsum(cpu, skb, end - offset);
  const overlap = qp.fragments.find((each) => each.offset < end && each.end > offset);
  if (overlap !== undefined) return refuseOverlap(cpu, qp, skb, overlap.offset <= offset && overlap.end >= end);
  insertFragment(qp, skb, offset, end);
  qp.meat += skb.len;
  qp.max_size = Math.max(qp.max_size, skb.len + ihl);
  if ((field & IP_DF) !== 0) qp.max_df_size = Math.max(qp.max_df_size, skb.len + ihl);
  qp.ecn |= ip4_frag_ecn(iph_tos(skb));
  if (offset === 0) qp.flags |= INET_FRAG_FIRST_IN;
  if ((qp.flags & (INET_FRAG_FIRST_IN | INET_FRAG_LAST_IN)) === (INET_FRAG_FIRST_IN | INET_FRAG_LAST_IN) && qp.meat === qp.len) {
    const dst = skb.dst;
    skb.dst = null;
    const err = ip_frag_reasm(cpu, qp, skb);
    skb.dst = err === 0 ? dst : null;
    return err;
  }
  skb.dst = null;
  return -EINPROGRESS;
}

/** Whether a fragment's end agrees with what is known of the datagram's; learns the length. @helper */
function acceptEnd(qp: ipq, end: number, more: boolean): boolean {
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

/** A copy of what is there is dropped alone; a real overlap is an attack or a bug: the whole datagram goes. @helper */
function refuseOverlap(cpu: Cpu, qp: ipq, skb: sk_buff, duplicate: boolean): number {
  const values = { len: qp.len, meat: qp.meat };
  if (duplicate) return discard(cpu, skb, 'DUP_FRAG', 'fragment lies within one that is queued', values);
  cpu.host.mib.IpExt.ReasmOverlaps++;
  inet_frag_kill(cpu, qp);
  inet_frag_destroy(cpu, qp);
  return discard(cpu, skb, 'NOT_SPECIFIED', 'fragment overlaps one that is queued', values);
}

/** @helper */
function insertFragment(qp: ipq, skb: sk_buff, offset: number, end: number): void {
  let at = qp.fragments.length;
  while (at > 0 && qp.fragments[at - 1]!.offset > offset) at--;
  qp.fragments.splice(at, 0, { skb, offset, end });
}

/** @helper */
function ip4_frag_ecn(tos: number): number {
  return 1 << (tos & INET_ECN_MASK);
}

/** The ECN field of the whole (RFC 3168, 5.3): CE when one fragment had it; null: fragments with and without ECN do not belong together. @helper */
function ip_frag_ecn_table(ecn: number): number | null {
  if ((ecn & IPFRAG_ECN_NOT_ECT) !== 0 && ecn !== IPFRAG_ECN_NOT_ECT) return null;
  return (ecn & IPFRAG_ECN_CE) !== 0 && (ecn & (IPFRAG_ECN_ECT_0 | IPFRAG_ECN_ECT_1)) !== 0 ? INET_ECN_CE : 0;
}

/** All is there: the fragments hang on the first one's frag_list, in order, and `skb` takes the first one's place. */
export function ip_frag_reasm(cpu: Cpu, qp: ipq, skb: sk_buff): number {
  inet_frag_kill(cpu, qp);
  const ecn = ip_frag_ecn_table(qp.ecn);
  if (ecn === null) return refuseEcn(cpu, qp);
  const pieces = qp.fragments.map((each) => each.skb);
  const first = pieces[0]!;
  if (first !== skb) {
    pieces[pieces.indexOf(skb)] = skb_clone(cpu, skb);
    skb_morph(cpu, skb, first);
    consume_skb(cpu, first);
    pieces[0] = skb;
  }
  skb_push(skb, skb.data - skb.network_header);
  const ihl = ip_hdrlen(skb);
  if (ihl + qp.len > 65535) return discard(cpu, skb, 'NOT_SPECIFIED', 'len > 65535', { len: ihl + qp.len });
  inet_frag_reasm_finish(cpu, skb, pieces);
  put_unaligned_be16(ihl + qp.len, skb.head, skb.network_header + 2);
  skb.head[skb.network_header + 1] = iph_tos(skb) | ecn;
  rememberSizes(qp, skb);
  ip_send_check(cpu, skb);
  cpu.host.mib.Ip.ReasmOKs++;
  qp.fragments = [];
  return 0;
}

/** @helper */
function refuseEcn(cpu: Cpu, qp: ipq): number {
  cpu.host.mib.Ip.ReasmFails++;
  inet_frag_rbtree_purge(cpu, qp, dropCause('NOT_SPECIFIED', 'ip_frag_ecn_table[qp->ecn] == 0xff', { ecn: qp.ecn, len: qp.len }));
  return -EINVAL;
}

/** Whoever sends it on must not send it in larger pieces than it came; DF is kept if the largest had it. @helper */
function rememberSizes(qp: ipq, skb: sk_buff): void {
  const whole = qp.max_df_size === qp.max_size;
  skb.cb = { kind: 'inet', frag_max_size: Math.max(qp.max_df_size, qp.max_size), flags: whole ? IPSKB_FRAG_PMTU : 0 } satisfies inet_skb_parm;
  put_unaligned_be16(whole ? IP_DF : 0, skb.head, skb.network_header + 6);
}

/** The others' bytes become the first one's: their pages as its frags where that can be, else they hang on its frag_list. @helper */
function inet_frag_reasm_finish(cpu: Cpu, skb: sk_buff, pieces: sk_buff[]): void {
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

/** Frees what was queued. */
export function inet_frag_destroy(cpu: Cpu, qp: ipq): void {
  inet_frag_rbtree_purge(cpu, qp, dropCause('FRAG_REASM_TIMEOUT', 'datagram incomplete', { meat: qp.meat, len: qp.len }));
}

/** All fragments go, for this reason. */
function inet_frag_rbtree_purge(cpu: Cpu, qp: ipq, cause: drop_cause): void {
  const pieces = qp.fragments;
  qp.fragments = [];
  for (const { skb } of pieces) kfree_skb_reason(cpu, skb, cause.reason, cause);
}

/** The others did not come in time: the sender is told if the first fragment is here, all is dropped. */
export function ip_expire(cpu: Cpu, timer: timer_list): void {
  const qp = timer.data as ipq;
  if ((qp.flags & INET_FRAG_COMPLETE) !== 0) return;
  inet_frag_kill(cpu, qp);
  cpu.host.mib.Ip.ReasmFails++;
  cpu.host.mib.Ip.ReasmTimeout++;
  const first = qp.fragments[0];
  if (first !== undefined && (qp.flags & INET_FRAG_FIRST_IN) !== 0) {
    skb_push(first.skb, first.skb.data - first.skb.network_header);
    icmp_send(cpu, first.skb, ICMP_TIME_EXCEEDED, ICMP_EXC_FRAGTIME, 0);
  }
  inet_frag_destroy(cpu, qp);
}
