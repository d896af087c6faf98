/** Packets for a packet socket's queue (net/packet/af_packet.c). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { ETH_ALEN } from '../../../include/linux/if_ether.ts';
import type { sockaddr_ll } from '../../../include/linux/if_packet.ts';
import type { net_device, packet_type } from '../../../include/linux/netdevice.ts';
import { PACKET_OUTGOING } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { SOCK_DGRAM } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { skb_clone } from '../../core/skbuff/clone.ts';
import { __skb_pull, __skb_push, skb_network_offset, skb_shared } from '../../core/skbuff/data.ts';
import { consume_skb, sk_skb_reason_drop } from '../../core/skbuff/free.ts';
import { skDataReady } from '../../core/sock_callbacks.ts';
import { skb_set_owner_r } from '../../core/sock/wmem.ts';
import { eth_header_parse } from '../../ethernet/eth.ts';
import { pkt_sk } from '../internal.ts';
import type { packet_sock } from '../internal.ts';
import { hatypeOf } from './create.ts';
import { nf_reset_ct } from '../../netfilter/nf_conntrack_core/lifetime.ts';

/** skb->cb of a packet in a packet socket's queue (struct packet_skb_cb). */
export interface packet_skb_cb { origlen: number; ll: sockaddr_ll }

/**
 * SOCK_RAW wants the link-layer header, which incoming packets have lost; SOCK_DGRAM does not want it, and outgoing packets still have it.
 * @helper
 */
export function showHeader(skb: sk_buff, sk: sock): void {
  if (sk.sk_type !== SOCK_DGRAM) __skb_push(skb, skb.data - skb.mac_header);
  else if (skb.pkt_type === PACKET_OUTGOING) __skb_pull(skb, skb_network_offset(skb));
}

/** @helper Others who hold the packet find it as it was. */
export function restoreHeader(skb: sk_buff, data: number, len: number): void {
  if (skb.data === data || !skb_shared(skb)) return;
  skb.data = data;
  skb.len = len;
}

/** @helper What the socket's owner is told of the packet. */
export function linkAddress(cpu: Cpu, skb: sk_buff, po: packet_sock, dev: net_device, orig_dev: net_device): sockaddr_ll {
  const sll_addr: number[] = new Array<number>(ETH_ALEN).fill(0);
  const sll_halen = eth_header_parse(cpu, skb, sll_addr);
  return {
    sll_protocol: skb.protocol, sll_ifindex: po.origdev ? orig_dev.ifindex : dev.ifindex, sll_hatype: hatypeOf(dev),
    sll_pkttype: skb.pkt_type, sll_halen, sll_addr,
  };
}

/**
 * A packet that others may hold too: a clone of it goes into the socket's queue. A full queue costs the tap the packet (tp_drops), not the
 * others; the drop has a reason only where nobody else holds the packet.
 */
export function packet_rcv(cpu: Cpu, skb: sk_buff, dev: net_device, pt: packet_type, orig_dev: net_device): void {
  spend(cpu, cpu.costs.packet_rcv);
  const sk = pt.af_packet_priv!;
  const po = pkt_sk(sk);
  const skb_head = skb.data;
  const skb_len = skb.len;
  skb.dev = dev;
  showHeader(skb, sk);
  if (sk.sk_rmem_alloc >= sk.sk_rcvbuf) {
    po.tp_drops++;
    sk.sk_drops++;
    restoreHeader(skb, skb_head, skb_len);
    sk_skb_reason_drop(cpu, sk, skb, 'PACKET_SOCK_ERROR', {
      condition: 'atomic_read(&sk->sk_rmem_alloc) >= sk->sk_rcvbuf', values: { sk_rmem_alloc: sk.sk_rmem_alloc, sk_rcvbuf: sk.sk_rcvbuf },
    });
    return;
  }
  let own = skb;
  if (skb_shared(skb)) {
    own = skb_clone(cpu, skb);
    restoreHeader(skb, skb_head, skb_len);
    consume_skb(cpu, skb);
  }
  own.cb = { origlen: own.len, ll: linkAddress(cpu, own, po, dev, orig_dev) } satisfies packet_skb_cb;
  skb_set_owner_r(cpu, own, sk);
  own.dev = null;
  own.dst = null;
  nf_reset_ct(cpu, own);
  po.tp_packets++;
  sk.sk_receive_queue.push(own);
  skDataReady(cpu, sk);
}
