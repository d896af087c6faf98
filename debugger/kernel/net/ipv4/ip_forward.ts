/** Forwarding a packet that is for somebody else (net/ipv4/ip_forward.c). */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { ICMP_DEST_UNREACH, ICMP_EXC_TTL, ICMP_FRAG_NEEDED, ICMP_TIME_EXCEEDED } from '../../include/linux/icmp.ts';
import { IP_DF, iph_frag_off, iph_tos, iph_ttl } from '../../include/linux/ip.ts';
import { NF_INET_FORWARD } from '../../include/linux/netfilter.ts';
import { CHECKSUM_NONE, CHECKSUM_COMPLETE, PACKET_HOST } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { rt_tos2priority } from '../../include/net/route.ts';
import { dst_output } from '../core/dst.ts';
import { ip_dst_mtu_maybe_forward } from './route/cache.ts';
import { skb_cow } from '../core/skbuff/clone.ts';
import { csum_replace2 } from '../core/skbuff/checksum.ts';
import { skb_gso_validate_network_len } from '../core/gso.ts';
import { skb_is_gso } from '../core/skbuff/data.ts';
import { kfree_skb_reason } from '../core/skbuff/free.ts';
import { nf_hook } from '../netfilter/core.ts';
import { put_unaligned_be16, get_unaligned_be16 } from '../../include/asm-generic/unaligned.ts';
import { icmp_send } from './icmp/send.ts';
import { IPCB_flags, IPCB_frag_max_size, IPSKB_DOREDIRECT } from './ipcb.ts';
import { ip_rt_send_redirect } from './route/redirect.ts';

const NET_RX_DROP = 1;
/** LL_RESERVED_SPACE of Ethernet. */
const LINK_HEADROOM = 16;

/** Lowers the TTL and sends the packet on, or says by ICMP why not. */
export function ip_forward(cpu: Cpu, skb: sk_buff): number {
  spend(cpu, cpu.costs.ip_forward);
  if (skb.pkt_type !== PACKET_HOST) return drop(cpu, skb, 'NOT_SPECIFIED', 'skb->pkt_type != PACKET_HOST', { pkt_type: skb.pkt_type });
  if (skb.sk !== null) return drop(cpu, skb, 'NOT_SPECIFIED', 'skb->sk', { sk: skb.sk.id });
  if (skb.ip_summed === CHECKSUM_COMPLETE) skb.ip_summed = CHECKSUM_NONE;
  const ttl = iph_ttl(skb);
  if (ttl <= 1) {
    cpu.host.mib.Ip.InHdrErrors++;
    icmp_send(cpu, skb, ICMP_TIME_EXCEEDED, ICMP_EXC_TTL, 0);
    return drop(cpu, skb, 'IP_INHDR', 'ip_hdr(skb)->ttl <= 1', { ttl });
  }
  cpu.host.mib.Ip.ForwDatagrams++;
  const mtu = ip_dst_mtu_maybe_forward(cpu, skb.dst!, true);
  if (ip_exceeds_mtu(cpu, skb, mtu)) {
    cpu.host.mib.Ip.FragFails++;
    icmp_send(cpu, skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu);
    return drop(cpu, skb, 'PKT_TOO_BIG', 'skb->len > mtu && (ip_hdr(skb)->frag_off & IP_DF)', { len: skb.len, mtu });
  }
  skb_cow(cpu, skb, LINK_HEADROOM);
  ip_decrease_ttl(skb);
  if ((IPCB_flags(skb) & IPSKB_DOREDIRECT) !== 0) ip_rt_send_redirect(cpu, skb);
  if (cpu.host.knobs.sysctl_ip_forward_update_priority! !== 0) skb.priority = rt_tos2priority(iph_tos(skb));
  const outdev = skb.dst!.dev;
  if (nf_hook(cpu, NF_INET_FORWARD, skb, skb.dev, outdev) !== 1) return NET_RX_DROP;
  return ip_forward_finish(cpu, skb);
}

/** Too long for the next link and not to be fragmented; a GSO packet counts by its segments. */
export function ip_exceeds_mtu(cpu: Cpu, skb: sk_buff, mtu: number): boolean {
  if (skb.len <= mtu || (iph_frag_off(skb) & IP_DF) === 0) return false;
  if (IPCB_frag_max_size(skb) > mtu) return true;
  if (skb.ignore_df) return false;
  return !skb_is_gso(skb) || !skb_gso_validate_network_len(cpu, skb, mtu);
}

/** TTL down by one, the checksum adapted (RFC 1141). @helper */
function ip_decrease_ttl(skb: sk_buff): void {
  const at = skb.network_header;
  const before = get_unaligned_be16(skb.head, at + 8);
  skb.head[at + 8] = skb.head[at + 8]! - 1;
  const check = csum_replace2(get_unaligned_be16(skb.head, at + 10), before, get_unaligned_be16(skb.head, at + 8));
  put_unaligned_be16(check, skb.head, at + 10);
}

/** @helper */
function drop(cpu: Cpu, skb: sk_buff, reason: 'NOT_SPECIFIED' | 'IP_INHDR' | 'PKT_TOO_BIG', condition: string, values: Record<string, number>): number {
  kfree_skb_reason(cpu, skb, reason, { condition, values });
  return NET_RX_DROP;
}

export function ip_forward_finish(cpu: Cpu, skb: sk_buff): number {
  skb.tstamp = 0;
  return dst_output(cpu, null, skb);
}
