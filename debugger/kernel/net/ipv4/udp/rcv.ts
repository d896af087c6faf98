/** A datagram comes in (net/ipv4/udp.c). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { ICMP_DEST_UNREACH, ICMP_PORT_UNREACH } from '../../../include/linux/icmp.ts';
import { iph_daddr, iph_saddr } from '../../../include/linux/ip.ts';
import { CHECKSUM_COMPLETE } from '../../../include/linux/skbuff.ts';
import type { sk_buff, skb_drop_reason } from '../../../include/linux/skbuff.ts';
import { SIZEOF_UDPHDR, uh_check, uh_dest, uh_len, uh_source } from '../../../include/linux/udp.ts';
import { RTCF_BROADCAST, RTCF_MULTICAST } from '../../../include/net/dst.ts';
import { IPPROTO_UDP } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { __skb_checksum_complete, csum_add, csum_fold, csum_tcpudp_nofold, skb_checksum_complete, skb_csum_unnecessary } from '../../core/skbuff/checksum.ts';
import { skb_clone } from '../../core/skbuff/clone.ts';
import { consume_skb, sk_skb_reason_drop } from '../../core/skbuff/free.ts';
import { pskb_may_pull, pskb_trim_rcsum } from '../../core/skbuff/pull.ts';
import { nf_reset_ct } from '../../netfilter/nf_conntrack_core/lifetime.ts';
import { icmp_send } from '../icmp/send.ts';
import { udp_hashfn } from './hash.ts';
import { __udp4_lib_lookup_skb, compute_score } from './lookup.ts';
import { udp_queue_rcv_skb } from './queue.ts';

/** Packets shorter than this are summed at once; of longer ones the reader sums while copying. */
const CHECKSUM_BREAK = 76;
export function udp_rcv(cpu: Cpu, skb: sk_buff): number {
  spend(cpu, cpu.costs.udp_rcv);
  if (!pskb_may_pull(cpu, skb, SIZEOF_UDPHDR)) return udpDrop(cpu, skb, 'NOT_SPECIFIED', '!pskb_may_pull(skb, sizeof(struct udphdr))', { 'skb->len': skb.len });
  const ulen = uh_len(skb);
  if (ulen > skb.len || ulen < SIZEOF_UDPHDR) {
    return udpDrop(cpu, skb, 'PKT_TOO_SMALL', 'ulen > skb->len || ulen < sizeof(*uh)', { ulen, 'skb->len': skb.len });
  }
  pskb_trim_rcsum(cpu, skb, ulen);
  if (udp4_csum_init(cpu, skb) !== 0) return udpCsumError(cpu, skb);
  const early = skb.sk;
  if (early !== null) {
    skb.sk = null;
    skb.destructor = null;
    if (early.sk_rx_dst !== skb.dst) udp_sk_rx_dst_set(early, skb.dst);
    return udp_unicast_rcv_skb(cpu, early, skb);
  }
  if ((skb.dst!.rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) !== 0) return __udp4_lib_mcast_deliver(cpu, skb);
  const sk = __udp4_lib_lookup_skb(cpu, skb);
  if (sk !== null) return udp_unicast_rcv_skb(cpu, sk, skb);
  if (skb._nfct !== null) nf_reset_ct(cpu, skb);
  if (!skb_csum_unnecessary(skb) && skb_checksum_complete(cpu, skb) !== 0) return udpCsumError(cpu, skb);
  cpu.host.mib.Udp.NoPorts++;
  icmp_send(cpu, skb, ICMP_DEST_UNREACH, ICMP_PORT_UNREACH, 0);
  sk_skb_reason_drop(cpu, null, skb, 'NO_SOCKET', {
    condition: '!sk', values: { daddr: iph_daddr(skb), dest: uh_dest(skb), saddr: iph_saddr(skb), source: uh_source(skb) },
  });
  return 0;
}

/** @helper The drop end of udp_rcv. */
function udpDrop(cpu: Cpu, skb: sk_buff, reason: skb_drop_reason, condition: string, values: Record<string, number>): number {
  cpu.host.mib.Udp.InErrors++;
  sk_skb_reason_drop(cpu, null, skb, reason, { condition, values });
  return 0;
}

/** @helper */
function udpCsumError(cpu: Cpu, skb: sk_buff): number {
  cpu.host.mib.Udp.InCsumErrors++;
  return udpDrop(cpu, skb, 'UDP_CSUM', 'udp4_csum_init(skb, uh, proto)', { check: uh_check(skb), ulen: uh_len(skb) });
}

/** Is the checksum known to be right, or wrong, or left to the reader? A datagram may have none. */
export function udp4_csum_init(cpu: Cpu, skb: sk_buff): number {
  if (skb_csum_unnecessary(skb) || uh_check(skb) === 0) {
    skb.csum_valid = true;
    return 0;
  }
  const psum = csum_tcpudp_nofold(iph_saddr(skb), iph_daddr(skb), skb.len, IPPROTO_UDP, 0);
  if (skb.ip_summed === CHECKSUM_COMPLETE && csum_fold(csum_add(psum, skb.csum)) === 0) {
    skb.csum_valid = true;
    return 0;
  }
  skb.csum = psum;
  if (skb.len > CHECKSUM_BREAK) return 0;
  const csum = __skb_checksum_complete(cpu, skb);
  if (csum === 0) skb.csum_valid = true;
  return csum;
}

/** The route for early demultiplexing of what follows. */
export function udp_sk_rx_dst_set(sk: sock, dst: sk_buff['dst']): void {
  sk.sk_rx_dst = dst;
}

export function udp_unicast_rcv_skb(cpu: Cpu, sk: sock, skb: sk_buff): number {
  udp_queue_rcv_skb(cpu, sk, skb);
  return 0;
}

/** A broadcast goes to every socket of its port. */
export function __udp4_lib_mcast_deliver(cpu: Cpu, skb: sk_buff): number {
  const slot = cpu.host.udp_table[udp_hashfn(uh_dest(skb))]!;
  const source = uh_source(skb);
  const dest = uh_dest(skb);
  const saddr = iph_saddr(skb);
  const daddr = iph_daddr(skb);
  const dif = skb.dev!.ifindex;
  let first: sock | null = null;
  for (const sk of slot) {
    if (compute_score(cpu, sk, saddr, source, 0, dest, dif) < 0 && compute_score(cpu, sk, saddr, source, daddr, dest, dif) < 0) continue;
    if (first === null) first = sk;
    else udp_queue_rcv_skb(cpu, sk, skb_clone(cpu, skb));
  }
  if (first !== null) udp_queue_rcv_skb(cpu, first, skb);
  else {
    consume_skb(cpu, skb);
    cpu.host.mib.Udp.IgnoredMulti++;
  }
  return 0;
}
