/** A packet on one line, as tcpdump prints it. */
import { icmpv6Text } from './icmpv6.ts';
import type { ipv6hdr } from './ipv6.ts';
import { ipv4, mac } from '../format/address.ts';
import { fragmentOffset, IP_MF, type iphdr } from './ipv4.ts';
import type { Packet } from './packet.ts';
import type { tcphdr } from './tcp.ts';

/** `IP 10.0.0.2.5000 > 10.0.0.1.7: UDP, length 100`; `ARP, Request who-has ...`. */
export function packetLine(packet: Packet): string {
  if (packet.arp) return arpLine(packet.arp);
  if (packet.ip) return ipLine(packet, packet.ip);
  if (packet.ip6) return ip6Line(packet, packet.ip6);
  if (packet.udp) return `UDP ${packet.udp.source} > ${packet.udp.dest}, length ${packet.payload.length}`;
  if (packet.tcp) return `TCP ${packet.tcp.source} > ${packet.tcp.dest}: ${tcpText(packet.tcp, packet.payload.length)}`;
  if (packet.eth)
    return `${mac(packet.eth.h_source)} > ${mac(packet.eth.h_dest)}, ethertype 0x${packet.eth.h_proto.toString(16).padStart(4, '0')}, length ${packet.payload.length}`;
  return `${packet.payload.length} bytes`;
}

function arpLine(arp: NonNullable<Packet['arp']>): string {
  if (arp.ar_op === 1) return `ARP, Request who-has ${ipv4(arp.tip)} tell ${ipv4(arp.sip)}`;
  return `ARP, Reply ${ipv4(arp.sip)} is-at ${mac(arp.sha)}`;
}

function ipLine(packet: Packet, ip: iphdr): string {
  const ends = (from: string, to: string): string => `IP ${ipv4(ip.saddr)}${from} > ${ipv4(ip.daddr)}${to}: `;
  const fragment = fragmentText(ip);
  if (packet.udp)
    return `${ends(`.${packet.udp.source}`, `.${packet.udp.dest}`)}UDP, length ${Math.max(0, packet.udp.len - 8)}${fragment}`;
  if (packet.tcp)
    return ends(`.${packet.tcp.source}`, `.${packet.tcp.dest}`) + tcpText(packet.tcp, packet.payload.length);
  if (packet.icmp)
    return `${ends('', '')}ICMP ${icmpText(packet.icmp.type, packet.icmp.code)}, length ${packet.payload.length + 8}${fragment}`;
  return `${ends('', '')}ip-proto-${ip.protocol}, length ${packet.payload.length}${fragment}`;
}

function ip6Line(packet: Packet, { saddr, daddr, nexthdr }: ipv6hdr): string {
  const ends = (from: string, to: string): string => `IP6 ${saddr}${from} > ${daddr}${to}: `;
  const { udp, tcp, icmp6, payload } = packet;
  const piece =
    packet.fragment === null ? '' : `, fragment at ${packet.fragment.offset}${packet.fragment.more ? '+' : ''}`;
  if (udp) return `${ends(`.${udp.source}`, `.${udp.dest}`)}UDP, length ${Math.max(0, udp.len - 8)}${piece}`;
  if (tcp) return ends(`.${tcp.source}`, `.${tcp.dest}`) + tcpText(tcp, payload.length);
  if (icmp6) return `${ends('', '')}ICMP6, ${icmpv6Text(icmp6)}, length ${payload.length + 8}${piece}`;
  return `${ends('', '')}ip-proto-${nexthdr}, length ${payload.length}${piece}`;
}

function fragmentText(ip: iphdr): string {
  const more = (ip.frag_off & IP_MF) !== 0;
  if (!more && fragmentOffset(ip) === 0) return '';
  return `, fragment at ${fragmentOffset(ip)}${more ? '+' : ''}`;
}

const TCP_LETTERS = ['F', 'S', 'R', 'P', '.', 'U', 'E', 'W'];

function tcpText(tcp: tcphdr, length: number): string {
  const flags = TCP_LETTERS.filter((_, bit) => (tcp.flags >> bit) & 1).join('');
  const ack = tcp.ack ? `, ack ${tcp.ack_seq}` : '';
  const seq = length > 0 ? `${tcp.seq}:${(tcp.seq + length) >>> 0}` : String(tcp.seq);
  return `Flags [${flags}], seq ${seq}${ack}, win ${tcp.window}, length ${length}`;
}

const UNREACHABLE = ['net', 'host', 'protocol', 'port', 'need to frag'];

function icmpText(type: number, code: number): string {
  if (type === 8) return 'echo request';
  if (type === 0) return 'echo reply';
  if (type === 3) return `${UNREACHABLE[code] ?? code} unreachable`;
  if (type === 11) return code === 1 ? 'ip reassembly time exceeded' : 'time exceeded in-transit';
  return `type-#${type} code ${code}`;
}
