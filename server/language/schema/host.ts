/** Hosts, with their sysctls, netfilter rules and processes. */
import { declares, entriesBody, entry, MAX_WHOLE, measure, optional, property, quantity, word } from './build.ts';
import { NETFILTER } from './netfilter.ts';
import { BRIDGE, NEIGHBOUR, NIC, ROUTE } from './network.ts';
import type { EntrySchema } from './shapes.ts';
import { SYSCTLS } from './sysctls.ts';

const SYSCTL = entry(
  'sysctl',
  'Kernel parameters by the names of sysctl(8); several values are separated by spaces.',
  'sysctl { net.core.netdev_budget = 300 }',
  [],
  { body: { kind: 'settings', settings: { what: 'sysctl', known: SYSCTLS, closed: false } } },
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
      BRIDGE,
      ROUTE,
      NEIGHBOUR,
      SYSCTL,
      NETFILTER,
      PROCESS,
    ),
  },
);
