/** Conditions of a scenario over one packet (`when` of a netfilter rule or of a loss): the expression over the headers' fields. */
import type { Expression } from '../../server/language/expression.ts';
import { in6Addr } from '../../server/language/in6Addr.ts';
import { get16, get32 } from './frame_words.ts';

/** Where the headers lie in `bytes`. `ethernet`: -1 when the packet has no such header there. `length`: of the frame, without FCS. `ct_state`, `ct_status`: of its connection, bits as nft has them; 0 on a wire. */
export interface PacketView { bytes: Uint8Array; ethernet: number; network: number; length: number; iif: string | null; oif: string | null; ct_state: number; ct_status: number }

type Operand = number | string | boolean | null;

/** A packet's protocol by its Ethernet header, else by the version in its IP header. */
function ethertype({ bytes, ethernet, network }: PacketView): number {
  if (ethernet >= 0) return get16(bytes, ethernet + 12);
  return bytes[network]! >> 4 === 6 ? ETH_P_IPV6 : ETH_P_IP;
}

const ETH_P_IP = 0x0800;
const ETH_P_ARP = 0x0806;
const ETH_P_IPV6 = 0x86dd;
const IPPROTO_ICMP = 1;
const IPPROTO_TCP = 6;
const IPPROTO_UDP = 17;
const IPPROTO_FRAGMENT = 44;
const IPPROTO_ICMPV6 = 58;

/** Whether a condition holds for the packet; null holds for all. */
export function packet_matches(match: unknown, packet: PacketView): boolean {
  return match === null || truth(operand(match as Expression, packet));
}

function operand(e: Expression, packet: PacketView): Operand {
  switch (e.kind) {
    case 'number':
    case 'string':
    case 'boolean':
    case 'address':
    case 'constant':
      return e.value;
    case 'name':
      return packet_field(e.name, packet);
    case 'member':
      return packet_field(path(e), packet);
    case 'unary':
      return e.operator === '!' ? !truth(operand(e.operand, packet)) : -Number(operand(e.operand, packet));
    case 'binary':
      return binary(e, packet);
    default:
      return null;
  }
}

/** `tcp.dport` as one name. */
function path(e: Expression): string {
  return e.kind === 'member' ? `${path(e.object)}.${e.name}` : e.kind === 'name' ? e.name : '';
}

function truth(value: Operand): boolean {
  return value !== null && value !== false && value !== 0 && value !== '';
}

function binary(e: Expression & { kind: 'binary' }, packet: PacketView): Operand {
  const left = operand(e.left, packet);
  if (e.operator === '&&') return truth(left) && truth(operand(e.right, packet));
  if (e.operator === '||') return truth(left) || truth(operand(e.right, packet));
  const right = operand(e.right, packet);
  if (e.operator === '==') return same(left, right);
  if (e.operator === '!=') return !same(left, right);
  if (left === null || right === null) return false;
  return arithmetic(e.operator, Number(left), Number(right));
}

/** Flags are 0 or 1: they equal true and false too. A field that the packet lacks equals nothing. */
function same(left: Operand, right: Operand): boolean {
  if (left === null || right === null) return false;
  return typeof left === typeof right ? left === right : Number(left) === Number(right);
}

function arithmetic(operator: string, left: number, right: number): Operand {
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '&':
      return (left & right) >>> 0;
    case '|':
      return (left | right) >>> 0;
    case '%':
      return right === 0 ? 0 : left % right;
    default:
      return null;
  }
}

/** A field of the packet; null where it has none (a UDP port of a TCP segment, any port of a later fragment). */
export function packet_field(name: string, packet: PacketView): Operand {
  if (name === 'iif' || name === 'iifname') return packet.iif;
  if (name === 'oif' || name === 'oifname') return packet.oif;
  if (name === 'frame.length') return packet.length;
  if (name.startsWith('ct.')) return ct_field(name, packet);
  const proto = ethertype(packet);
  if (name === 'eth.proto') return proto;
  if (name.startsWith('arp')) return proto === ETH_P_ARP ? arp_field(name, packet) : null;
  if (proto === ETH_P_IPV6) return ip6_field(name, packet);
  return proto === ETH_P_IP ? ip_field(name, packet) : null;
}

/** Bits of `ct state` (NF_CT_STATE_*), and of a connection's status (IPS_*). */
const CT_STATES: Record<string, number> = { 'ct.invalid': 1, 'ct.established': 2, 'ct.related': 4, 'ct.new': 8, 'ct.untracked': 64 };
const CT_STATUS: Record<string, number> = { 'ct.assured': 4, 'ct.snat': 16, 'ct.dnat': 32 };

function ct_field(name: string, packet: PacketView): Operand {
  const state = CT_STATES[name];
  if (state !== undefined) return (packet.ct_state & state) !== 0 ? 1 : 0;
  const status = CT_STATUS[name];
  return status === undefined ? null : (packet.ct_status & status) !== 0 ? 1 : 0;
}

function arp_field(name: string, packet: PacketView): Operand {
  const arp = packet.network;
  switch (name) {
    case 'arp':
      return true;
    case 'arp.op':
      return get16(packet.bytes, arp + 6);
    case 'arp.sip':
      return get32(packet.bytes, arp + 14);
    case 'arp.tip':
      return get32(packet.bytes, arp + 24);
    default:
      return null;
  }
}

function ip_field(name: string, packet: PacketView): Operand {
  const b = packet.bytes;
  const ip = packet.network;
  const protocol = b[ip + 9]!;
  const transport = ip + (b[ip]! & 15) * 4;
  const first = (get16(b, ip + 6) & 0x1fff) === 0;
  switch (name) {
    case 'ip':
      return true;
    case 'ip.saddr':
    case 'saddr':
      return get32(b, ip + 12);
    case 'ip.daddr':
    case 'daddr':
      return get32(b, ip + 16);
    case 'ip.protocol':
    case 'protocol':
      return protocol;
    case 'ip.ttl':
    case 'ttl':
      return b[ip + 8]!;
    case 'ip.tos':
      return b[ip + 1]!;
    case 'ip.id':
      return get16(b, ip + 4);
    case 'ip.tot_len':
    case 'ip.length':
    case 'length':
    case 'len':
      return get16(b, ip + 2);
    case 'ip.frag_off':
      return get16(b, ip + 6);
    case 'tcp':
      return protocol === IPPROTO_TCP;
    case 'udp':
      return protocol === IPPROTO_UDP;
    case 'icmp':
      return protocol === IPPROTO_ICMP;
    default:
      return first ? transport_field(name, b, transport, protocol, ip + get16(b, ip + 2)) : null;
  }
}

/** Where the address at `at` stands as its canonical text. */
function in6_at(b: Uint8Array, at: number): string {
  const words: number[] = [];
  for (let i = 0; i < 16; i += 2) words.push(get16(b, at + i));
  return in6Addr(words);
}

function ip6_field(name: string, packet: PacketView): Operand {
  const b = packet.bytes;
  const ip = packet.network;
  const fragment = b[ip + 6] === IPPROTO_FRAGMENT;
  const transport = ip + (fragment ? 48 : 40);
  const protocol = b[fragment ? ip + 40 : ip + 6]!;
  const first = !fragment || (get16(b, ip + 42) & 0xfff8) === 0;
  switch (name) {
    case 'ip6':
      return true;
    case 'ip6.saddr':
    case 'saddr':
      return in6_at(b, ip + 8);
    case 'ip6.daddr':
    case 'daddr':
      return in6_at(b, ip + 24);
    case 'ip6.nexthdr':
      return b[ip + 6]!;
    case 'protocol':
      return protocol;
    case 'ip6.hoplimit':
      return b[ip + 7]!;
    case 'ip6.dsfield':
      return (get16(b, ip) >> 4) & 255;
    case 'ip6.flowlabel':
      return get32(b, ip) & 0xfffff;
    case 'ip6.length':
      return get16(b, ip + 4);
    case 'length':
    case 'len':
      return get16(b, ip + 4) + 40;
    case 'tcp':
      return protocol === IPPROTO_TCP;
    case 'udp':
      return protocol === IPPROTO_UDP;
    case 'icmpv6':
      return protocol === IPPROTO_ICMPV6;
    default:
      return first ? transport_field(name, b, transport, protocol, ip + 40 + get16(b, ip + 4)) : null;
  }
}

/** `end`: of the datagram. */
function transport_field(name: string, b: Uint8Array, at: number, protocol: number, end: number): Operand {
  const ports = protocol === IPPROTO_TCP || protocol === IPPROTO_UDP;
  if (name === 'sport') return ports ? get16(b, at) : null;
  if (name === 'dport') return ports ? get16(b, at + 2) : null;
  if (name.startsWith('tcp.')) return protocol === IPPROTO_TCP ? tcp_field(name, b, at, end) : null;
  if (name.startsWith('udp.') && protocol === IPPROTO_UDP) return name === 'udp.sport' ? get16(b, at) : name === 'udp.dport' ? get16(b, at + 2) : name === 'udp.len' ? get16(b, at + 4) : null;
  if (name.startsWith('icmpv6.') && protocol === IPPROTO_ICMPV6) return name === 'icmpv6.type' ? b[at]! : name === 'icmpv6.code' ? b[at + 1]! : null;
  if (name.startsWith('icmp.') && protocol === IPPROTO_ICMP) return name === 'icmp.type' ? b[at]! : name === 'icmp.code' ? b[at + 1]! : null;
  return null;
}

/** Bits of the TCP flags, AE in the byte before the others'. */
const TCP_FLAGS: Record<string, number> = { 'tcp.fin': 1, 'tcp.syn': 2, 'tcp.rst': 4, 'tcp.psh': 8, 'tcp.ack': 16, 'tcp.urg': 32, 'tcp.ece': 64, 'tcp.cwr': 128, 'tcp.ae': 256 };

function tcp_field(name: string, b: Uint8Array, at: number, end: number): Operand {
  switch (name) {
    case 'tcp.sport':
      return get16(b, at);
    case 'tcp.dport':
      return get16(b, at + 2);
    case 'tcp.seq':
      return get32(b, at + 4);
    case 'tcp.ack_seq':
      return get32(b, at + 8);
    case 'tcp.window':
      return get16(b, at + 14);
    case 'tcp.flags':
      return get16(b, at + 12) & 0x1ff;
    case 'tcp.payload':
      return end - at - (b[at + 12]! >> 4) * 4;
    default: {
      const flag = TCP_FLAGS[name];
      return flag === undefined ? null : (get16(b, at + 12) & flag) !== 0 ? 1 : 0;
    }
  }
}
