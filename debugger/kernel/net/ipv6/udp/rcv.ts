/** A datagram comes in over IPv6 (net/ipv6/udp.c). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH } from '../../../include/linux/icmpv6.ts';
import { ipv6_addr_any, ipv6_addr_is_multicast } from '../../../include/linux/in6.ts';
import { ipv6_daddr, ipv6_saddr } from '../../../include/linux/ipv6.ts';
import { CHECKSUM_COMPLETE } from '../../../include/linux/skbuff.ts';
import type { drop_values, sk_buff, skb_drop_reason } from '../../../include/linux/skbuff.ts';
import { SIZEOF_UDPHDR, uh_check, uh_dest, uh_len, uh_source } from '../../../include/linux/udp.ts';
import { sk_mark_napi_id, sk_mark_napi_id_once } from '../../../include/net/busy_poll.ts';
import { IPPROTO_UDP } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { sk_filter_trim_cap } from '../../core/filter.ts';
import { __skb_checksum_complete, csum_add, csum_fold, skb_checksum_complete, skb_csum_unnecessary } from '../../core/skbuff/checksum.ts';
import { skb_clone } from '../../core/skbuff/clone.ts';
import { __skb_pull, __skb_push, skb_transport_offset } from '../../core/skbuff/data.ts';
import { consume_skb, sk_skb_reason_drop } from '../../core/skbuff/free.ts';
import { pskb_may_pull, pskb_trim_rcsum } from '../../core/skbuff/pull.ts';
import { udp_post_segment_fix_csum, udp_rcv_segment, udp_unexpected_gso } from '../../ipv4/udp/gso.ts';
import { __udp_enqueue_schedule_skb } from '../../ipv4/udp/memory.ts';
import { udp_csum_pull_header } from '../../ipv4/udp/queue.ts';
import { udp_sk_rx_dst_set } from '../../ipv4/udp/rcv.ts';
import { icmpv6_send } from '../icmp/send.ts';
import { ip6_compute_pseudo } from '../ip6_checksum.ts';
import { __udp6_lib_lookup_skb, multicastTakers } from './lookup.ts';

/** Packets shorter than this are summed at once; of longer ones the reader sums while copying. */
const CHECKSUM_BREAK = 76;

export function udpv6_rcv(cpu: Cpu, skb: sk_buff): number {
  spend(cpu, cpu.costs.udp_rcv);
  if (!pskb_may_pull(cpu, skb, SIZEOF_UDPHDR)) return udpDrop(cpu, skb, 'PKT_TOO_SMALL', '!pskb_may_pull(skb, sizeof(struct udphdr))', { 'skb->len': skb.len });
  const ulen = uh_len(skb) === 0 ? skb.len : uh_len(skb);
  if (ulen > skb.len || ulen < SIZEOF_UDPHDR) return udpDrop(cpu, skb, 'PKT_TOO_SMALL', 'ulen > skb->len || ulen < sizeof(*uh)', { ulen, 'skb->len': skb.len });
  pskb_trim_rcsum(cpu, skb, ulen);
  if (uh_check(skb) === 0) return csumError(cpu, skb, '!uh->check');
  if (udp6_csum_init(cpu, skb) !== 0) return csumError(cpu, skb, 'udp6_csum_init(skb, uh, proto)');
  const early = skb.sk;
  if (early !== null) {
    skb.sk = null;
    skb.destructor = null;
    if (early.sk_rx_dst !== skb.dst) udp_sk_rx_dst_set(early, skb.dst);
    return udp6_unicast_rcv_skb(cpu, early, skb);
  }
  if (ipv6_addr_is_multicast(ipv6_daddr(skb))) return __udp6_lib_mcast_deliver(cpu, skb);
  const sk = __udp6_lib_lookup_skb(cpu, skb);
  if (sk !== null) return udp6_unicast_rcv_skb(cpu, sk, skb);
  if (!skb_csum_unnecessary(skb) && skb_checksum_complete(cpu, skb) !== 0) return csumError(cpu, skb, 'udp_lib_checksum_complete(skb)');
  cpu.host.mib.Udp6.NoPorts++;
  icmpv6_send(cpu, skb, ICMPV6_DEST_UNREACH, ICMPV6_PORT_UNREACH, 0);
  sk_skb_reason_drop(cpu, null, skb, 'NO_SOCKET', {
    condition: '!sk', values: { daddr: ipv6_daddr(skb), dest: uh_dest(skb), saddr: ipv6_saddr(skb), source: uh_source(skb) },
  });
  return 0;
}

/** @helper The drop end. */
function udpDrop(cpu: Cpu, skb: sk_buff, reason: skb_drop_reason, condition: string, values: drop_values): number {
  cpu.host.mib.Udp6.InErrors++;
  sk_skb_reason_drop(cpu, null, skb, reason, { condition, values });
  return 0;
}

/** @helper */
function csumError(cpu: Cpu, skb: sk_buff, condition: string): number {
  cpu.host.mib.Udp6.InCsumErrors++;
  return udpDrop(cpu, skb, 'UDP_CSUM', condition, { check: uh_check(skb), ulen: uh_len(skb) });
}

/** Is the checksum known to be right, or wrong, or left to the reader? Over IPv6 every datagram has one. */
export function udp6_csum_init(cpu: Cpu, skb: sk_buff): number {
  if (skb_csum_unnecessary(skb)) {
    skb.csum_valid = true;
    return 0;
  }
  const psum = ip6_compute_pseudo(skb, skb.len, IPPROTO_UDP);
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

function udp6_unicast_rcv_skb(cpu: Cpu, sk: sock, skb: sk_buff): number {
  udpv6_queue_rcv_skb(cpu, sk, skb);
  return 0;
}

/** A datagram to a group goes to every socket of its port. */
function __udp6_lib_mcast_deliver(cpu: Cpu, skb: sk_buff): number {
  const takers = multicastTakers(cpu, skb);
  for (let i = 1; i < takers.length; i++) udpv6_queue_rcv_skb(cpu, takers[i]!, skb_clone(cpu, skb));
  if (takers.length > 0) udpv6_queue_rcv_skb(cpu, takers[0]!, skb);
  else {
    consume_skb(cpu, skb);
    cpu.host.mib.Udp6.IgnoredMulti++;
  }
  return 0;
}

/** Merged datagrams are taken apart for sockets that did not ask for them. */
export function udpv6_queue_rcv_skb(cpu: Cpu, sk: sock, skb: sk_buff): number {
  if (!udp_unexpected_gso(sk, skb)) return udpv6_queue_rcv_one_skb(cpu, sk, skb);
  __skb_push(skb, skb.data - skb.mac_header);
  let segs = udp_rcv_segment(cpu, sk, skb);
  while (segs !== null) {
    const next: sk_buff | null = segs.next;
    segs.next = null;
    __skb_pull(segs, skb_transport_offset(segs));
    udp_post_segment_fix_csum(segs);
    udpv6_queue_rcv_one_skb(cpu, sk, segs);
    segs = next;
  }
  return 0;
}

function udpv6_queue_rcv_one_skb(cpu: Cpu, sk: sock, skb: sk_buff): number {
  const cause = sk_filter_trim_cap(cpu, sk, skb, SIZEOF_UDPHDR);
  if (cause !== null) {
    cpu.host.mib.Udp6.InErrors++;
    sk.sk_drops++;
    sk_skb_reason_drop(cpu, sk, skb, cause.reason, cause);
    return -1;
  }
  udp_csum_pull_header(skb);
  skb.dst = null;
  return __udpv6_queue_rcv_skb(cpu, sk, skb);
}

function __udpv6_queue_rcv_skb(cpu: Cpu, sk: sock, skb: sk_buff): number {
  if (!ipv6_addr_any(sk.sk_v6_daddr!)) {
    sk.sk_rxhash = skb.hash;
    sk_mark_napi_id(sk, skb);
    sk.sk_incoming_cpu = cpu.id;
  } else {
    sk_mark_napi_id_once(sk, skb);
  }
  const rc = __udp_enqueue_schedule_skb(cpu, sk, skb);
  if (rc === 0) return 0;
  cpu.host.mib.Udp6.RcvbufErrors++;
  cpu.host.mib.Udp6.InErrors++;
  sk_skb_reason_drop(cpu, sk, skb, 'SOCKET_RCVBUFF', { condition: 'rmem + size > rcvbuf', values: { rmem: sk.sk_rmem_alloc, size: skb.truesize, rcvbuf: sk.sk_rcvbuf } });
  return -1;
}
