/** Netfilter: tables, base chains and their rules, in nft's words. */
import {
  address,
  choice,
  either,
  entriesBody,
  entry,
  expression,
  MAX_WHOLE,
  mark,
  measure,
  optional,
  quantity,
  word,
} from './build.ts';
import type { EntrySchema, Part } from './shapes.ts';

/** What `reject with icmp` may say: codes of "destination unreachable" (RFC 792, RFC 1122, RFC 1812). */
export const REJECT_CODES: ReadonlyMap<string, { readonly code: number; readonly doc: string }> = new Map([
  ['net-unreachable', { code: 0, doc: 'ICMP_NET_UNREACH: the sender gets ENETUNREACH.' }],
  ['host-unreachable', { code: 1, doc: 'ICMP_HOST_UNREACH: EHOSTUNREACH.' }],
  ['prot-unreachable', { code: 2, doc: 'ICMP_PROT_UNREACH: ENOPROTOOPT.' }],
  ['port-unreachable', { code: 3, doc: 'ICMP_PORT_UNREACH: ECONNREFUSED. The default.' }],
  ['net-prohibited', { code: 9, doc: 'ICMP_NET_ANO: ENETUNREACH.' }],
  ['host-prohibited', { code: 10, doc: 'ICMP_HOST_ANO: EHOSTUNREACH.' }],
  ['admin-prohibited', { code: 13, doc: 'ICMP_PKT_FILTERED: EHOSTUNREACH.' }],
]);

/** In place of a code: a TCP reset. */
export const TCP_RESET = -1;

const when = optional(word('when', 'Only packets for which this holds.'), expression('match', 'packet'));
const quota = optional(
  word('quota', 'Only until the packets that matched come to more bytes than this (`quota until` of nft).'),
  quantity('quota', measure('bytes', 1, MAX_WHOLE, '4KiB')),
);
const rule = (verdict: string, doc: string, example: string, parts: readonly Part[]): EntrySchema =>
  entry(verdict, doc, example, [...parts, quota, when], { many: true });
const plain = (verdict: string, doc: string): EntrySchema => rule(verdict, doc, `${verdict} when udp.dport == 53`, []);

const rejectWith = optional(
  word('with', 'How the sender is told.'),
  either(
    [
      word('tcp', 'Of a TCP segment.'),
      word('reset', 'A RST in the name of the receiver; other packets are only dropped.'),
    ],
    [
      word('icmp', 'ICMP "destination unreachable".'),
      choice(
        'icmp',
        'ICMP code',
        [...REJECT_CODES].map(([text, { doc }]) => ({ text, doc })),
      ),
    ],
  ),
);

const port = measure('none', 1, 65535, '8080');
const asPort = [mark(':'), quantity('port', port)] as const;
/** `:80`, or `:1024-65535`. */
const ports = [...asPort, optional(mark('-'), quantity('lastPort', port))] as const;
const to = word('to', 'What it becomes.');

/** Chains in which a verdict may stand, for the checks: NAT of the source as a packet leaves, of the destination before it is routed. */
export const NAT_HOOKS: ReadonlyMap<string, readonly string[]> = new Map([
  ['snat', ['postrouting', 'input']],
  ['masquerade', ['postrouting']],
  ['dnat', ['prerouting', 'output']],
  ['redirect', ['prerouting', 'output']],
]);

const CHAIN = entry(
  'chain',
  'Rules at one hook, tried in order: for every packet; in `chain nat HOOK` for the first packet of each connection, in `chain raw HOOK` for every packet before conntrack has seen it. Conntrack is on where a rule asks for `ct.new`, `ct.established`, `ct.related`, `ct.invalid` and so on, and where there are nat chains.',
  'chain input { drop when udp.dport == 53 }',
  [
    optional(
      either(
        [word('filter', 'Every packet (`priority filter`). The default.')],
        [
          word(
            'nat',
            'The first packet of each connection; what is decided for it holds for all (`type nat`, `priority dstnat` or `srcnat`).',
          ),
        ],
        [word('raw', 'Every packet, before conntrack has seen it (`priority raw`).')],
      ),
    ),
    choice('hook', 'hook', [
      { text: 'prerouting', doc: 'NF_INET_PRE_ROUTING: every received packet, before routing.' },
      { text: 'input', doc: 'NF_INET_LOCAL_IN: packets for this host.' },
      { text: 'forward', doc: 'NF_INET_FORWARD: packets on their way through.' },
      { text: 'output', doc: 'NF_INET_LOCAL_OUT: packets that start here.' },
      { text: 'postrouting', doc: 'NF_INET_POST_ROUTING: every packet that leaves.' },
    ]),
  ],
  {
    many: true,
    body: entriesBody(
      plain('drop', 'Throw the packet away.'),
      plain('accept', 'Let it pass; later rules of the chain are not tried.'),
      plain('count', 'Count it and go on to the next rule.'),
      rule(
        'reject',
        'Throw the packet away and tell its sender, by ICMP "port unreachable" unless it says otherwise.',
        'reject with tcp reset when tcp.dport == 113',
        [rejectWith],
      ),
      rule(
        'notrack',
        'Leave it out of conntrack, and go on to the next rule. In raw chains.',
        'notrack when udp.dport == 53',
        [],
      ),
      rule('snat', 'Rewrite the source, in nat chains of postrouting and input.', 'snat to 203.0.113.1', [
        to,
        address('to'),
        optional(...ports),
      ]),
      rule(
        'dnat',
        'Rewrite the destination, in nat chains of prerouting and output.',
        'dnat to 10.0.0.2:80 when tcp.dport == 8080',
        [to, address('to'), optional(...ports)],
      ),
      rule(
        'masquerade',
        'Rewrite the source to the address of the device that the packet leaves by, in nat chains of postrouting.',
        "masquerade when oif == 'eth1'",
        [optional(to, ...ports)],
      ),
      rule(
        'redirect',
        'Rewrite the destination to this host itself, in nat chains of prerouting and output.',
        'redirect to :8080 when tcp.dport == 80',
        [optional(to, ...ports)],
      ),
    ),
  },
);

export const NETFILTER = entry(
  'netfilter',
  'Packet filter rules by hook, as base chains of nft have them: of a `table inet`, or of a `table ip` with `netfilter ip { ... }`.',
  'netfilter { chain input { drop when udp.dport == 53 } }',
  [
    optional(
      choice('family', 'family', [
        { text: 'inet', doc: 'IPv4 and IPv6 (`table inet`): nft_do_chain_inet. The default.' },
        { text: 'ip', doc: 'IPv4 only (`table ip`): nft_do_chain_ipv4.' },
        { text: 'ip6', doc: 'IPv6 only (`table ip6`): nft_do_chain_ipv6. Without nat chains.' },
      ]),
    ),
  ],
  { many: true, body: entriesBody(CHAIN) },
);
