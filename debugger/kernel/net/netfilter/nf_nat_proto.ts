/** Rewriting packets: addresses, ports, checksums, and the packets that ICMP errors quote (net/netfilter/nf_nat_proto.c). */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { get_unaligned_be16, get_unaligned_be32, put_unaligned_be16, put_unaligned_be32 } from '../../include/asm-generic/unaligned.ts';
import { ICMP_REDIRECT, SIZEOF_ICMPHDR } from '../../include/linux/icmp.ts';
import { SIZEOF_IPHDR, ip_hdrlen, iph_daddr, iph_protocol, iph_saddr } from '../../include/linux/ip.ts';
import { NF_ACCEPT, NF_STOLEN } from '../../include/linux/netfilter.ts';
import type { nf_hook_state, nf_nat_lookup_hook_priv } from '../../include/linux/netfilter.ts';
import { CHECKSUM_PARTIAL } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import {
  CTINFO2DIR, IPS_DST_NAT, IPS_DST_NAT_DONE, IPS_NAT_MASK, IPS_SRC_NAT, IPS_SRC_NAT_DONE, IP_CT_DIR_REPLY, IP_CT_RELATED, IP_CT_RELATED_REPLY,
} from '../../include/net/netfilter/nf_conntrack.ts';
import type { nf_conn, nf_conntrack_tuple } from '../../include/net/netfilter/nf_conntrack.ts';
import { NF_NAT_MANIP_SRC } from '../../include/net/netfilter/nf_nat.ts';
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from '../../include/net/sock.ts';
import { csum_fold, csum_replace4, inet_proto_csum_replace2, inet_proto_csum_replace4, skb_checksum } from '../core/skbuff/checksum.ts';
import { skb_ensure_writable } from '../core/skbuff/clone.ts';
import { skb_orphan } from '../core/skbuff/destructors.ts';
import { ip_route_me_harder } from '../ipv4/netfilter.ts';
import { NF_DROP_REASON } from './core.ts';
import { nf_ct_invert_tuple } from './nf_conntrack_core/tuple.ts';
import { HOOK2MANIP, nf_nat_inet_fn } from './nf_nat_core/setup.ts';
import { nf_ip_checksum } from './nf_ip_checksum.ts';

const SIZEOF_TCPHDR = 20;
const SIZEOF_UDPHDR = 8;
const CSUM_MANGLED_0 = 0xffff;
/** Offsets of the checksum, and of the address in the IP header. */
const UDP_CHECK = 6;
const TCP_CHECK = 16;

/** @helper Where in the IP header the rewritten address stands. */
function addressAt(maniptype: number): number {
  return maniptype === NF_NAT_MANIP_SRC ? 12 : 16;
}

/** @helper */
function newAddress(t: nf_conntrack_tuple, maniptype: number): number {
  return maniptype === NF_NAT_MANIP_SRC ? t.src : t.dst;
}

/** The transport checksum at `check` (an offset in skb.head) covers the address, by the pseudo-header. */
export function nf_csum_update(skb: sk_buff, iphdroff: number, check: number, t: nf_conntrack_tuple, maniptype: number): void {
  const oldip = get_unaligned_be32(skb.head, skb.data + iphdroff + addressAt(maniptype));
  inet_proto_csum_replace4(skb, check, oldip, newAddress(t, maniptype), true);
}

/** The port at `at`, and with it the checksum where there is one. @helper */
function replacePort(skb: sk_buff, iphdroff: number, at: number, check: number, t: nf_conntrack_tuple, maniptype: number): void {
  const port = maniptype === NF_NAT_MANIP_SRC ? at : at + 2;
  const newport = maniptype === NF_NAT_MANIP_SRC ? t.src_port : t.dst_port;
  if (check >= 0) {
    nf_csum_update(skb, iphdroff, check, t, maniptype);
    inet_proto_csum_replace2(skb, check, get_unaligned_be16(skb.head, port), newport, false);
  }
  put_unaligned_be16(newport, skb.head, port);
}

/** A datagram without checksum (0) stays so. */
export function udp_manip_pkt(cpu: Cpu, skb: sk_buff, iphdroff: number, hdroff: number, t: nf_conntrack_tuple, maniptype: number): boolean {
  if (!skb_ensure_writable(cpu, skb, hdroff + SIZEOF_UDPHDR)) return false;
  const at = skb.data + hdroff;
  const check = get_unaligned_be16(skb.head, at + UDP_CHECK) === 0 ? -1 : at + UDP_CHECK;
  replacePort(skb, iphdroff, at, check, t, maniptype);
  if (check >= 0 && get_unaligned_be16(skb.head, check) === 0) put_unaligned_be16(CSUM_MANGLED_0, skb.head, check);
  return true;
}

/** Of a segment that an ICMP error quotes there may be eight bytes only: no checksum then. */
export function tcp_manip_pkt(cpu: Cpu, skb: sk_buff, iphdroff: number, hdroff: number, t: nf_conntrack_tuple, maniptype: number): boolean {
  const whole = skb.len >= hdroff + SIZEOF_TCPHDR;
  if (!skb_ensure_writable(cpu, skb, hdroff + (whole ? SIZEOF_TCPHDR : 8))) return false;
  const at = skb.data + hdroff;
  replacePort(skb, iphdroff, at, whole ? at + TCP_CHECK : -1, t, maniptype);
  return true;
}

/** The identifier, of messages that have one. */
export function icmp_manip_pkt(cpu: Cpu, skb: sk_buff, hdroff: number, t: nf_conntrack_tuple): boolean {
  if (!skb_ensure_writable(cpu, skb, hdroff + SIZEOF_ICMPHDR)) return false;
  const at = skb.data + hdroff;
  if (![0, 8, 13, 14, 15, 16, 17, 18].includes(skb.head[at]!)) return true;
  inet_proto_csum_replace2(skb, at + 2, get_unaligned_be16(skb.head, at + 4), t.src_port, false);
  put_unaligned_be16(t.src_port, skb.head, at + 4);
  return true;
}

export function l4proto_manip_pkt(cpu: Cpu, skb: sk_buff, iphdroff: number, hdroff: number, t: nf_conntrack_tuple, maniptype: number): boolean {
  if (t.protonum === IPPROTO_TCP) return tcp_manip_pkt(cpu, skb, iphdroff, hdroff, t, maniptype);
  if (t.protonum === IPPROTO_UDP) return udp_manip_pkt(cpu, skb, iphdroff, hdroff, t, maniptype);
  return t.protonum !== IPPROTO_ICMP || icmp_manip_pkt(cpu, skb, hdroff, t);
}

/** The packet whose IP header is at `iphdroff`: its source or destination becomes that of `target`, checksums follow (RFC 1624). */
export function nf_nat_ipv4_manip_pkt(cpu: Cpu, skb: sk_buff, iphdroff: number, target: nf_conntrack_tuple, maniptype: number): boolean {
  spend(cpu, cpu.costs.nf_nat_manip);
  if (!skb_ensure_writable(cpu, skb, iphdroff + SIZEOF_IPHDR)) return false;
  const hdroff = iphdroff + (skb.head[skb.data + iphdroff]! & 15) * 4;
  if (!l4proto_manip_pkt(cpu, skb, iphdroff, hdroff, target, maniptype)) return false;
  const iph = skb.data + iphdroff;
  const at = iph + addressAt(maniptype);
  const address = newAddress(target, maniptype);
  put_unaligned_be16(csum_replace4(get_unaligned_be16(skb.head, iph + 10), get_unaligned_be32(skb.head, at), address), skb.head, iph + 10);
  put_unaligned_be32(address, skb.head, at);
  return true;
}

/** A packet of direction `dir` becomes what the other direction's answers. */
export function nf_nat_manip_pkt(cpu: Cpu, skb: sk_buff, ct: nf_conn, mtype: number, dir: number): number {
  const target = nf_ct_invert_tuple(ct.tuplehash[1 - dir]!.tuple)!;
  if (nf_nat_ipv4_manip_pkt(cpu, skb, 0, target, mtype)) return NF_ACCEPT;
  return NF_DROP_REASON(cpu, skb, { condition: '!nf_nat_ipv4_manip_pkt(skb, 0, &target, mtype)', values: { 'skb->len': skb.len } });
}

/** An ICMP error about a rewritten packet: what it quotes becomes what its receiver has sent, and its own address follows. False: drop it. */
export function nf_nat_icmp_reply_translation(cpu: Cpu, skb: sk_buff, ct: nf_conn, ctinfo: number, hooknum: number): boolean {
  const dir = CTINFO2DIR(ctinfo);
  const manip = HOOK2MANIP(hooknum);
  const hdrlen = ip_hdrlen(skb);
  if (!skb_ensure_writable(cpu, skb, hdrlen + SIZEOF_ICMPHDR + SIZEOF_IPHDR)) return false;
  if (nf_ip_checksum(cpu, skb, hooknum, hdrlen, IPPROTO_ICMP) !== 0) return false;
  if (skb.head[skb.data + hdrlen] === ICMP_REDIRECT) {
    const done = IPS_SRC_NAT_DONE | IPS_DST_NAT_DONE;
    if ((ct.status & done) !== done || (ct.status & IPS_NAT_MASK) !== 0) return false;
  }
  let statusbit = manip === NF_NAT_MANIP_SRC ? IPS_SRC_NAT : IPS_DST_NAT;
  if (dir === IP_CT_DIR_REPLY) statusbit ^= IPS_NAT_MASK;
  if ((ct.status & statusbit) === 0) return true;
  const other = ct.tuplehash[1 - dir]!.tuple;
  if (!nf_nat_ipv4_manip_pkt(cpu, skb, hdrlen + SIZEOF_ICMPHDR, other, 1 - manip)) return false;
  if (skb.ip_summed !== CHECKSUM_PARTIAL) {
    const check = skb.data + hdrlen + 2;
    put_unaligned_be16(0, skb.head, check);
    put_unaligned_be16(csum_fold(skb_checksum(cpu, skb, hdrlen, skb.len - hdrlen, 0)), skb.head, check);
  }
  const target = nf_ct_invert_tuple(other)!;
  target.protonum = IPPROTO_ICMP;
  return nf_nat_ipv4_manip_pkt(cpu, skb, 0, target, manip);
}

function nf_nat_ipv4_fn(cpu: Cpu, priv: nf_nat_lookup_hook_priv, skb: sk_buff, state: nf_hook_state): number {
  const ct = skb._nfct;
  if (ct === null) return NF_ACCEPT;
  const related = skb.ctinfo === IP_CT_RELATED || skb.ctinfo === IP_CT_RELATED_REPLY;
  if (!related || iph_protocol(skb) !== IPPROTO_ICMP) return nf_nat_inet_fn(cpu, priv, skb, state);
  if (nf_nat_icmp_reply_translation(cpu, skb, ct, skb.ctinfo, state.hook)) return NF_ACCEPT;
  return NF_DROP_REASON(cpu, skb, { condition: '!nf_nat_icmp_reply_translation(skb, ct, ctinfo, state->hook)', values: { ctinfo: skb.ctinfo, status: ct.status } });
}

/** Before routing: dnat, and the way back of snat. A route that was found already (early) is of the old address. */
export function nf_nat_ipv4_pre_routing(cpu: Cpu, priv: nf_nat_lookup_hook_priv, skb: sk_buff, state: nf_hook_state): number {
  const daddr = iph_daddr(skb);
  const ret = nf_nat_ipv4_fn(cpu, priv, skb, state);
  if (ret === NF_ACCEPT && daddr !== iph_daddr(skb)) skb.dst = null;
  return ret;
}

/** To this host: snat in `input`, and the way back of dnat in `output`. A socket found by the old address is the wrong one. */
export function nf_nat_ipv4_local_in(cpu: Cpu, priv: nf_nat_lookup_hook_priv, skb: sk_buff, state: nf_hook_state): number {
  const saddr = iph_saddr(skb);
  const ret = nf_nat_ipv4_fn(cpu, priv, skb, state);
  if (ret === NF_ACCEPT && skb.sk !== null && saddr !== iph_saddr(skb)) skb_orphan(cpu, skb);
  return ret;
}

/** On the way out: snat and masquerade, and the way back of dnat. */
export function nf_nat_ipv4_out(cpu: Cpu, priv: nf_nat_lookup_hook_priv, skb: sk_buff, state: nf_hook_state): number {
  return nf_nat_ipv4_fn(cpu, priv, skb, state);
}

/** From this host: dnat in `output`. Whose destination has changed is routed anew. */
export function nf_nat_ipv4_local_fn(cpu: Cpu, priv: nf_nat_lookup_hook_priv, skb: sk_buff, state: nf_hook_state): number {
  const ret = nf_nat_ipv4_fn(cpu, priv, skb, state);
  const ct = skb._nfct;
  if (ret !== NF_ACCEPT || ct === null) return ret;
  const dir = CTINFO2DIR(skb.ctinfo);
  if (ct.tuplehash[dir]!.tuple.dst === ct.tuplehash[1 - dir]!.tuple.src) return ret;
  const err = ip_route_me_harder(cpu, state.sk, skb, 0);
  if (err >= 0) return ret;
  NF_DROP_REASON(cpu, skb, { condition: 'ip_route_me_harder(state->net, state->sk, skb, RTN_UNSPEC)', values: { err } });
  return (-err << 16) | NF_STOLEN;
}
