/** A datagram for a socket: filter, checksum, receive queue (net/ipv4/udp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { CHECKSUM_NONE } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { SIZEOF_UDPHDR } from '../../../include/linux/udp.ts';
import { sk_mark_napi_id, sk_mark_napi_id_once } from '../../../include/net/busy_poll.ts';
import type { sock } from '../../../include/net/sock.ts';
import { sk_filter_trim_cap } from '../../core/filter.ts';
import { nf_reset_ct } from '../../netfilter/nf_conntrack_core/lifetime.ts';
import { csum_partial } from '../../core/skbuff/checksum.ts';
import { __skb_pull, __skb_push, skb_transport_offset } from '../../core/skbuff/data.ts';
import { sk_skb_reason_drop } from '../../core/skbuff/free.ts';
import { skb_pull_rcsum } from '../../core/skbuff/pull.ts';
import { ipv4_pktinfo_prepare } from '../ip_sockglue/cmsg.ts';
import { udp_post_segment_fix_csum, udp_rcv_segment, udp_unexpected_gso } from './gso.ts';
import { __udp_enqueue_schedule_skb } from './memory.ts';

/** Merged datagrams (GRO, or UDP_SEGMENT over loopback) are taken apart for sockets that did not ask for them. */
export function udp_queue_rcv_skb(cpu: Cpu, sk: sock, skb: sk_buff): number {
  if (!udp_unexpected_gso(sk, skb)) return udp_queue_rcv_one_skb(cpu, sk, skb);
  __skb_push(skb, skb.data - skb.mac_header);
  let segs = udp_rcv_segment(cpu, sk, skb);
  while (segs !== null) {
    const next: sk_buff | null = segs.next;
    segs.next = null;
    __skb_pull(segs, skb_transport_offset(segs));
    udp_post_segment_fix_csum(segs);
    udp_queue_rcv_one_skb(cpu, sk, segs);
    segs = next;
  }
  return 0;
}

export function udp_queue_rcv_one_skb(cpu: Cpu, sk: sock, skb: sk_buff): number {
  if (skb._nfct !== null) nf_reset_ct(cpu, skb);
  const cause = sk_filter_trim_cap(cpu, sk, skb, SIZEOF_UDPHDR);
  if (cause !== null) {
    cpu.host.mib.Udp.InErrors++;
    sk.sk_drops++;
    sk_skb_reason_drop(cpu, sk, skb, cause.reason, cause);
    return -1;
  }
  udp_csum_pull_header(skb);
  ipv4_pktinfo_prepare(cpu, sk, skb, true);
  return __udp_queue_rcv_skb(cpu, sk, skb);
}

/** Off with the header; the reader's sum must have counted it. */
export function udp_csum_pull_header(skb: sk_buff): void {
  if (skb.ip_summed === CHECKSUM_NONE) skb.csum = csum_partial(skb.head, skb.data, SIZEOF_UDPHDR, skb.csum);
  skb_pull_rcsum(skb, SIZEOF_UDPHDR);
}

export function __udp_queue_rcv_skb(cpu: Cpu, sk: sock, skb: sk_buff): number {
  if (sk.inet.inet_daddr !== 0) {
    sk.sk_rxhash = skb.hash;
    sk_mark_napi_id(sk, skb);
    sk.sk_incoming_cpu = cpu.id;
  } else {
    sk_mark_napi_id_once(sk, skb);
  }
  const rc = __udp_enqueue_schedule_skb(cpu, sk, skb);
  if (rc === 0) return 0;
  cpu.host.mib.Udp.RcvbufErrors++;
  cpu.host.mib.Udp.InErrors++;
  sk_skb_reason_drop(cpu, sk, skb, 'SOCKET_RCVBUFF', { condition: 'rmem + size > rcvbuf', values: { rmem: sk.sk_rmem_alloc, size: skb.truesize, rcvbuf: sk.sk_rcvbuf } });
  return -1;
}
