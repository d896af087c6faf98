/** Packets that bring their transport header get their IPv6 header (net/ipv6/ip6_output.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { ETH_P_IPV6 } from '../../../include/linux/if_ether.ts';
import { ipv6_addr_is_multicast } from '../../../include/linux/in6.ts';
import { SIZEOF_IPV6HDR, writeIpv6Header } from '../../../include/linux/ipv6.ts';
import { NF_INET_LOCAL_OUT } from '../../../include/linux/netfilter.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import type { flowi6 } from '../../../include/net/ip6_fib.ts';
import type { sock } from '../../../include/net/sock.ts';
import { EMSGSIZE } from '../../../include/uapi/asm-generic/errno.ts';
import { skb_get_hash_flowi6 } from '../../core/flow_dissector.ts';
import { dst_output } from '../../core/dst.ts';
import { skb_headroom, skb_push, skb_reset_network_header } from '../../core/skbuff/data.ts';
import { skb_expand_head } from '../../core/skbuff/clone.ts';
import { kfree_skb_reason } from '../../core/skbuff/free.ts';
import { LL_RESERVED_SPACE } from '../../ipv4/ip_output/output.ts';
import { nf_hook_ipv6 } from '../../netfilter/core.ts';
import { ipv6_local_error } from '../datagram.ts';
import { ip6_dst_hoplimit, ip6_mtu } from '../route/nexthop.ts';

const IPV6_FLOWLABEL_MASK = 0xfffff;

/** Whether the kernel labels the socket's flows by itself (net.ipv6.auto_flowlabels, unless IPV6_AUTOFLOWLABEL says otherwise). */
export function ip6_autoflowlabel(cpu: Cpu, sk: sock | null): boolean {
  const np = sk === null ? null : sk.inet.pinet6;
  if (np?.autoflowlabel_set === true) return np.autoflowlabel;
  const mode = cpu.host.knobs.ipv6_auto_flowlabels!;
  return mode === 1 || mode === 3;
}

/** The label of the packet's flow: its hash, so that routers which hash labels keep the flow together (RFC 6437). @helper */
export function ip6_make_flowlabel(cpu: Cpu, skb: sk_buff, flowlabel: number, autolabel: boolean, fl6: flowi6): number {
  if (flowlabel !== 0 || !autolabel) return flowlabel & IPV6_FLOWLABEL_MASK;
  const hash = skb_get_hash_flowi6(cpu, skb, fl6);
  return ((hash << 16) | (hash >>> 16)) & IPV6_FLOWLABEL_MASK;
}

/** Sends a segment of `sk` by the route in skb.dst. A packet that is too long for the path is not sent: only the sender may fragment, and streams do not. */
export function ip6_xmit(cpu: Cpu, sk: sock, packet: sk_buff, fl6: flowi6, mark: number, tclass: number, priority: number): number {
  let skb = packet;
  const dst = skb.dst!;
  const head_room = SIZEOF_IPV6HDR + LL_RESERVED_SPACE(dst.dev.hard_header_len);
  if (skb_headroom(skb) < head_room) skb = skb_expand_head(cpu, skb, head_room);
  const flowlabel = ip6_make_flowlabel(cpu, skb, fl6.flowlabel, ip6_autoflowlabel(cpu, sk), fl6);
  skb_push(skb, SIZEOF_IPV6HDR);
  skb_reset_network_header(skb);
  const np = sk.inet.pinet6;
  const hlimit = np !== null && np.hop_limit >= 0 ? np.hop_limit : ip6_dst_hoplimit(dst);
  writeIpv6Header(skb, tclass, flowlabel, fl6.flowi6_proto, hlimit, fl6.saddr, fl6.daddr);
  skb.protocol = ETH_P_IPV6;
  skb.priority = priority;
  skb.mark = mark;
  const mtu = ip6_mtu(cpu, dst);
  if (skb.len <= mtu || skb.ignore_df || skb.shinfo.gso_size !== 0) return ip6_local_out(cpu, sk, skb);
  skb.dev = dst.dev;
  ipv6_local_error(cpu, sk, EMSGSIZE, fl6.daddr, fl6.fl6_dport, mtu);
  cpu.host.mib.Ip6.FragFails++;
  kfree_skb_reason(cpu, skb, 'PKT_TOO_BIG', { condition: 'skb->len > mtu && !skb->ignore_df && !skb_is_gso(skb)', values: { 'skb->len': skb.len, mtu } });
  return -EMSGSIZE;
}

/** Asks netfilter, then off by the route (net/ipv6/output_core.c; ip6_xmit has the hook in itself). */
export function ip6_local_out(cpu: Cpu, sk: sock | null, skb: sk_buff): number {
  cpu.host.mib.Ip6.OutRequests++;
  if (cpu.host.nf_hooks_ipv6[NF_INET_LOCAL_OUT]!.length > 0) {
    const err = nf_hook_ipv6(cpu, NF_INET_LOCAL_OUT, skb, null, skb.dst!.dev);
    if (err !== 1) return err;
  }
  return dst_output(cpu, sk, skb);
}

/** The hop limit of a socket's packets. */
export function ip6_sk_dst_hoplimit(hop_limit: number, mcast_hops: number, fl6: flowi6, dst: dst_entry): number {
  const hlimit = ipv6_addr_is_multicast(fl6.daddr) ? mcast_hops : hop_limit;
  return hlimit < 0 ? ip6_dst_hoplimit(dst) : hlimit;
}
