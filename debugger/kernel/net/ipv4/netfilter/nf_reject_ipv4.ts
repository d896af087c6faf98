/** Telling the sender that its packet was refused (net/ipv4/netfilter/nf_reject_ipv4.c): a TCP reset, or ICMP "destination unreachable". */
import type { Cpu } from '../../../../machine/types.ts';
import { put_unaligned_be16, put_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { ETH_P_IP } from '../../../include/linux/if_ether.ts';
import { ICMP_DEST_UNREACH } from '../../../include/linux/icmp.ts';
import { IP_DF, IP_OFFSET, SIZEOF_IPHDR, ip_hdrlen, iph_daddr, iph_frag_off, iph_protocol, iph_saddr } from '../../../include/linux/ip.ts';
import { CHECKSUM_PARTIAL } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { RTCF_BROADCAST, RTCF_MULTICAST } from '../../../include/net/dst.ts';
import { readTcphdr } from '../../../include/net/netfilter/tcphdr.ts';
import type { tcphdr } from '../../../include/net/netfilter/tcphdr.ts';
import { IPPROTO_TCP, IPPROTO_UDP } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { SIZEOF_TCPHDR, TCPHDR_ACK, TCPHDR_FIN, TCPHDR_RST, TCPHDR_SYN } from '../../../include/net/tcp.ts';
import { csum_tcpudp_magic, skb_csum_unnecessary } from '../../core/skbuff/checksum.ts';
import { alloc_skb } from '../../core/skbuff/alloc.ts';
import { skb_copy_bits, skb_network_offset, skb_put, skb_reserve, skb_reset_network_header } from '../../core/skbuff/data.ts';
import { kfree_skb_reason } from '../../core/skbuff/free.ts';
import { nf_ct_attach, nf_ct_set_closing } from '../../netfilter/core.ts';
import { nf_ip_checksum } from '../../netfilter/nf_ip_checksum.ts';
import { icmp_send } from '../icmp/send.ts';
import { writeIpHeader } from '../ip_output/ident.ts';
import { ip_local_out } from '../ip_output/local_out.ts';
import { ip_route_me_harder } from '../netfilter.ts';
import { dst_mtu } from '../../core/dst.ts';
import { createFlowi4, ip_route_output_key } from '../route/output.ts';

const LL_MAX_HEADER = 128;

/** The TCP header that is to be answered by a reset; null: it must not be (a later fragment, no TCP, a reset itself, a bad checksum). */
export function nf_reject_ip_tcphdr_get(cpu: Cpu, oldskb: sk_buff, hook: number): tcphdr | null {
  if ((iph_frag_off(oldskb) & IP_OFFSET) !== 0 || iph_protocol(oldskb) !== IPPROTO_TCP) return null;
  const oth = readTcphdr(oldskb, skb_network_offset(oldskb) + ip_hdrlen(oldskb));
  if (oth === null || (oth.flags & TCPHDR_RST) !== 0) return null;
  return nf_ip_checksum(cpu, oldskb, hook, ip_hdrlen(oldskb), IPPROTO_TCP) !== 0 ? null : oth;
}

/** An IP header from the destination of `oldskb` to its source. */
export function nf_reject_iphdr_put(_cpu: Cpu, nskb: sk_buff, oldskb: sk_buff, protocol: number, ttl: number): void {
  skb_reset_network_header(nskb);
  skb_put(nskb, SIZEOF_IPHDR);
  writeIpHeader(nskb, 0, IP_DF, ttl, protocol, iph_daddr(oldskb), iph_saddr(oldskb));
  nskb.protocol = ETH_P_IP;
}

/** The reset (RFC 9293 3.10.7.1): its sequence number is what the segment acknowledged; one without ACK is acknowledged instead. */
export function nf_reject_ip_tcphdr_put(_cpu: Cpu, nskb: sk_buff, oldskb: sk_buff, oth: tcphdr): void {
  const at = skb_put(nskb, SIZEOF_TCPHDR);
  nskb.transport_header = at;
  const head = nskb.head;
  const ack = (oth.flags & TCPHDR_ACK) !== 0;
  const syn = (oth.flags & TCPHDR_SYN) !== 0 ? 1 : 0;
  const fin = (oth.flags & TCPHDR_FIN) !== 0 ? 1 : 0;
  put_unaligned_be16(oth.dest, head, at);
  put_unaligned_be16(oth.source, head, at + 2);
  put_unaligned_be32(ack ? oth.ack_seq : 0, head, at + 4);
  put_unaligned_be32(ack ? 0 : (oth.seq + syn + fin + oldskb.len - ip_hdrlen(oldskb) - oth.doff * 4) >>> 0, head, at + 8);
  put_unaligned_be16(((SIZEOF_TCPHDR / 4) << 12) | TCPHDR_RST | (ack ? 0 : TCPHDR_ACK), head, at + 12);
  put_unaligned_be16(~csum_tcpudp_magic(iph_saddr(nskb), iph_daddr(nskb), SIZEOF_TCPHDR, IPPROTO_TCP, 0) & 0xffff, head, at + 16);
  nskb.ip_summed = CHECKSUM_PARTIAL;
  nskb.csum_start = at;
  nskb.csum_offset = 16;
}

/** Before routing there is no route: the one back to the sender is taken. */
export function nf_reject_fill_skb_dst(cpu: Cpu, skb_in: sk_buff): number {
  const dst = ip_route_output_key(cpu, createFlowi4(0, 0, 0, 0, iph_saddr(skb_in), 0, 0));
  if (typeof dst === 'number') return -1;
  skb_in.dst = dst;
  return 0;
}

/** Resets the connection in the name of the packet's receiver. */
export function nf_send_reset(cpu: Cpu, sk: sock | null, oldskb: sk_buff, hook: number): void {
  const oth = nf_reject_ip_tcphdr_get(cpu, oldskb, hook);
  if (oth === null || (oldskb.dst === null && nf_reject_fill_skb_dst(cpu, oldskb) < 0)) return;
  if ((oldskb.dst!.rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) !== 0) return;
  const nskb = alloc_skb(cpu, SIZEOF_IPHDR + SIZEOF_TCPHDR + LL_MAX_HEADER, oldskb.lineage);
  nskb.dst = oldskb.dst;
  skb_reserve(nskb, LL_MAX_HEADER);
  nf_reject_iphdr_put(cpu, nskb, oldskb, IPPROTO_TCP, cpu.host.knobs.sysctl_ip_default_ttl!);
  nf_reject_ip_tcphdr_put(cpu, nskb, oldskb, oth);
  const err = ip_route_me_harder(cpu, sk, nskb, 0);
  const mtu = dst_mtu(cpu, nskb.dst!);
  if (err !== 0 || nskb.len > mtu) {
    const condition = 'ip_route_me_harder(net, sk, nskb, RTN_UNSPEC), or nskb->len > dst_mtu(skb_dst(nskb))';
    kfree_skb_reason(cpu, nskb, 'NOT_SPECIFIED', { condition, values: { err, len: nskb.len, mtu } });
    return;
  }
  nf_ct_attach(cpu, nskb, oldskb);
  nf_ct_set_closing(cpu, oldskb);
  ip_local_out(cpu, nskb.sk, nskb);
}

/** Whether there is a checksum to verify before the sender is believed: UDP may do without. */
export function nf_reject_verify_csum(_cpu: Cpu, skb: sk_buff, dataoff: number, proto: number): boolean {
  if (proto !== IPPROTO_UDP) return true;
  const uh = new Uint8Array(8);
  return skb_copy_bits(skb, dataoff, uh, 0, 8) && (uh[6] !== 0 || uh[7] !== 0);
}

/** ICMP "destination unreachable" with this code, unless the packet is a later fragment or broken. */
export function nf_send_unreach(cpu: Cpu, skb_in: sk_buff, code: number, hook: number): void {
  const dataoff = ip_hdrlen(skb_in);
  const proto = iph_protocol(skb_in);
  if ((iph_frag_off(skb_in) & IP_OFFSET) !== 0) return;
  if (skb_in.dst === null && nf_reject_fill_skb_dst(cpu, skb_in) < 0) return;
  const trusted = skb_csum_unnecessary(skb_in) || !nf_reject_verify_csum(cpu, skb_in, dataoff, proto);
  if (trusted || nf_ip_checksum(cpu, skb_in, hook, dataoff, proto) === 0) icmp_send(cpu, skb_in, ICMP_DEST_UNREACH, code, 0);
}
