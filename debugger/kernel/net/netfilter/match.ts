/** Matches of netfilter rules: the scenario's expression over the packet's headers, as `nft` names their fields. */
import type { Expression } from '../../../../server/language/expression.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';

type Operand = number | string | boolean | null;

/** Whether a rule's match holds for `skb`, whose data begin at the IP header; null matches all. @helper */
export function matches(match: unknown, skb: sk_buff, indev: net_device | null, outdev: net_device | null): boolean {
  if (match === null) return true;
  const value = operand(match as Expression, skb, indev, outdev);
  return value !== 0 && value !== false && value !== null && value !== '';
}

/** @helper */
function operand(e: Expression, skb: sk_buff, indev: net_device | null, outdev: net_device | null): Operand {
  switch (e.kind) {
    case 'number':
    case 'string':
    case 'boolean':
    case 'address':
    case 'constant':
      return e.value;
    case 'name':
      return headerField(e.name, skb, indev, outdev);
    case 'member':
      return headerField(path(e), skb, indev, outdev);
    case 'unary':
      return e.operator === '!' ? !truth(operand(e.operand, skb, indev, outdev)) : Number(operand(e.operand, skb, indev, outdev)) * -1;
    case 'binary':
      return compare(e, skb, indev, outdev);
    default:
      return null;
  }
}

/** @helper `tcp.dport` as one name. */
function path(e: Expression): string {
  return e.kind === 'member' ? `${path(e.object)}.${e.name}` : e.kind === 'name' ? e.name : '';
}

/** @helper */
function truth(value: Operand): boolean {
  return value !== null && value !== false && value !== 0 && value !== '';
}

/** @helper */
function compare(e: Expression & { kind: 'binary' }, skb: sk_buff, indev: net_device | null, outdev: net_device | null): Operand {
  const left = operand(e.left, skb, indev, outdev);
  if (e.operator === '&&') return truth(left) && truth(operand(e.right, skb, indev, outdev));
  if (e.operator === '||') return truth(left) || truth(operand(e.right, skb, indev, outdev));
  const right = operand(e.right, skb, indev, outdev);
  if (e.operator === '==') return left === right;
  if (e.operator === '!=') return left !== right;
  if (left === null || right === null) return false;
  switch (e.operator) {
    case '<':
      return Number(left) < Number(right);
    case '<=':
      return Number(left) <= Number(right);
    case '>':
      return Number(left) > Number(right);
    case '>=':
      return Number(left) >= Number(right);
    case '&':
      return (Number(left) & Number(right)) >>> 0;
    case '%':
      return Number(right) === 0 ? 0 : Number(left) % Number(right);
    default:
      return null;
  }
}

/** A field of the packet, null where it has none (a UDP port of a TCP segment, any port of a later fragment). @helper */
function headerField(name: string, skb: sk_buff, indev: net_device | null, outdev: net_device | null): Operand {
  const b = skb.head;
  const ip = skb.network_header;
  const protocol = b[ip + 9]!;
  const transport = ip + (b[ip]! & 15) * 4;
  const first = (((b[ip + 6]! << 8) | b[ip + 7]!) & 0x1fff) === 0;
  const ports = first && (protocol === 6 || protocol === 17);
  switch (name) {
    case 'saddr':
    case 'ip.saddr':
      return word(b, ip + 12);
    case 'daddr':
    case 'ip.daddr':
      return word(b, ip + 16);
    case 'protocol':
    case 'ip.protocol':
      return protocol;
    case 'ttl':
    case 'ip.ttl':
      return b[ip + 8]!;
    case 'length':
    case 'ip.length':
    case 'len':
      return half(b, ip + 2);
    case 'iif':
    case 'iifname':
      return indev?.name ?? null;
    case 'oif':
    case 'oifname':
      return outdev?.name ?? null;
    case 'tcp':
      return protocol === 6;
    case 'udp':
      return protocol === 17;
    case 'icmp':
      return protocol === 1;
    case 'sport':
      return ports ? half(b, transport) : null;
    case 'dport':
      return ports ? half(b, transport + 2) : null;
    case 'tcp.sport':
    case 'udp.sport':
      return ports && protocol === (name[0] === 't' ? 6 : 17) ? half(b, transport) : null;
    case 'tcp.dport':
    case 'udp.dport':
      return ports && protocol === (name[0] === 't' ? 6 : 17) ? half(b, transport + 2) : null;
    case 'tcp.flags':
      return first && protocol === 6 ? b[transport + 13]! : null;
    default:
      return null;
  }
}

/** @helper */
function half(b: Uint8Array, at: number): number {
  return (b[at]! << 8) | b[at + 1]!;
}

/** @helper */
function word(b: Uint8Array, at: number): number {
  return ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;
}
