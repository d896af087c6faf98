/** What an sk_buff shows besides its fields: its headers decoded from its bytes, where they lie in its head, its bytes, its lineage. */
import type { sk_buff } from '../kernel/include/linux/skbuff.ts';
import type { Child } from './children.ts';
import { group, leaf } from './group.ts';
import { packetOf } from './headers/skb.ts';
import { ancestry, lineageStep } from './lineage.ts';
import type { Look } from './look.ts';
import { duration } from './format/time.ts';

/** Header -> the function of the expression language that gives it. */
const TWINS = {
  eth: 'eth_hdr',
  arp: 'arp_hdr',
  ip: 'ip_hdr',
  ip6: 'ipv6_hdr',
  udp: 'udp_hdr',
  tcp: 'tcp_hdr',
  icmp: 'icmp_hdr',
  icmp6: 'icmp6_hdr',
} as const;

export function skbNodes(skb: sk_buff, parent: string | null, look: Look): Child[] {
  return [...headerNodes(skb, parent), layoutNode(skb), bytesNode(skb, parent), lineageNode(skb, look)];
}

function headerNodes(skb: sk_buff, parent: string | null): Child[] {
  const packet = packetOf(skb);
  const found = (Object.keys(TWINS) as (keyof typeof TWINS)[]).filter((name) => packet[name] !== null);
  return found.map((name) => ({
    name: TWINS[name],
    value: packet[name],
    expression: parent === null ? null : `${TWINS[name]}(${parent})`,
    virtual: true,
  }));
}

/** The drawing of include/linux/skbuff.h in numbers. */
function layoutNode(skb: sk_buff): Child {
  const { data, tail } = skb;
  const end = skb.head.length;
  const parts = [
    ['headroom', data],
    ['linear data', tail - data],
    ['tailroom', end - tail],
    ['in frags', skb.data_len],
  ] as const;
  const summary = `head 0 | data ${data} | tail ${tail} | end ${end}`;
  const children = (): Child[] =>
    parts.map(([name, size]) => ({ name, value: leaf(`${size} bytes`), expression: null, virtual: true }));
  return { name: 'layout', value: group(summary, children), expression: null, virtual: true };
}

function bytesNode(skb: sk_buff, parent: string | null): Child {
  const value = skb.head.subarray(skb.data, Math.max(skb.data, skb.tail));
  return { name: 'bytes', value, expression: parent === null ? null : `bytes(${parent})`, virtual: true };
}

function lineageNode(skb: sk_buff, look: Look): Child {
  const steps = (): Child[] =>
    ancestry(skb.lineage).map((step, i) => ({
      name: String(i),
      value: leaf(`${lineageStep(step)}, event ${step.event}, ${duration(step.time)}`),
      expression: null,
      virtual: true,
    }));
  const chain = ancestry(skb.lineage);
  const writer = look.writer(chain[0]!);
  const words = [
    writer === undefined ? lineageStep(chain[0]!) : `written by ${writer}`,
    ...chain.slice(1).map(lineageStep),
  ];
  return { name: 'where from', value: group(words.join(' -> '), steps), expression: null, virtual: true };
}
