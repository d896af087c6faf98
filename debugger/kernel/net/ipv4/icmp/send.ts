/** ICMP errors about packets, and answers to messages (net/ipv4/icmp.c; RFC 792, RFC 1812 §4.3). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import {
  ICMP_DEST_UNREACH, ICMP_PARAMETERPROB, ICMP_REDIRECT, ICMP_SOURCE_QUENCH, ICMP_TIME_EXCEEDED, NR_ICMP_TYPES, SIZEOF_ICMPHDR,
} from '../../../include/linux/icmp.ts';
import { IPTOS_PREC_INTERNETCONTROL, IP_OFFSET, SIZEOF_IPHDR, ip_hdrlen, iph_daddr, iph_frag_off, iph_protocol, iph_saddr, iph_tos } from '../../../include/linux/ip.ts';
import { IFF_LOOPBACK } from '../../../include/linux/netdevice.ts';
import { PACKET_HOST } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { RTCF_BROADCAST, RTCF_LOCAL, RTCF_MULTICAST } from '../../../include/net/dst.ts';
import type { dst_entry, flowi4 } from '../../../include/net/dst.ts';
import { IPPROTO_ICMP } from '../../../include/net/sock.ts';
import { local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { skb_network_offset } from '../../core/skbuff/data.ts';
import { fib_compute_spec_dst } from '../fib_frontend.ts';
import { ipv4_mtu } from '../route/cache.ts';
import { dev_get_by_index_rcu, inet_select_addr } from '../devinet.ts';
import { RT_SCOPE_LINK } from '../fib_frontend.ts';
import { createFlowi4, ip_route_output_key } from '../route/output.ts';
import { icmpv4_global_allow, icmpv4_xrlim_allow } from './limit.ts';
import { icmp_push_reply } from './push.ts';
import type { icmp_bxm } from './push.ts';

/** How much of an offending packet is sent back at most: the message stays below 576 bytes. */
const ICMP_MAX = 576;
/** 192.0.0.8 (RFC 7600): of who has no address. */
const INADDR_DUMMY = 0xc0000008;

/** Types that report errors (icmp_pointers[].error), as bits; those that nobody uses are taken for such. They are never answered by others. */
const ERRORS = [1, 2, ICMP_DEST_UNREACH, ICMP_SOURCE_QUENCH, ICMP_REDIRECT, 6, 7, 9, 10, ICMP_TIME_EXCEEDED, ICMP_PARAMETERPROB].reduce((bits, type) => bits | (1 << type), 0);

export function icmpIsError(type: number): boolean {
  return ((ERRORS >> type) & 1) !== 0;
}

export function icmp_send(cpu: Cpu, skb_in: sk_buff, type: number, code: number, info: number): void {
  __icmp_send(cpu, skb_in, type, code, info);
}

/** Whether this packet may be answered by an error at all: not when it was sent to many, nor when it is an error itself. */
function mayComplain(skb_in: sk_buff, rt: dst_entry, type: number): boolean {
  if (skb_in.pkt_type !== PACKET_HOST) return false;
  if ((rt.rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) !== 0) return false;
  if ((iph_frag_off(skb_in) & IP_OFFSET) !== 0) return false;
  if (icmpIsError(type) && iph_protocol(skb_in) === IPPROTO_ICMP) {
    const inner = skb_in.head[skb_in.network_header + ip_hdrlen(skb_in)]!;
    if (inner > NR_ICMP_TYPES || icmpIsError(inner)) return false;
  }
  return true;
}

/** Sends an error about `skb_in`, quoting as much of it as fits. `info`: the MTU, the gateway. */
export function __icmp_send(cpu: Cpu, skb_in: sk_buff, type: number, code: number, info: number): void {
  const rt = skb_in.dst;
  if (rt === null || !mayComplain(skb_in, rt, type)) return;
  spend(cpu, cpu.costs.icmp_send);
  local_bh_disable(cpu);
  const loopback = skb_in.dev !== null && (skb_in.dev.flags & IFF_LOOPBACK) !== 0;
  const limit = { apply_ratelimit: false };
  if (loopback || icmpv4_global_allow(cpu, type, code, limit)) sendError(cpu, skb_in, rt, type, code, info, limit.apply_ratelimit);
  local_bh_enable(cpu);
}

/** @helper The part of __icmp_send behind the host's rate limit. */
function sendError(cpu: Cpu, skb_in: sk_buff, rt_in: dst_entry, type: number, code: number, info: number, apply_ratelimit: boolean): void {
  const sk = icmp_xmit_lock(cpu);
  if (sk === null) return;
  const tos = icmpIsError(type) ? (iph_tos(skb_in) & 0x1c) | IPTOS_PREC_INTERNETCONTROL : iph_tos(skb_in);
  const saddr = (rt_in.rt_flags & RTCF_LOCAL) !== 0 ? iph_daddr(skb_in) : inboundAddress(cpu, skb_in, rt_in);
  const fl4 = createFlowi4(IPPROTO_ICMP, 0, tos & 0x1c, saddr, iph_saddr(skb_in), 0, 0);
  const rt = icmp_route_lookup(cpu, fl4);
  const ofMany = rt !== null && (rt.rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) !== 0;
  if (rt !== null && !ofMany && icmpv4_xrlim_allow(cpu, rt, fl4.daddr, apply_ratelimit)) {
    const room = Math.min(ipv4_mtu(cpu, rt), ICMP_MAX) - SIZEOF_IPHDR - SIZEOF_ICMPHDR;
    const offset = skb_network_offset(skb_in);
    const bxm: icmp_bxm = { skb: skb_in, offset, data_len: Math.min(skb_in.len - offset, room), type, code, rest: info };
    if (fl4.saddr === 0) fl4.saddr = INADDR_DUMMY;
    if (room > SIZEOF_IPHDR) icmp_push_reply(cpu, sk, bxm, fl4, tos, rt);
  }
  icmp_xmit_unlock(sk);
}

/** @helper A router's address towards the sender, of the device that the packet came in by, where net.ipv4.icmp_errors_use_inbound_ifaddr asks for it; 0: that of the way back. */
function inboundAddress(cpu: Cpu, skb_in: sk_buff, rt_in: dst_entry): number {
  if (cpu.host.knobs.sysctl_icmp_errors_use_inbound_ifaddr! === 0 || !rt_in.rt_is_input) return 0;
  const dev = dev_get_by_index_rcu(cpu, skb_in.skb_iif);
  return dev === null ? 0 : inet_select_addr(cpu, dev, iph_saddr(skb_in), RT_SCOPE_LINK);
}

/** The way back to the sender. */
function icmp_route_lookup(cpu: Cpu, fl4: flowi4): dst_entry | null {
  const rt = ip_route_output_key(cpu, fl4);
  return typeof rt === 'number' ? null : rt;
}

/** This CPU's ICMP socket; null while it is in use further up the stack. */
function icmp_xmit_lock(cpu: Cpu): NonNullable<Cpu['host']['ipv4_icmp_sk'][number]> | null {
  const sk = cpu.host.ipv4_icmp_sk[cpu.id]!;
  if (sk.sk_lock.owned) return null;
  sk.sk_lock.owned = true;
  return sk;
}

function icmp_xmit_unlock(sk: NonNullable<Cpu['host']['ipv4_icmp_sk'][number]>): void {
  sk.sk_lock.owned = false;
}

/** Answers a message (echo, timestamp) to its sender. */
export function icmp_reply(cpu: Cpu, bxm: icmp_bxm): void {
  const skb = bxm.skb;
  local_bh_disable(cpu);
  const limit = { apply_ratelimit: false };
  if (icmpv4_global_allow(cpu, bxm.type, bxm.code, limit)) sendReply(cpu, skb, bxm, limit.apply_ratelimit);
  local_bh_enable(cpu);
}

/** @helper */
function sendReply(cpu: Cpu, skb: sk_buff, bxm: icmp_bxm, apply_ratelimit: boolean): void {
  const sk = icmp_xmit_lock(cpu);
  if (sk === null) return;
  const tos = iph_tos(skb);
  const fl4 = createFlowi4(IPPROTO_ICMP, 0, tos & 0x1c, fib_compute_spec_dst(cpu, skb), iph_saddr(skb), 0, 0);
  const rt = icmp_route_lookup(cpu, fl4);
  if (rt !== null && icmpv4_xrlim_allow(cpu, rt, fl4.daddr, apply_ratelimit)) icmp_push_reply(cpu, sk, bxm, fl4, tos, rt);
  icmp_xmit_unlock(sk);
}
