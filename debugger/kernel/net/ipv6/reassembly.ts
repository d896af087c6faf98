/** Putting fragments of IPv6 together again (net/ipv6/reassembly.c; RFC 8200 4.5). The queues are as those of IPv4: see net/ipv4/ip_fragment.ts. */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { get_unaligned_be16, get_unaligned_be32, put_unaligned_be16 } from '../../include/asm-generic/unaligned.ts';
import { ICMPV6_EXC_FRAGTIME, ICMPV6_HDR_FIELD, ICMPV6_TIME_EXCEED } from '../../include/linux/icmpv6.ts';
import { IP6CB, ipv6_daddr, ipv6_get_dsfield, ipv6_payload_len, ipv6_saddr } from '../../include/linux/ipv6.ts';
import { CHECKSUM_NONE, CHECKSUM_UNNECESSARY } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import type { timer_list } from '../../include/linux/timer.ts';
import { INET_FRAG_COMPLETE, INET_FRAG_DROP, INET_FRAG_FIRST_IN, INET_FRAG_LAST_IN } from '../../include/net/inet_frag.ts';
import type { ipq } from '../../include/net/inet_frag.ts';
import { jiffies, mod_timer, timer_delete, timer_setup } from '../../kernel/time/timer.ts';
import { skb_clone, skb_morph } from '../core/skbuff/clone.ts';
import { skb_push } from '../core/skbuff/data.ts';
import { skb_orphan } from '../core/skbuff/destructors.ts';
import { consume_skb, kfree_skb_reason } from '../core/skbuff/free.ts';
import { pskb_may_pull, pskb_pull, pskb_trim_rcsum } from '../core/skbuff/pull.ts';
import { IPFRAG_DUP, acceptEnd, inet_frag_destroy, inet_frag_queue_insert, inet_frag_reasm_finish, ip_frag_ecn_table } from '../ipv4/ip_fragment.ts';
import { icmpv6_param_prob, icmpv6_send } from './icmp/send.ts';
import { SIZEOF_FRAG_HDR } from './ip6_output/fragment.ts';

const SIZEOF_IPV6HDR = 40;
const IP6_OFFSET = 0xfff8;
const IP6_MF = 1;

/** A fragment header. 1: `skb` now is the whole datagram, on with its next header; -1: the fragment waits, or was dropped. */
export function ipv6_frag_rcv(cpu: Cpu, skb: sk_buff): number {
  spend(cpu, cpu.costs.ip_defrag);
  const mib = cpu.host.mib.Ip6;
  mib.ReasmReqds++;
  const fail = (condition: string, values: Record<string, number>): number => {
    mib.InHdrErrors++;
    icmpv6_param_prob(cpu, skb, ICMPV6_HDR_FIELD, skb.transport_header - skb.network_header);
    kfree_skb_reason(cpu, skb, 'IPV6_BAD_EXTHDR', { condition, values });
    return -1;
  };
  if (ipv6_payload_len(skb) === 0) return fail('hdr->payload_len == 0', { payload_len: 0 });
  if (!pskb_may_pull(cpu, skb, SIZEOF_FRAG_HDR)) return fail('!pskb_may_pull(skb, skb_transport_offset(skb) + sizeof(struct frag_hdr))', { 'skb->len': skb.len });
  const fhdr = skb.transport_header;
  const frag_off = get_unaligned_be16(skb.head, fhdr + 2);
  if ((frag_off & (IP6_OFFSET | IP6_MF)) === 0) {
    skb.transport_header += SIZEOF_FRAG_HDR;
    IP6CB(skb).nhoff = fhdr - skb.network_header;
    return 1;
  }
  const fq = fq_find(cpu, skb, get_unaligned_be32(skb.head, fhdr + 4));
  if (fq === null) {
    mib.ReasmFails++;
    kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: 'frag_mem_limit(fqdir) > fqdir->high_thresh', values: { high_thresh: cpu.host.knobs.ipv6_frag_high_thresh! } });
    return -1;
  }
  return ip6_frag_queue(cpu, fq, skb, frag_off);
}

/** The datagram that this fragment belongs to, a new one if need be; null when fragments take too much memory. */
function fq_find(cpu: Cpu, skb: sk_buff, id: number): ipq | null {
  let memory = 0;
  for (const fq of cpu.host.frags6) for (const each of fq.fragments) memory += each.skb.truesize;
  if (memory > cpu.host.knobs.ipv6_frag_high_thresh!) return null;
  const [saddr, daddr] = [ipv6_saddr(skb), ipv6_daddr(skb)];
  for (const fq of cpu.host.frags6) if (fq.id === id && fq.v6!.saddr === saddr && fq.v6!.daddr === daddr) return fq;
  const fq: ipq = {
    saddr: 0, daddr: 0, id, protocol: 0, vif: 0, flags: 0, fragments: [], runs: [], len: 0, meat: 0, max_size: 0, max_df_size: 0, ecn: 0, peer: null, rid: 0, iif: skb.dev!.ifindex,
    stamp: cpu.now, v6: { saddr, daddr }, timer: timer_setup('ip6_frag_expire', null),
  };
  fq.timer.data = fq;
  cpu.host.frags6.push(fq);
  mod_timer(cpu, fq.timer, jiffies(cpu) + cpu.host.knobs.ipv6_frag_time!);
  return fq;
}

/** Puts the fragment where it belongs; the one that completes the datagram becomes it. */
function ip6_frag_queue(cpu: Cpu, fq: ipq, skb: sk_buff, frag_off: number): number {
  const offset = frag_off & IP6_OFFSET;
  const more = (frag_off & IP6_MF) !== 0;
  const end = offset + ipv6_payload_len(skb) - (skb.transport_header + SIZEOF_FRAG_HDR - (skb.network_header + SIZEOF_IPV6HDR));
  if (more && (end & 7) !== 0) {
    icmpv6_param_prob(cpu, skb, ICMPV6_HDR_FIELD, 4);
    return discard(cpu, fq, skb, 'end & 0x7', { offset, end });
  }
  if (!acceptEnd(fq, end, more) || end === offset) return discard(cpu, fq, skb, 'end == offset || end beyond the last fragment', { offset, end, len: fq.len });
  const ecn = 1 << (ipv6_get_dsfield(skb) & 3);
  const fragsize = ipv6_payload_len(skb) + SIZEOF_IPV6HDR;
  pskb_pull(cpu, skb, skb.transport_header + SIZEOF_FRAG_HDR - skb.data);
  pskb_trim_rcsum(cpu, skb, end - offset);
  if (skb.ip_summed !== CHECKSUM_UNNECESSARY) skb.ip_summed = CHECKSUM_NONE;
  const err = inet_frag_queue_insert(cpu, fq, skb, offset, end);
  if (err !== 0) {
    const values = { offset, end, len: fq.len, meat: fq.meat };
    if (err !== IPFRAG_DUP) return discard(cpu, fq, skb, 'err == IPFRAG_OVERLAP', values);
    kfree_skb_reason(cpu, skb, 'DUP_FRAG', { condition: 'err == IPFRAG_DUP', values });
    return -1;
  }
  fq.iif = skb.dev!.ifindex;
  fq.meat += skb.len;
  fq.ecn |= ecn;
  fq.max_size = Math.max(fq.max_size, fragsize);
  if (offset === 0) fq.flags |= INET_FRAG_FIRST_IN;
  const dst = skb.dst;
  skb.dst = null;
  if (fq.flags === (INET_FRAG_FIRST_IN | INET_FRAG_LAST_IN) && fq.meat === fq.len) {
    const ret = ip6_frag_reasm(cpu, fq, skb);
    if (ret === 1) skb.dst = dst;
    return ret;
  }
  skb_orphan(cpu, skb);
  return -1;
}

/** Nothing of the datagram is believed any more. @helper */
function discard(cpu: Cpu, fq: ipq, skb: sk_buff, condition: string, values: Record<string, number>): number {
  inet_frag_kill6(cpu, fq);
  cpu.host.mib.Ip6.ReasmFails++;
  kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition, values });
  inet_frag_destroy(cpu, fq);
  return -1;
}

/** No more fragments are taken. @helper */
function inet_frag_kill6(cpu: Cpu, fq: ipq): void {
  timer_delete(cpu, fq.timer);
  fq.flags |= INET_FRAG_COMPLETE;
  const at = cpu.host.frags6.indexOf(fq);
  if (at >= 0) cpu.host.frags6.splice(at, 1);
}

/** All is there: the first fragment's header loses its fragment header, the others' bytes follow. */
function ip6_frag_reasm(cpu: Cpu, fq: ipq, skb: sk_buff): number {
  inet_frag_kill6(cpu, fq);
  const mib = cpu.host.mib.Ip6;
  const ecn = ip_frag_ecn_table(fq.ecn);
  const pieces = fq.fragments.map((each) => each.skb);
  const first = pieces[0]!;
  const unfragmented = first.data - first.network_header - SIZEOF_FRAG_HDR - SIZEOF_IPV6HDR;
  if (ecn === null || unfragmented + fq.len > 65535) {
    mib.ReasmFails++;
    inet_frag_destroy(cpu, fq);
    return -1;
  }
  if (first !== skb) {
    pieces[pieces.indexOf(skb)] = skb_clone(cpu, skb);
    skb_morph(cpu, skb, first);
    consume_skb(cpu, first);
    pieces[0] = skb;
  }
  const fhdr = skb.data - SIZEOF_FRAG_HDR;
  const cb = IP6CB(skb);
  skb.head[skb.network_header + cb.nhoff] = skb.head[fhdr]!;
  skb.head.copyWithin(skb.network_header + SIZEOF_FRAG_HDR, skb.network_header, fhdr);
  skb.network_header += SIZEOF_FRAG_HDR;
  skb.mac_header += SIZEOF_FRAG_HDR;
  skb.transport_header = skb.data;
  skb_push(skb, skb.data - skb.network_header);
  inet_frag_reasm_finish(cpu, skb, pieces);
  put_unaligned_be16(unfragmented + fq.len, skb.head, skb.network_header + 4);
  skb.head[skb.network_header + 1] = skb.head[skb.network_header + 1]! | (ecn << 4);
  cb.frag_max_size = fq.max_size;
  mib.ReasmOKs++;
  fq.fragments = [];
  return 1;
}

/** The others did not come in time. The sender is told if the first fragment is here. */
export function ip6_frag_expire(cpu: Cpu, timer: timer_list): void {
  const fq = timer.data as ipq;
  if ((fq.flags & INET_FRAG_COMPLETE) !== 0) return;
  fq.flags |= INET_FRAG_DROP;
  inet_frag_kill6(cpu, fq);
  cpu.host.mib.Ip6.ReasmFails++;
  cpu.host.mib.Ip6.ReasmTimeout++;
  if ((fq.flags & INET_FRAG_FIRST_IN) !== 0) {
    const head = fq.fragments.shift()!.skb;
    skb_push(head, head.data - head.network_header);
    icmpv6_send(cpu, head, ICMPV6_TIME_EXCEED, ICMPV6_EXC_FRAGTIME, 0);
    kfree_skb_reason(cpu, head, 'FRAG_REASM_TIMEOUT', { condition: 'datagram incomplete', values: { meat: fq.meat, len: fq.len } });
  }
  inet_frag_destroy(cpu, fq);
}
