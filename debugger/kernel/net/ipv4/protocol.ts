/** inet_protos: transport protocols by number (net/ipv4/protocol.c, af_inet.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from '../../include/net/sock.ts';
import { icmp_rcv } from './icmp/rcv.ts';
import { icmp_err } from './icmp/errors.ts';
import { tcp_v4_err, tcp_v4_rcv } from './tcp_ipv4.ts';
import { udp_err } from './udp/err.ts';
import { udp_rcv } from './udp/rcv.ts';

export interface net_protocol {
  handler: (cpu: Cpu, skb: sk_buff) => number;
  /** An ICMP error about a packet of this protocol; skb.data is at that packet's IP header. `info`: the MTU of "fragmentation needed". */
  err_handler: (cpu: Cpu, skb: sk_buff, info: number) => number;
}

const icmp_protocol: net_protocol = { handler: icmp_rcv, err_handler: icmp_err };
const tcp_protocol: net_protocol = { handler: tcp_v4_rcv, err_handler: tcp_v4_err };
const udp_protocol: net_protocol = { handler: udp_rcv, err_handler: udp_err };

/** @helper inet_protos[protocol], null when nobody takes it. */
export function inetProtocol(protocol: number): net_protocol | null {
  if (protocol === IPPROTO_TCP) return tcp_protocol;
  if (protocol === IPPROTO_UDP) return udp_protocol;
  return protocol === IPPROTO_ICMP ? icmp_protocol : null;
}
