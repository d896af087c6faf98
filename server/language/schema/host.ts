/** Hosts, with their sysctls, netfilter rules and processes. */
import {
  choice,
  declares,
  entriesBody,
  entry,
  expression,
  MAX_WHOLE,
  measure,
  optional,
  property,
  quantity,
  word,
} from './build.ts';
import { NEIGHBOUR, NIC, ROUTE } from './network.ts';
import type { EntrySchema } from './shapes.ts';
import { SYSCTLS } from './sysctls.ts';

const SYSCTL = entry(
  'sysctl',
  'Kernel parameters by the names of sysctl(8); several values are separated by spaces.',
  'sysctl { net.core.netdev_budget = 300 }',
  [],
  { body: { kind: 'settings', settings: { what: 'sysctl', known: SYSCTLS, closed: false } } },
);

const when = optional(word('when', 'Only packets for which this holds.'), expression('match', 'packet'));
const quota = optional(
  word('quota', 'Only until the packets that matched come to more bytes than this (`quota until` of nft).'),
  quantity('quota', measure('bytes', 1, MAX_WHOLE, '4KiB')),
);
const rule = (verdict: string, doc: string): EntrySchema =>
  entry(verdict, doc, `${verdict} when udp.dport == 53`, [quota, when], { many: true });

const CHAIN = entry(
  'chain',
  'Rules at one hook, tried in order.',
  'chain input { drop when udp.dport == 53 }',
  [
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
      rule('drop', 'Throw the packet away.'),
      rule('accept', 'Let it pass; later rules of the chain are not tried.'),
      rule('count', 'Count it and go on to the next rule.'),
    ),
  },
);

const NETFILTER = entry(
  'netfilter',
  'Packet filter rules by hook, as base chains of nft have them: of a `table inet`, or of a `table ip` with `netfilter ip { ... }`.',
  'netfilter { chain input { drop when udp.dport == 53 } }',
  [
    optional(
      choice('family', 'family', [
        { text: 'inet', doc: 'IPv4 and IPv6 (`table inet`): nft_do_chain_inet. The default.' },
        { text: 'ip', doc: 'IPv4 only (`table ip`): nft_do_chain_ipv4.' },
      ]),
    ),
  ],
  { body: entriesBody(CHAIN) },
);

const PROCESS = entry(
  'process',
  'A program: system calls and control flow, run as one task.',
  'process app { fd = socket(AF_INET, SOCK_DGRAM) }',
  [
    declares('process', 'app'),
    optional(
      word('on', 'Pin it to a CPU.'),
      word('cpu', 'The CPU number follows.'),
      quantity('cpu', measure('none', 0, 63, '0')),
    ),
    optional(word('at', 'When it starts.'), quantity('at', measure('ns', 0, MAX_WHOLE, '1ms'))),
  ],
  { many: true, body: { kind: 'statements' }, byDefault: 'on any CPU, at 0' },
);

export const HOST: EntrySchema = entry(
  'host',
  'A machine that runs Linux.',
  'host server { nic eth0 { link wire; address 10.0.0.1/24 } }',
  [declares('host', 'server')],
  {
    many: true,
    body: entriesBody(
      property('cpus', measure('none', 1, 64, '2'), 'Number of CPUs.', '1'),
      NIC,
      ROUTE,
      NEIGHBOUR,
      SYSCTL,
      NETFILTER,
      PROCESS,
    ),
  },
);
