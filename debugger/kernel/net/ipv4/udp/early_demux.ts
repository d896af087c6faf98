/** A datagram's socket before its route (net/ipv4/udp.c): a connected socket remembers the route of what it receives. */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { iph_daddr, iph_saddr } from '../../../include/linux/ip.ts';
import { PACKET_HOST } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { SIZEOF_UDPHDR, uh_dest, uh_source } from '../../../include/linux/udp.ts';
import { dst_check } from '../../core/dst.ts';
import { pskb_may_pull } from '../../core/skbuff/pull.ts';
import { __udp4_lib_demux_lookup } from './lookup.ts';

export function udp_v4_early_demux(cpu: Cpu, skb: sk_buff): void {
  spend(cpu, cpu.costs.early_demux);
  if (!pskb_may_pull(cpu, skb, skb.transport_header - skb.data + SIZEOF_UDPHDR)) return;
  if (skb.pkt_type !== PACKET_HOST) return;
  const sk = __udp4_lib_demux_lookup(cpu, iph_daddr(skb), uh_dest(skb), iph_saddr(skb), uh_source(skb), skb.skb_iif);
  if (sk === null) return;
  skb.sk = sk;
  skb.destructor = 'sock_pfree';
  const dst = sk.sk_rx_dst === null ? null : dst_check(cpu, sk.sk_rx_dst);
  if (dst !== null) skb.dst = dst;
}
