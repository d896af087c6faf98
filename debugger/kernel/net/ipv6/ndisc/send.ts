/**
 * Solicitations and advertisements (net/ipv6/ndisc.c). The addresses of the link layer stand in options of 8 bytes.
 *
 *   | type 8 | code 8 | checksum 16 | flags R S O, reserved 32 | target 128 | kind 8 | length 8, in 8 bytes | MAC 48 |
 *   0                               4                          8           24                              26
 */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { put_unaligned_be16, put_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { NDISC_NEIGHBOUR_ADVERTISEMENT, NDISC_NEIGHBOUR_SOLICITATION } from '../../../include/linux/icmpv6.ts';
import { IPPROTO_ICMPV6, in6addr_linklocal_allnodes, ipv6_addr_any, putIn6Addr } from '../../../include/linux/in6.ts';
import type { In6Addr } from '../../../include/linux/in6.ts';
import { SIZEOF_IPV6HDR, writeIpv6Header } from '../../../include/linux/ipv6.ts';
import { ETH_P_IPV6 } from '../../../include/linux/if_ether.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import { NF_INET_LOCAL_OUT } from '../../../include/linux/netfilter.ts';
import type { Lineage, sk_buff } from '../../../include/linux/skbuff.ts';
import { dst_output } from '../../core/dst.ts';
import { alloc_skb } from '../../core/skbuff/alloc.ts';
import { csum_partial } from '../../core/skbuff/checksum.ts';
import { skb_push, skb_put, skb_reserve, skb_reset_network_header } from '../../core/skbuff/data.ts';
import { skb_set_owner_w } from '../../core/sock/wmem.ts';
import { LL_RESERVED_SPACE } from '../../ipv4/ip_output/output.ts';
import { nf_hook_ipv6 } from '../../netfilter/core.ts';
import { ipv6_chk_addr, ipv6_get_lladdr } from '../addrconf.ts';
import { icmpv6OutCount } from '../icmp/count.ts';
import { csum_ipv6_magic } from '../ip6_checksum.ts';
import { icmp6_dst_alloc } from '../route/alloc.ts';

export const SIZEOF_ND_MSG = 24;
export const ND_OPT_SOURCE_LL_ADDR = 1;
export const ND_OPT_TARGET_LL_ADDR = 2;
const OPTION_SPACE = 8;
/** What comes from another link has passed a router, which would have lowered it. */
export const ND_HOP_LIMIT = 255;

const ROUTER = 0x80000000;
const SOLICITED = 0x40000000;
const OVERRIDE = 0x20000000;

/** Room for headers and `len` bytes, charged to the CPU's socket. */
function ndisc_alloc_skb(cpu: Cpu, dev: net_device, len: number, from: Lineage | null): sk_buff {
  const hlen = LL_RESERVED_SPACE(dev.hard_header_len);
  const skb = alloc_skb(cpu, hlen + SIZEOF_IPV6HDR + len, from);
  skb.protocol = ETH_P_IPV6;
  skb.dev = dev;
  skb_reserve(skb, hlen + SIZEOF_IPV6HDR);
  skb.transport_header = skb.data;
  skb_set_owner_w(cpu, skb, cpu.host.ndisc_sk[cpu.id]!);
  return skb;
}

/** The option with the device's own address. */
function ndisc_fill_addr_option(skb: sk_buff, type: number): void {
  const at = skb_put(skb, OPTION_SPACE);
  skb.head[at] = type;
  skb.head[at + 1] = 1;
  skb.head.set(skb.dev!.dev_addr, at + 2);
}

/** The message without its checksum. @helper */
function fill(skb: sk_buff, type: number, flags: number, target: In6Addr): void {
  const at = skb_put(skb, SIZEOF_ND_MSG);
  skb.head[at] = type;
  skb.head[at + 1] = 0;
  put_unaligned_be16(0, skb.head, at + 2);
  put_unaligned_be32(flags, skb.head, at + 4);
  putIn6Addr(target, skb.head, at + 8);
}

function ndisc_ns_create(cpu: Cpu, dev: net_device, solicit: In6Addr, saddr: In6Addr, from: Lineage | null): sk_buff {
  const inc_opt = !ipv6_addr_any(saddr);
  const skb = ndisc_alloc_skb(cpu, dev, SIZEOF_ND_MSG + (inc_opt ? OPTION_SPACE : 0), from);
  fill(skb, NDISC_NEIGHBOUR_SOLICITATION, 0, solicit);
  if (inc_opt) ndisc_fill_addr_option(skb, ND_OPT_SOURCE_LL_ADDR);
  return skb;
}

/** Asks for the address of `solicit`; `daddr`: its group, or itself. `from`: the packet in whose name. */
export function ndisc_send_ns(cpu: Cpu, dev: net_device, solicit: In6Addr, daddr: In6Addr, saddr_in: In6Addr | null, from: Lineage | null): void {
  spend(cpu, cpu.costs.arp_process);
  const saddr = saddr_in ?? ipv6_get_lladdr(cpu, dev);
  if (saddr === null) return;
  ndisc_send_skb(cpu, ndisc_ns_create(cpu, dev, solicit, saddr, from), daddr, saddr);
}

/** Tells who asks (`daddr`; ::: all nodes) that this device has the address. */
export function ndisc_send_na(cpu: Cpu, dev: net_device, daddr_in: In6Addr, solicited_addr: In6Addr, router: boolean, solicited_in: boolean, override: boolean, inc_opt: boolean, from: Lineage | null): void {
  const unknown = ipv6_addr_any(daddr_in);
  const daddr = unknown ? in6addr_linklocal_allnodes : daddr_in;
  const own = ipv6_chk_addr(cpu, solicited_addr, dev, true);
  const saddr = own ? solicited_addr : ipv6_get_lladdr(cpu, dev);
  if (saddr === null) return;
  const skb = ndisc_alloc_skb(cpu, dev, SIZEOF_ND_MSG + (inc_opt ? OPTION_SPACE : 0), from);
  const flags = (router ? ROUTER : 0) + (solicited_in && !unknown ? SOLICITED : 0) + (override ? OVERRIDE : 0);
  fill(skb, NDISC_NEIGHBOUR_ADVERTISEMENT, flags, solicited_addr);
  if (inc_opt) ndisc_fill_addr_option(skb, ND_OPT_TARGET_LL_ADDR);
  ndisc_send_skb(cpu, skb, daddr, saddr);
}

/** Checksum, header with a hop limit of 255, and off to the link. */
export function ndisc_send_skb(cpu: Cpu, skb: sk_buff, daddr: In6Addr, saddr: In6Addr): void {
  const type = skb.head[skb.transport_header]!;
  const dev = skb.dev!;
  skb.dst = icmp6_dst_alloc(cpu, dev, daddr);
  const csum = csum_ipv6_magic(saddr, daddr, skb.len, IPPROTO_ICMPV6, csum_partial(skb.head, skb.data, skb.len, 0));
  put_unaligned_be16(csum, skb.head, skb.transport_header + 2);
  ip6_nd_hdr(skb, saddr, daddr, dev.ip6_ptr?.cnf.ndisc_tclass ?? 0);
  cpu.host.mib.Ip6.OutRequests++;
  if (cpu.host.nf_hooks_ipv6[NF_INET_LOCAL_OUT]!.length > 0 && nf_hook_ipv6(cpu, NF_INET_LOCAL_OUT, skb, null, dev) !== 1) return;
  if (dst_output(cpu, cpu.host.ndisc_sk[cpu.id]!, skb) === 0) icmpv6OutCount(cpu, type);
}

function ip6_nd_hdr(skb: sk_buff, saddr: In6Addr, daddr: In6Addr, tclass: number): void {
  skb_push(skb, SIZEOF_IPV6HDR);
  skb_reset_network_header(skb);
  writeIpv6Header(skb, tclass, 0, IPPROTO_ICMPV6, ND_HOP_LIMIT, saddr, daddr);
}

