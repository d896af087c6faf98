/** Whether a tuple lies in what NAT may make of it (net/netfilter/nf_nat_core.c). */
import type { nf_conntrack_tuple } from '../../../include/net/netfilter/nf_conntrack.ts';
import { NF_NAT_MANIP_SRC, NF_NAT_RANGE_MAP_IPS, NF_NAT_RANGE_PROTO_SPECIFIED } from '../../../include/net/netfilter/nf_nat.ts';
import type { nf_nat_range2 } from '../../../include/net/netfilter/nf_nat.ts';
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from '../../../include/net/sock.ts';

export function nf_nat_inet_in_range(t: nf_conntrack_tuple, range: nf_nat_range2): boolean {
  return t.src >= range.min_addr && t.src <= range.max_addr;
}

/** The port, or the identifier of an ICMP message. */
export function l4proto_in_range(tuple: nf_conntrack_tuple, maniptype: number, min: number, max: number): boolean {
  if (tuple.protonum !== IPPROTO_ICMP && tuple.protonum !== IPPROTO_TCP && tuple.protonum !== IPPROTO_UDP) return true;
  const port = tuple.protonum === IPPROTO_ICMP || maniptype === NF_NAT_MANIP_SRC ? tuple.src_port : tuple.dst_port;
  return port >= min && port <= max;
}

/** Whether the source of `tuple` may stay as it is. */
export function nf_in_range(tuple: nf_conntrack_tuple, range: nf_nat_range2): boolean {
  if ((range.flags & NF_NAT_RANGE_MAP_IPS) !== 0 && !nf_nat_inet_in_range(tuple, range)) return false;
  return (range.flags & NF_NAT_RANGE_PROTO_SPECIFIED) === 0 || l4proto_in_range(tuple, NF_NAT_MANIP_SRC, range.min_proto, range.max_proto);
}
