/** Packets of this host enter the output path (net/ipv4/ip_output.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { put_unaligned_be16 } from '../../../include/asm-generic/unaligned.ts';
import { ETH_P_IP } from '../../../include/linux/if_ether.ts';
import { IP_DF, SIZEOF_IPHDR } from '../../../include/linux/ip.ts';
import { NF_INET_LOCAL_OUT } from '../../../include/linux/netfilter.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { dst_output } from '../../core/dst.ts';
import { skb_push, skb_reset_network_header } from '../../core/skbuff/data.ts';
import { nf_hook } from '../../netfilter/core.ts';
import { __ip_select_ident, ip_dont_fragment, ip_select_ttl, writeIpHeader } from './ident.ts';
import { ip_send_check } from './ip_send_check.ts';

/** Completes the header and asks netfilter: 1 to go on; the packet is gone otherwise. */
export function __ip_local_out(cpu: Cpu, sk: sock | null, skb: sk_buff): number {
  cpu.host.mib.Ip.OutRequests++;
  put_unaligned_be16(skb.len > 0xffff ? 0 : skb.len, skb.head, skb.network_header + 2);
  ip_send_check(cpu, skb);
  skb.protocol = ETH_P_IP;
  if (cpu.host.nf_hooks[NF_INET_LOCAL_OUT]!.length === 0) return 1;
  return nf_hook(cpu, NF_INET_LOCAL_OUT, skb, null, skb.dst!.dev, sk);
}

export function ip_local_out(cpu: Cpu, sk: sock | null, skb: sk_buff): number {
  const err = __ip_local_out(cpu, sk, skb);
  return err === 1 ? dst_output(cpu, sk, skb) : err;
}

/** A packet that TCP answers with before there is a full socket (SYN-ACK): its route is in skb.dst. */
export function ip_build_and_send_pkt(cpu: Cpu, skb: sk_buff, sk: sock, saddr: number, daddr: number, tos: number): number {
  skb_push(skb, SIZEOF_IPHDR);
  skb_reset_network_header(skb);
  const df = ip_dont_fragment(sk, skb.dst!);
  writeIpHeader(skb, tos, df ? IP_DF : 0, ip_select_ttl(cpu, sk.inet), sk.sk_protocol, saddr, daddr);
  if (df) put_unaligned_be16(0, skb.head, skb.network_header + 4);
  else __ip_select_ident(cpu, skb, 1);
  skb.priority = sk.sk_priority;
  if (skb.mark === 0) skb.mark = sk.sk_mark;
  return ip_local_out(cpu, skb.sk, skb);
}
