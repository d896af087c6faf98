/** Tracking ICMP: requests with their answers, and errors with what they are about (net/netfilter/nf_conntrack_proto_icmp.c). */
import type { Cpu } from '../../../machine/types.ts';
import { get_unaligned_be16 } from '../../include/asm-generic/unaligned.ts';
import { ICMP_ADDRESS, ICMP_ADDRESSREPLY, ICMP_ECHO, ICMP_ECHOREPLY, ICMP_TIMESTAMP, ICMP_TIMESTAMPREPLY, NR_ICMP_TYPES, SIZEOF_ICMPHDR } from '../../include/linux/icmp.ts';
import { iph_daddr } from '../../include/linux/ip.ts';
import { NF_ACCEPT, NF_INET_PRE_ROUTING } from '../../include/linux/netfilter.ts';
import type { nf_hook_state } from '../../include/linux/netfilter.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { IP_CT_DIR_REPLY, IP_CT_RELATED, IP_CT_RELATED_REPLY } from '../../include/net/netfilter/nf_conntrack.ts';
import type { nf_conn, nf_conntrack_tuple } from '../../include/net/netfilter/nf_conntrack.ts';
import { skb_header_pointer } from '../../include/net/netfilter/tcphdr.ts';
import { IPPROTO_ICMP } from '../../include/net/sock.ts';
import { HZ } from '../../kernel/time/jiffies.ts';
import { icmpIsError } from '../ipv4/icmp/send.ts';
import { nf_conntrack_find_get } from './nf_conntrack_core/hash.ts';
import { logInvalid } from './nf_conntrack_core/invalid.ts';
import { nf_ct_put, nf_ct_refresh_acct } from './nf_conntrack_core/lifetime.ts';
import { nf_ct_get_tuplepr, nf_ct_invert_tuple } from './nf_conntrack_core/tuple.ts';
import { nf_ip_checksum } from './nf_ip_checksum.ts';

/** What answers what (invmap). */
const ANSWERS: Readonly<Record<number, number | undefined>> = {
  [ICMP_ECHO]: ICMP_ECHOREPLY, [ICMP_ECHOREPLY]: ICMP_ECHO, [ICMP_TIMESTAMP]: ICMP_TIMESTAMPREPLY, [ICMP_TIMESTAMPREPLY]: ICMP_TIMESTAMP, 15: 16, 16: 15,
  [ICMP_ADDRESS]: ICMP_ADDRESSREPLY, [ICMP_ADDRESSREPLY]: ICMP_ADDRESS,
};

/** Requests: with these a "connection" may begin (valid_new). */
const REQUESTS: readonly number[] = [ICMP_ECHO, ICMP_TIMESTAMP, 15, ICMP_ADDRESS];

/** The identifier stands for the source's port, type and code for the destination's. */
export function icmp_pkt_to_tuple(skb: sk_buff, dataoff: number, tuple: nf_conntrack_tuple): boolean {
  const hp = skb_header_pointer(skb, dataoff, SIZEOF_ICMPHDR);
  if (hp === null) return false;
  tuple.dst_port = (hp[0]! << 8) | hp[1]!;
  tuple.src_port = get_unaligned_be16(hp, 4);
  return true;
}

export function nf_conntrack_invert_icmp_tuple(tuple: nf_conntrack_tuple, orig: nf_conntrack_tuple): boolean {
  const type = ANSWERS[orig.dst_port >> 8];
  if (type === undefined) return false;
  tuple.src_port = orig.src_port;
  tuple.dst_port = (type << 8) | (orig.dst_port & 0xff);
  return true;
}

/** Only a request begins one; each message keeps it alive. */
export function nf_conntrack_icmp_packet(cpu: Cpu, ct: nf_conn, skb: sk_buff): number {
  const type = ct.tuplehash[0].tuple.dst_port >> 8;
  if (!REQUESTS.includes(type)) {
    logInvalid(cpu, skb, "icmp: can't create new conn with this type", { type });
    return -NF_ACCEPT;
  }
  nf_ct_refresh_acct(cpu, ct, cpu.host.knobs.nf_conntrack_icmp_timeout! * HZ);
  return NF_ACCEPT;
}

/** The packet quoted at `dataoff`: its connection becomes the error's. An error that does not go where that connection's packets go is not believed. */
export function nf_conntrack_inet_error(cpu: Cpu, skb: sk_buff, dataoff: number, outer_daddr: number): number {
  const origtuple = nf_ct_get_tuplepr(cpu, skb, dataoff);
  const innertuple = origtuple === null ? null : nf_ct_invert_tuple(origtuple);
  if (innertuple === null) return invalid(cpu, skb, '!nf_ct_get_tuplepr(skb, dataoff, state->pf, state->net, &origtuple)', { dataoff });
  const h = nf_conntrack_find_get(cpu, innertuple);
  if (h === null) return invalid(cpu, skb, '!nf_conntrack_find_get(state->net, zone, &innertuple)', { sport: innertuple.src_port, dport: innertuple.dst_port });
  if (h.tuple.dst !== outer_daddr) {
    nf_ct_put(cpu, h.ct);
    return invalid(cpu, skb, 'outer daddr != inner', { outer_daddr, ct_daddr: h.tuple.dst });
  }
  skb._nfct = h.ct;
  skb.ctinfo = h.tuple.dir === IP_CT_DIR_REPLY ? IP_CT_RELATED_REPLY : IP_CT_RELATED;
  return NF_ACCEPT;
}

/** @helper */
function invalid(cpu: Cpu, skb: sk_buff, condition: string, values: Record<string, number>): number {
  logInvalid(cpu, skb, condition, values);
  return -NF_ACCEPT;
}

/** Is the message sound? An error is then looked up by what it quotes; anything else goes on as a packet of its own. */
export function nf_conntrack_icmpv4_error(cpu: Cpu, skb: sk_buff, dataoff: number, state: nf_hook_state): number {
  const icmph = skb_header_pointer(skb, dataoff, SIZEOF_ICMPHDR);
  if (icmph === null) return invalid(cpu, skb, 'short packet', { 'skb->len': skb.len, dataoff });
  const verify = cpu.host.knobs.nf_conntrack_checksum! !== 0 && state.hook === NF_INET_PRE_ROUTING;
  if (verify && nf_ip_checksum(cpu, skb, state.hook, dataoff, IPPROTO_ICMP) !== 0) return invalid(cpu, skb, 'bad hw icmp checksum', { ip_summed: skb.ip_summed });
  const type = icmph[0]!;
  if (type > NR_ICMP_TYPES) return invalid(cpu, skb, 'invalid icmp type', { type });
  if (!icmpIsError(type)) return NF_ACCEPT;
  return nf_conntrack_inet_error(cpu, skb, dataoff + SIZEOF_ICMPHDR, iph_daddr(skb));
}
