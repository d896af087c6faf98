/** Headers of an skb: the pure twins of skb_mac_header, ip_hdr, udp_hdr ... They read the same bytes and run no kernel code. */
import { type icmp6hdr, icmpv6Header } from './icmpv6.ts';
import { ipv6Header, type ipv6hdr } from './ipv6.ts';
import { HEADER_UNSET, type sk_buff } from '../../kernel/include/linux/skbuff.ts';
import { arpHeader, type arphdr } from './arp.ts';
import { ETH_HLEN, ethernetHeader, type ethhdr } from './ethernet.ts';
import { icmpHeader, type icmphdr } from './icmp.ts';
import { ipv4Header, type iphdr } from './ipv4.ts';
import { decodeFrame, decodePacket, decodeTransport, nothing, type Packet } from './packet.ts';
import { tcpHeader, type tcphdr } from './tcp.ts';
import { udpHeader, type udphdr } from './udp.ts';

const isSet = (offset: number): boolean => offset !== HEADER_UNSET && offset >= 0;

export const eth_hdr = (skb: sk_buff): ethhdr => ethernetHeader(skb.head, skb.mac_header);
export const ip_hdr = (skb: sk_buff): iphdr => ipv4Header(skb.head, skb.network_header);
export const ipv6_hdr = (skb: sk_buff): ipv6hdr => ipv6Header(skb.head, skb.network_header);
export const icmp6_hdr = (skb: sk_buff): icmp6hdr => icmpv6Header(skb.head, skb.transport_header);
export const arp_hdr = (skb: sk_buff): arphdr => arpHeader(skb.head, skb.network_header);
export const udp_hdr = (skb: sk_buff): udphdr => udpHeader(skb.head, skb.transport_header);
export const tcp_hdr = (skb: sk_buff): tcphdr => tcpHeader(skb.head, skb.transport_header);
export const icmp_hdr = (skb: sk_buff): icmphdr => icmpHeader(skb.head, skb.transport_header);

/** What the skb holds, from the outermost header that is set. On its way out a packet may have a transport header alone. */
export function packetOf(skb: sk_buff): Packet {
  const end = skb.tail;
  if (hasMac(skb)) return decodeFrame(skb.head, skb.mac_header, end);
  if (hasNetwork(skb)) return decodePacket(protocolOf(skb), skb.head, skb.network_header, end);
  const none: Packet = { ...nothing(), payload: { at: skb.data, length: Math.max(0, end - skb.data) } };
  if (!isSet(skb.transport_header) || skb.transport_header < skb.data) return none;
  return decodeTransport(none, skb.sk?.sk_protocol ?? 0, skb.head, skb.transport_header, end);
}

/** Just received, no network header is set yet: the data begin where it will be. */
function hasMac(skb: sk_buff): boolean {
  const network = skb.network_header > skb.mac_header ? skb.network_header : skb.data;
  return isSet(skb.mac_header) && network - skb.mac_header >= ETH_HLEN && skb.tail > skb.mac_header;
}

/** A network header that is reserved but not yet written has no version. */
function hasNetwork(skb: sk_buff): boolean {
  return (
    isSet(skb.network_header) &&
    skb.network_header < skb.tail &&
    (protocolOf(skb) === 0x0806 || [4, 6].includes((skb.head[skb.network_header] ?? 0) >> 4))
  );
}

/** skb->protocol is not set yet while IP builds its header. */
function protocolOf(skb: sk_buff): number {
  if (skb.protocol !== 0) return skb.protocol;
  return (skb.head[skb.network_header] ?? 0) >> 4 === 6 ? 0x86dd : 0x0800;
}
