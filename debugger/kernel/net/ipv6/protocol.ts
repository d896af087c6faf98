/** inet6_protos: what stands behind the IPv6 header, by number (net/ipv6/protocol.c). */
import type { Cpu } from '../../../machine/types.ts';
import { IPPROTO_FRAGMENT, IPPROTO_ICMPV6 } from '../../include/linux/in6.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { IPPROTO_TCP, IPPROTO_UDP } from '../../include/net/sock.ts';
import { icmpv6_err, icmpv6_rcv } from './icmp/rcv.ts';
import { ipv6_frag_rcv } from './reassembly.ts';
import { tcp_v6_err } from './tcp_ipv6/err.ts';
import { tcp_v6_rcv } from './tcp_ipv6/rcv.ts';
import { udpv6_err } from './udp/err.ts';
import { udpv6_rcv } from './udp/rcv.ts';

export interface inet6_protocol {
  /** 0: the packet is taken; > 0: on with the next header; < 0: dropped. */
  handler: (cpu: Cpu, skb: sk_buff) => number;
  /** An ICMPv6 error about a packet of this protocol; skb.data is at that packet's IPv6 header, its transport header `offset` bytes behind. `info`: the MTU of "packet too big". */
  err_handler: ((cpu: Cpu, skb: sk_buff, type: number, code: number, offset: number, info: number) => number) | null;
  /** INET6_PROTO_FINAL: no further header follows. */
  final: boolean;
}

const tcpv6_protocol: inet6_protocol = { handler: tcp_v6_rcv, err_handler: tcp_v6_err, final: true };
const udpv6_protocol: inet6_protocol = { handler: udpv6_rcv, err_handler: udpv6_err, final: true };
const icmpv6_protocol: inet6_protocol = { handler: icmpv6_rcv, err_handler: icmpv6_err, final: true };
const frag_protocol: inet6_protocol = { handler: ipv6_frag_rcv, err_handler: null, final: false };

/** @helper inet6_protos[protocol], null when nobody takes it. */
export function inet6Protocol(protocol: number): inet6_protocol | null {
  if (protocol === IPPROTO_TCP) return tcpv6_protocol;
  if (protocol === IPPROTO_UDP) return udpv6_protocol;
  if (protocol === IPPROTO_ICMPV6) return icmpv6_protocol;
  return protocol === IPPROTO_FRAGMENT ? frag_protocol : null;
}
