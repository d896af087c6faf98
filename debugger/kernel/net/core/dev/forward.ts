/** A packet handed from one device to another (net/core/dev.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { IFF_UP } from '../../../include/linux/netdevice.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import { PACKET_HOST } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { skb_is_gso } from '../skbuff/data.ts';
import { skb_postpull_rcsum } from '../skbuff/checksum.ts';
import { kfree_skb_reason } from '../skbuff/free.ts';
import { nf_reset_ct } from '../../netfilter/nf_conntrack_core/lifetime.ts';
import { eth_type_trans } from '../../ethernet/eth.ts';
import { NET_RX_DROP } from './backlog.ts';

const VLAN_HLEN = 4;

/** The receiver is up and the packet fits its MTU (a GSO packet always does). */
export function __is_skb_forwardable(dev: net_device, skb: sk_buff): boolean {
  if ((dev.flags & IFF_UP) === 0) return false;
  return skb.len <= dev.mtu + dev.hard_header_len + VLAN_HLEN || skb_is_gso(skb);
}

/** What belonged to the sender's side is taken off: route, connection, device of arrival, mark. */
export function skb_scrub_packet(cpu: Cpu, skb: sk_buff, xnet: boolean): void {
  skb.pkt_type = PACKET_HOST;
  skb.skb_iif = 0;
  skb.ignore_df = false;
  skb.dst = null;
  nf_reset_ct(cpu, skb);
  if (!xnet) return;
  skb.mark = 0;
  skb.tstamp = 0;
}

function ____dev_forward_skb(cpu: Cpu, dev: net_device, skb: sk_buff): number {
  if (!__is_skb_forwardable(dev, skb)) {
    dev.stats.rx_dropped++;
    kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: '!__is_skb_forwardable(dev, skb, check_mtu)', values: { len: skb.len, mtu: dev.mtu, flags: dev.flags } });
    return NET_RX_DROP;
  }
  skb_scrub_packet(cpu, skb, dev.host !== skb.dev!.host);
  skb.priority = 0;
  return 0;
}

export function __dev_forward_skb2(cpu: Cpu, dev: net_device, skb: sk_buff): number {
  const ret = ____dev_forward_skb(cpu, dev, skb);
  if (ret !== 0) return ret;
  skb.protocol = eth_type_trans(cpu, skb, dev);
  skb_postpull_rcsum(skb, skb.mac_header, 14);
  return 0;
}
