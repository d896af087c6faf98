/** Merged datagrams at a socket: taken apart, or told of by a control message (include/linux/udp.h, include/net/udp.h). */
import type { Cpu } from '../../../../machine/types.ts';
import { NETIF_F_IP_CSUM, NETIF_F_SG } from '../../../include/linux/netdevice.ts';
import { CHECKSUM_NONE, SKB_GSO_UDP_L4 } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { MSG_CTRUNC } from '../../../include/linux/socket.ts';
import type { msghdr, sock } from '../../../include/net/sock.ts';
import { __skb_gso_segment } from '../../core/gso.ts';
import { skb_is_gso } from '../../core/skbuff/data.ts';
import { consume_skb, kfree_skb_reason } from '../../core/skbuff/free.ts';

/** The socket has not set UDP_GRO: it takes one datagram at a time. */
export function udp_unexpected_gso(sk: sock, skb: sk_buff): boolean {
  return skb_is_gso(skb) && (skb.shinfo.gso_type & SKB_GSO_UDP_L4) !== 0 && !sk.udp!.accept_udp_l4;
}

/** The datagrams that were merged, linked by next; their checksums are known to be right and are not summed. null: it could not be cut, and is dropped. */
export function udp_rcv_segment(cpu: Cpu, sk: sock, skb: sk_buff): sk_buff | null {
  const segs = __skb_gso_segment(cpu, skb, NETIF_F_SG | NETIF_F_IP_CSUM);
  if (segs !== null) {
    consume_skb(cpu, skb);
    return segs;
  }
  const { gso_segs, gso_size, gso_type } = skb.shinfo;
  sk.sk_drops += gso_segs;
  cpu.host.mib.Udp.InErrors += gso_segs;
  kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: 'IS_ERR_OR_NULL(segs)', values: { gso_type, gso_size, gso_segs } });
  return null;
}

/** GRO has validated the checksums, so a datagram without a sum of its own counts as right. */
export function udp_post_segment_fix_csum(skb: sk_buff): void {
  if (skb.ip_summed === CHECKSUM_NONE) skb.csum_valid = true;
}

/** The control message UDP_GRO: the size of the datagrams that were merged, the last may be shorter. */
export function udp_cmsg_recv(msg: msghdr, _sk: sock, skb: sk_buff): void {
  if ((skb.shinfo.gso_type & SKB_GSO_UDP_L4) === 0) return;
  if (msg.msg_controllen === 0) msg.msg_flags |= MSG_CTRUNC;
  else msg.cmsg.gso_size = skb.shinfo.gso_size;
}
