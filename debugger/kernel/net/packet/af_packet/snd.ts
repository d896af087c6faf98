/** Frames that a process makes itself (net/packet/af_packet.c). */
import { perKib } from '../../../../machine/costs.ts';
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { ETH_P_ALL, ETH_P_IP } from '../../../include/linux/if_ether.ts';
import { IFF_UP } from '../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { MSG_DONTWAIT } from '../../../include/linux/socket.ts';
import { PAGE_SIZE, SOCK_DGRAM, SOCK_RAW } from '../../../include/net/sock.ts';
import type { msghdr, sock, socket } from '../../../include/net/sock.ts';
import { reachable } from '../../../lib/iov_iter.ts';
import { EFAULT, EINVAL, EMSGSIZE, ENETDOWN, ENXIO } from '../../../include/uapi/asm-generic/errno.ts';
import { dev_direct_xmit, dev_queue_xmit, net_xmit_errno } from '../../core/dev/xmit.ts';
import { skb_put, skb_reserve, skb_reset_mac_header, skb_reset_network_header, skb_store_bits } from '../../core/skbuff/data.ts';
import { kfree_skb, kfree_skb_reason } from '../../core/skbuff/free.ts';
import { sock_alloc_send_pskb } from '../../core/sock/wmem.ts';
import { dev_hard_header, eth_header_parse_protocol } from '../../ethernet/eth.ts';
import { dev_get_by_index_rcu } from '../../ipv4/devinet.ts';
import { LL_RESERVED_SPACE } from '../../ipv4/ip_output/output.ts';
import { pkt_sk } from '../internal.ts';

const VLAN_HLEN = 4;
const SIZEOF_IPV6HDR = 40;
const SIZEOF_IPHDR = 20;

export function* packet_sendmsg(cpu: Cpu, sock: socket, msg: msghdr, len: number): Resumable<number> {
  return yield* packet_snd(cpu, sock, msg, len);
}

/** An skb with `linear` of `len` bytes in its head; all of them while they are less than a page. */
function* packet_alloc_skb(cpu: Cpu, sk: sock, reserve: number, len: number, linear: number, msg: msghdr): Resumable<sk_buff | number> {
  const inHead = reserve + len < PAGE_SIZE ? len : linear;
  const noblock = (msg.msg_flags & MSG_DONTWAIT) !== 0;
  const skb = yield* sock_alloc_send_pskb(cpu, sk, reserve + inHead, len - inHead, noblock, 0, msg.lineage);
  if (typeof skb === 'number') return skb;
  skb_reserve(skb, reserve);
  skb_put(skb, inHead);
  return skb;
}

/**
 * Sends a frame by the device of the address, or by the one that the socket is bound to. SOCK_RAW: the bytes begin with the Ethernet header;
 * SOCK_DGRAM: the kernel puts one in front, to sll_addr. Answers the bytes taken or a negative errno.
 */
export function* packet_snd(cpu: Cpu, sock: socket, msg: msghdr, len: number): Resumable<number> {
  const sk = sock.sk!;
  const po = pkt_sk(sk);
  const saddr = msg.msg_name === null ? null : msg.msg_name.ll;
  if (msg.msg_name !== null && saddr === null) return -EINVAL;
  const dev = saddr === null ? po.cached_dev : dev_get_by_index_rcu(cpu, saddr.sll_ifindex);
  const proto = saddr === null ? po.num : saddr.sll_protocol;
  if (dev === null) return -ENXIO;
  if ((dev.flags & IFF_UP) === 0) return -ENETDOWN;
  const reserve = sock.type === SOCK_RAW ? dev.hard_header_len : 0;
  if (len > dev.mtu + reserve + VLAN_HLEN) return -EMSGSIZE;
  if (len < reserve) return -EINVAL;
  if (sock.type === SOCK_DGRAM && (saddr === null || saddr.sll_halen < dev.dev_addr.length)) return -EINVAL;
  const hlen = LL_RESERVED_SPACE(dev.hard_header_len);
  const skb = yield* packet_alloc_skb(cpu, sk, hlen, len, Math.min(len, dev.hard_header_len), msg);
  if (typeof skb === 'number') return skb;
  skb_reset_network_header(skb);
  let offset = 0;
  if (sock.type === SOCK_DGRAM) {
    offset = dev_hard_header(cpu, skb, dev, proto, saddr!.sll_addr, null);
  } else {
    skb_reserve(skb, -reserve);
    if (len < reserve + SIZEOF_IPV6HDR) skb_reset_network_header(skb);
  }
  if (skb_copy_datagram_from_iter(cpu, skb, offset, msg, len) !== 0) {
    kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: 'skb_copy_datagram_from_iter(skb, offset, &msg->msg_iter, len)', values: { len } });
    return -EFAULT;
  }
  if (len > dev.mtu + reserve) {
    kfree_skb(cpu, skb);
    return -EMSGSIZE;
  }
  skb.protocol = proto;
  skb.dev = dev;
  skb.priority = sk.sk_priority;
  skb.mark = sk.sk_mark;
  packet_parse_headers(cpu, skb, sock);
  const err = net_xmit_errno(po.direct_xmit ? packet_direct_xmit(cpu, skb) : dev_queue_xmit(cpu, skb));
  return err < 0 ? err : len;
}

/** Copies the user's bytes to `offset` of the packet (net/core/datagram.c); 0 or -EFAULT. */
function skb_copy_datagram_from_iter(cpu: Cpu, skb: sk_buff, offset: number, msg: msghdr, len: number): number {
  const iter = msg.iter;
  if (reachable(iter, len) < len) return -EFAULT;
  spend(cpu, perKib(cpu.costs.copy_from_user_kib, len));
  skb_store_bits(skb, offset, iter.bytes, iter.offset, len);
  iter.offset += len;
  iter.count -= len;
  return 0;
}

/** Past the discipline (PACKET_QDISC_BYPASS). */
function packet_direct_xmit(cpu: Cpu, skb: sk_buff): number {
  return dev_direct_xmit(cpu, skb, cpu.id % skb.dev!.real_num_tx_queues);
}

/** What protocol the frame has, and where its headers are. */
function packet_parse_headers(cpu: Cpu, skb: sk_buff, sock: socket): void {
  if ((skb.protocol === 0 || skb.protocol === ETH_P_ALL) && sock.type === SOCK_RAW) {
    skb_reset_mac_header(skb);
    skb.protocol = eth_header_parse_protocol(cpu, skb);
  }
  skb_probe_transport_header(skb);
}

/** @helper Where the transport header begins, if the network header tells. */
function skb_probe_transport_header(skb: sk_buff): void {
  const at = skb.network_header;
  if (skb.protocol !== ETH_P_IP || at + SIZEOF_IPHDR > skb.tail) return;
  skb.transport_header = at + (skb.head[at]! & 0xf) * 4;
}
