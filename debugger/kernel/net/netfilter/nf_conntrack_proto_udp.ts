/** Tracking UDP (net/netfilter/nf_conntrack_proto_udp.c): once both ends have spoken for two seconds it is a stream, and assured. */
import type { Cpu } from '../../../machine/types.ts';
import { get_unaligned_be16 } from '../../include/asm-generic/unaligned.ts';
import { NF_ACCEPT, NF_INET_PRE_ROUTING } from '../../include/linux/netfilter.ts';
import type { nf_hook_state } from '../../include/linux/netfilter.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { IPS_ASSURED, IPS_NAT_CLASH, IPS_SEEN_REPLY, nf_ct_is_confirmed } from '../../include/net/netfilter/nf_conntrack.ts';
import type { nf_conn } from '../../include/net/netfilter/nf_conntrack.ts';
import { skb_header_pointer } from '../../include/net/netfilter/tcphdr.ts';
import { IPPROTO_UDP } from '../../include/net/sock.ts';
import { HZ, jiffies } from '../../kernel/time/jiffies.ts';
import { logInvalid } from './nf_conntrack_core/invalid.ts';
import { nf_ct_refresh_acct } from './nf_conntrack_core/lifetime.ts';
import { nf_ip_checksum } from './nf_ip_checksum.ts';

const SIZEOF_UDPHDR = 8;

/** Whether the datagram is broken: cut off, its length a lie, its checksum wrong. */
export function udp_error(cpu: Cpu, skb: sk_buff, dataoff: number, state: nf_hook_state): boolean {
  const hdr = skb_header_pointer(skb, dataoff, SIZEOF_UDPHDR);
  if (hdr === null) return broken(cpu, skb, 'short packet', { 'skb->len': skb.len });
  const udplen = skb.len - dataoff;
  const len = get_unaligned_be16(hdr, 4);
  if (len > udplen || len < SIZEOF_UDPHDR) return broken(cpu, skb, 'truncated/malformed packet', { udplen, len });
  const check = get_unaligned_be16(hdr, 6);
  if (check === 0 || state.hook !== NF_INET_PRE_ROUTING || cpu.host.knobs.nf_conntrack_checksum! === 0) return false;
  return nf_ip_checksum(cpu, skb, state.hook, dataoff, IPPROTO_UDP) !== 0 && broken(cpu, skb, 'bad checksum', { check });
}

/** @helper */
function broken(cpu: Cpu, skb: sk_buff, condition: string, values: Record<string, number>): true {
  logInvalid(cpu, skb, condition, values);
  return true;
}

/** The connection lives nf_conntrack_udp_timeout on, a stream nf_conntrack_udp_timeout_stream. */
export function nf_conntrack_udp_packet(cpu: Cpu, ct: nf_conn, skb: sk_buff, dataoff: number, _ctinfo: number, state: nf_hook_state): number {
  if (udp_error(cpu, skb, dataoff, state)) return -NF_ACCEPT;
  const { knobs } = cpu.host;
  const unreplied = knobs.nf_conntrack_udp_timeout! * HZ;
  if (!nf_ct_is_confirmed(ct)) ct.stream_ts = 2 * HZ + jiffies(cpu);
  if ((ct.status & IPS_SEEN_REPLY) === 0) {
    nf_ct_refresh_acct(cpu, ct, unreplied);
    return NF_ACCEPT;
  }
  const stream = jiffies(cpu) > ct.stream_ts;
  nf_ct_refresh_acct(cpu, ct, stream ? knobs.nf_conntrack_udp_timeout_stream! * HZ : unreplied);
  if (stream && (ct.status & IPS_NAT_CLASH) === 0) ct.status |= IPS_ASSURED;
  return NF_ACCEPT;
}
