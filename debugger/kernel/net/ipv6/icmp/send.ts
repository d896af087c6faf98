/** ICMPv6 errors about packets, and answers to messages (net/ipv6/icmp.c; RFC 4443). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { put_unaligned_be16, put_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import {
  ICMPV6_ECHO_REPLY, ICMPV6_HDR_FIELD, ICMPV6_INFOMSG_MASK, ICMPV6_PARAMPROB, ICMPV6_PKT_TOOBIG, SIZEOF_ICMP6HDR,
} from '../../../include/linux/icmpv6.ts';
import { IPPROTO_ICMPV6, in6addr_any, ipv6_addr_any, ipv6_addr_is_multicast } from '../../../include/linux/in6.ts';
import { IPV6_MIN_MTU, SIZEOF_IPV6HDR, ipv6_daddr, ipv6_get_dsfield, ipv6_nexthdr, ipv6_saddr } from '../../../include/linux/ipv6.ts';
import { IFF_LOOPBACK } from '../../../include/linux/netdevice.ts';
import { CHECKSUM_NONE, PACKET_HOST } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { MSG_DONTWAIT } from '../../../include/linux/socket.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import type { flowi6 } from '../../../include/net/ip6_fib.ts';
import type { sock } from '../../../include/net/sock.ts';
import { local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { csum_add, csum_partial } from '../../core/skbuff/checksum.ts';
import { skb_network_offset } from '../../core/skbuff/data.ts';
import { icmp_global_allow, icmp_global_consume } from '../../ipv4/icmp/limit.ts';
import type { icmp_bxm } from '../../ipv4/icmp/push.ts';
import { inet_getpeer, inet_peer_xrlim_allow } from '../../ipv4/inetpeer.ts';
import { ipv6_chk_addr } from '../addrconf.ts';
import { ipv6_skip_exthdr } from '../exthdrs.ts';
import { csum_ipv6_magic } from '../ip6_checksum.ts';
import { ip6_dst_lookup_flow } from '../ip6_output/dst_lookup.ts';
import { ip6_append_data, ip6_flush_pending_frames, ip6_push_pending_frames } from '../ip6_output/make_skb.ts';
import { createFlowi6, rt6_need_strict } from '../route/lookup.ts';
import { ip6_dst_hoplimit } from '../route/nexthop.ts';

export function icmpv6_send(cpu: Cpu, skb: sk_buff, type: number, code: number, info: number): void {
  icmp6_send(cpu, skb, type, code, info);
}

/** A header field makes no sense: where it stands, from the packet's beginning. */
export function icmpv6_param_prob(cpu: Cpu, skb: sk_buff, code: number, pos: number): void {
  icmp6_send(cpu, skb, ICMPV6_PARAMPROB, code, pos);
}

/** An error is not answered by an error. */
function is_ineligible(skb: sk_buff): boolean {
  const { nexthdr, offset } = ipv6_skip_exthdr(skb.head, skb.network_header + SIZEOF_IPV6HDR, ipv6_nexthdr(skb));
  return nexthdr === IPPROTO_ICMPV6 && (skb.head[offset]! & ICMPV6_INFOMSG_MASK) === 0;
}

/** Whether this packet may be answered by an error at all. @helper */
function mayComplain(skb: sk_buff, type: number, code: number): boolean {
  const saddr = ipv6_saddr(skb);
  const toMany = ipv6_addr_is_multicast(ipv6_daddr(skb)) || skb.pkt_type !== PACKET_HOST;
  if (toMany && type !== ICMPV6_PKT_TOOBIG && !(type === ICMPV6_PARAMPROB && code !== ICMPV6_HDR_FIELD)) return false;
  return !ipv6_addr_any(saddr) && !ipv6_addr_is_multicast(saddr) && !is_ineligible(skb);
}

/** Never limited: what tells, and what path MTU discovery needs (net.ipv6.icmp.ratemask). */
function icmpv6_mask_allow(type: number): boolean {
  return (type & ICMPV6_INFOMSG_MASK) !== 0 || type === ICMPV6_PKT_TOOBIG;
}

/** The host's bucket, which IPv4 shares. */
function icmpv6_global_allow(cpu: Cpu, type: number): boolean {
  return icmpv6_mask_allow(type) || icmp_global_allow(cpu);
}

/** The destination's bucket (net.ipv6.icmp.ratelimit); none on loopback. The more is known of a route the more may go by it. */
function icmpv6_xrlim_allow(cpu: Cpu, type: number, fl6: flowi6, dst: dst_entry): boolean {
  if (icmpv6_mask_allow(type) || (dst.dev.flags & IFF_LOOPBACK) !== 0) return true;
  let tmo = cpu.host.knobs.ipv6_icmp_ratelimit!;
  const plen = dst.rt6!.plen;
  if (plen < 128) tmo >>= (128 - plen) >> 5;
  const allowed = inet_peer_xrlim_allow(cpu, inet_getpeer(cpu, fl6.daddr), tmo);
  if (!allowed) cpu.host.mib.Icmp6.OutRateLimitHost++;
  else icmp_global_consume(cpu);
  return allowed;
}

/** Sends an error about `skb`, quoting as much of it as fits 1280 bytes. `info`: the MTU, the pointer. */
export function icmp6_send(cpu: Cpu, skb: sk_buff, type: number, code: number, info: number): void {
  if (!mayComplain(skb, type, code)) return;
  spend(cpu, cpu.costs.icmp_send);
  local_bh_disable(cpu);
  const loopback = skb.dev !== null && (skb.dev.flags & IFF_LOOPBACK) !== 0;
  if (loopback || icmpv6_global_allow(cpu, type)) sendError(cpu, skb, type, code, info);
  local_bh_enable(cpu);
}

/** @helper The part of icmp6_send behind the host's rate limit. */
function sendError(cpu: Cpu, skb: sk_buff, type: number, code: number, info: number): void {
  const sk = icmpv6_xmit_lock(cpu);
  if (sk === null) return;
  const daddr = ipv6_daddr(skb);
  const own = ipv6_chk_addr(cpu, daddr, skb.dev, false);
  const oif = rt6_need_strict(ipv6_saddr(skb)) && skb.dev !== null ? skb.dev.ifindex : 0;
  const fl6 = createFlowi6(IPPROTO_ICMPV6, oif, 0, own ? daddr : in6addr_any, ipv6_saddr(skb), 0, 0);
  const dst = icmpv6_route_lookup(cpu, sk, fl6);
  if (dst !== null && icmpv6_xrlim_allow(cpu, type, fl6, dst)) {
    const offset = skb_network_offset(skb);
    const room = IPV6_MIN_MTU - SIZEOF_IPV6HDR - SIZEOF_ICMP6HDR;
    push(cpu, sk, { skb, offset, data_len: Math.min(skb.len - offset, room), type, code, rest: info }, fl6, dst, 0);
  }
  icmpv6_xmit_unlock(sk);
}

/** The way back to the sender. */
function icmpv6_route_lookup(cpu: Cpu, sk: sock, fl6: flowi6): dst_entry | null {
  const dst = ip6_dst_lookup_flow(cpu, sk, fl6);
  return typeof dst === 'number' ? null : dst;
}

/** Header and data become a packet. @helper */
function push(cpu: Cpu, sk: sock, bxm: icmp_bxm, fl6: flowi6, dst: dst_entry, tclass: number): void {
  const err = ip6_append_data(
    cpu, sk, fl6, 'icmp_glue_bits', bxm, bxm.skb.lineage, bxm.data_len + SIZEOF_ICMP6HDR, SIZEOF_ICMP6HDR, tclass, ip6_dst_hoplimit(dst), dst, MSG_DONTWAIT,
  );
  if (err !== 0) {
    cpu.host.mib.Icmp6.OutErrors++;
    ip6_flush_pending_frames(cpu, sk);
    return;
  }
  icmpv6_push_pending_frames(cpu, sk, fl6, bxm, bxm.data_len + SIZEOF_ICMP6HDR);
}

/** The checksum is over the pseudo-header, too. */
function icmpv6_push_pending_frames(cpu: Cpu, sk: sock, fl6: flowi6, bxm: icmp_bxm, len: number): void {
  const skb = sk.sk_write_queue[0];
  if (skb === undefined) return;
  const at = skb.transport_header;
  skb.head[at] = bxm.type;
  skb.head[at + 1] = bxm.code;
  put_unaligned_be16(0, skb.head, at + 2);
  put_unaligned_be32(bxm.rest, skb.head, at + 4);
  let csum = csum_partial(skb.head, at, SIZEOF_ICMP6HDR, 0);
  for (const part of sk.sk_write_queue) csum = csum_add(csum, part.csum);
  put_unaligned_be16(csum_ipv6_magic(fl6.saddr, fl6.daddr, len, IPPROTO_ICMPV6, csum), skb.head, at + 2);
  skb.ip_summed = CHECKSUM_NONE;
  ip6_push_pending_frames(cpu, sk);
}

/** This CPU's ICMPv6 socket; null while it is in use further up the stack. */
function icmpv6_xmit_lock(cpu: Cpu): sock | null {
  const sk = cpu.host.ipv6_icmp_sk[cpu.id]!;
  if (sk.sk_lock.owned) return null;
  sk.sk_lock.owned = true;
  return sk;
}

function icmpv6_xmit_unlock(sk: sock): void {
  sk.sk_lock.owned = false;
}

/** ping: the same bytes go back. */
export function icmpv6_echo_reply(cpu: Cpu, skb: sk_buff, rest: number): void {
  const daddr = ipv6_daddr(skb);
  const many = ipv6_addr_is_multicast(daddr);
  local_bh_disable(cpu);
  const sk = icmpv6_xmit_lock(cpu);
  if (sk !== null) {
    const oif = rt6_need_strict(ipv6_saddr(skb)) ? skb.dev!.ifindex : 0;
    const fl6 = createFlowi6(IPPROTO_ICMPV6, oif, 0, many ? in6addr_any : daddr, ipv6_saddr(skb), 0, 0);
    const dst = icmpv6_route_lookup(cpu, sk, fl6);
    const bxm: icmp_bxm = { skb, offset: 0, data_len: skb.len, type: ICMPV6_ECHO_REPLY, code: 0, rest };
    if (dst !== null && icmpv6_global_allow(cpu, ICMPV6_ECHO_REPLY)) push(cpu, sk, bxm, fl6, dst, ipv6_get_dsfield(skb));
    icmpv6_xmit_unlock(sk);
  }
  local_bh_enable(cpu);
}

