/** All headers of a packet, found from its first byte on as a capture tool does: without knowledge of the skb's header offsets. */
import { type icmp6hdr, icmpv6Header } from './icmpv6.ts';
import { IPV6_HLEN, ipv6Header, type ipv6hdr, type Upper, upperOf } from './ipv6.ts';
import { arpHeader, ARP_LENGTH, type arphdr } from './arp.ts';
import { ETH_HLEN, ethernetHeader, type ethhdr } from './ethernet.ts';
import { icmpHeader, type icmphdr } from './icmp.ts';
import { fragmentOffset, ipv4Header, type iphdr } from './ipv4.ts';
import { tcpHeader, type tcphdr } from './tcp.ts';
import { UDP_HLEN, udpHeader, type udphdr } from './udp.ts';

export interface Packet {
  eth: ethhdr | null;
  arp: arphdr | null;
  ip: iphdr | null;
  ip6: ipv6hdr | null;
  /** Which piece of an IPv6 packet it is; null: the whole. */
  fragment: Upper['fragment'];
  udp: udphdr | null;
  tcp: tcphdr | null;
  icmp: icmphdr | null;
  icmp6: icmp6hdr | null;
  /** What no decoder took: offset into the bytes, and how many. */
  payload: { at: number; length: number };
}

export const ETH_P_IP = 0x0800;
export const ETH_P_ARP = 0x0806;
export const ETH_P_IPV6 = 0x86dd;

export const nothing = (): Packet => ({
  eth: null,
  arp: null,
  ip: null,
  ip6: null,
  fragment: null,
  udp: null,
  tcp: null,
  icmp: null,
  icmp6: null,
  payload: { at: 0, length: 0 },
});

/** A frame from its Ethernet header on. */
export function decodeFrame(bytes: Uint8Array, at: number, end: number): Packet {
  const packet = nothing();
  if (end - at < ETH_HLEN) return rest(packet, at, end);
  packet.eth = ethernetHeader(bytes, at);
  return decodeBy(packet, packet.eth.h_proto, bytes, at + ETH_HLEN, end);
}

/** A packet from its network header on, of a protocol that is known otherwise (skb->protocol). */
export function decodePacket(protocol: number, bytes: Uint8Array, at: number, end: number): Packet {
  return decodeBy(nothing(), protocol, bytes, at, end);
}

function decodeBy(packet: Packet, protocol: number, bytes: Uint8Array, at: number, end: number): Packet {
  if (protocol === ETH_P_ARP && end - at >= ARP_LENGTH) {
    packet.arp = arpHeader(bytes, at);
    return rest(packet, at + ARP_LENGTH, end);
  }
  if (protocol === ETH_P_IPV6 && end - at >= IPV6_HLEN) return decodeIpv6(packet, bytes, at, end);
  if (protocol !== ETH_P_IP || end - at < 20) return rest(packet, at, end);
  return decodeIp(packet, bytes, at, end);
}

/** The payload ends with the datagram: what follows in a short frame is padding. Only the first fragment has a transport header. */
function decodeIp(packet: Packet, bytes: Uint8Array, at: number, end: number): Packet {
  const ip = ipv4Header(bytes, at);
  packet.ip = ip;
  const stop = Math.min(end, at + Math.max(ip.tot_len, ip.ihl * 4));
  const next = at + ip.ihl * 4;
  if (fragmentOffset(ip) > 0) return rest(packet, next, stop);
  return decodeTransport(packet, ip.protocol, bytes, next, stop);
}

/** Behind a fragment header only the first piece has a transport header. */
function decodeIpv6(packet: Packet, bytes: Uint8Array, at: number, end: number): Packet {
  const ip6 = ipv6Header(bytes, at);
  packet.ip6 = ip6;
  const stop = Math.min(end, at + IPV6_HLEN + ip6.payload_len);
  const upper = upperOf(bytes, at, ip6);
  packet.fragment = upper.fragment;
  if (upper.fragment !== null && upper.fragment.offset > 0) return rest(packet, upper.at, stop);
  return decodeTransport(packet, upper.protocol, bytes, upper.at, stop);
}

export function decodeTransport(packet: Packet, protocol: number, bytes: Uint8Array, at: number, end: number): Packet {
  const room = end - at;
  if (protocol === 17 && room >= UDP_HLEN) {
    packet.udp = udpHeader(bytes, at);
    return rest(packet, at + UDP_HLEN, end);
  }
  if (protocol === 6 && room >= 20) {
    packet.tcp = tcpHeader(bytes, at);
    return rest(packet, at + packet.tcp.doff * 4, end);
  }
  if (protocol === 1 && room >= 8) {
    packet.icmp = icmpHeader(bytes, at);
    return rest(packet, at + 8, end);
  }
  if (protocol === 58 && room >= 8) {
    packet.icmp6 = icmpv6Header(bytes, at);
    return rest(packet, at + 8, end);
  }
  return rest(packet, at, end);
}

function rest(packet: Packet, at: number, end: number): Packet {
  packet.payload = { at, length: Math.max(0, end - at) };
  return packet;
}
