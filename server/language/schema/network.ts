/** Links, NICs and veth pairs. */
import {
  address,
  choice,
  declares,
  entriesBody,
  entry,
  expression,
  MAX_WHOLE,
  mac,
  many,
  measure,
  network,
  optional,
  property,
  quantity,
  reference,
  settingTable,
  switchSetting,
  word,
} from './build.ts';
import { type Offload, OFFLOADS, VETH_OFFLOADS } from './offloads.ts';
import { ROUTE_METRICS } from './route_metrics.ts';
import { QDISC_CHOICES, QDISC_OPTIONS } from './qdiscs.ts';
import type { EntrySchema } from './shapes.ts';

const SHARE = measure('ppm', 0, 1e6, '0.1%');
const CPU = measure('none', 0, 63, '1');
const RING = measure('none', 48, 4096, '256');
const MICROSECONDS = measure('none', 0, 16_383, '3');

const LOSS = entry(
  'loss',
  "Frames that the wire loses: a share of them at random (drawn from the run's seed), and/or those at the given positions, " +
    'counted from 1 in each direction after `from` and `when`.',
  'loss 0.1%',
  [
    optional(quantity('probability', SHARE)),
    optional(word('frame', 'Positions, counted from 1.'), many(quantity('frames', measure('none', 1, MAX_WHOLE, '3')))),
    optional(word('from', 'Only frames that this device sends.'), reference('from', 'device')),
    optional(word('when', 'Only frames for which this holds.'), expression('match', 'packet')),
  ],
  { many: true, byDefault: 'nothing is lost' },
);

const MOMENT = measure('ns', 0, MAX_WHOLE, '20ms');

const CUT = entry(
  'cut',
  'The cable is out between two moments, or from one on for good. What is under way on it is lost. After `fast-link-down` both NICs ' +
    'find the link down and stop sending; once the cable is back they negotiate for `autonegotiation` before the link is up.',
  'cut from 20ms until 50ms',
  [
    word('from', 'When it is pulled.'),
    quantity('from', MOMENT),
    optional(word('until', 'When it is plugged in again.'), quantity('until', MOMENT)),
  ],
  { many: true, byDefault: 'the cable stays' },
);

export const LINK: EntrySchema = entry(
  'link',
  'A full-duplex cable between two NICs. A NIC takes its end with `link NAME`.',
  'link wire { rate 1Gbps; delay 50us }',
  [declares('link', 'wire')],
  {
    body: entriesBody(
      property(
        'rate',
        measure('bps', 1_000, 400e9, '1Gbps'),
        'Bits per second in each direction, counted with preamble and inter-frame gap.',
        '1Gbps',
      ),
      property(
        'delay',
        measure('ns', 0, 10e9, '50us'),
        'Propagation time from end to end.',
        '1us, some 200 m of cable',
      ),
      LOSS,
      CUT,
      property(
        'fast-link-down',
        measure('ns', 0, 10e9, '10ms'),
        'How long after the cable was pulled both NICs find the link down (`ethtool --set-phy-tunable ... fast-link-down on msecs`). Until then they send into nothing.',
        '750ms, off: as the standard has it for 1000BASE-T',
      ),
      property(
        'autonegotiation',
        measure('ns', 1_000_000, 60e9, '2s'),
        'How long both NICs negotiate once the cable is plugged in, or one of them was reset, until the link is up.',
        '2s, as 1000BASE-T takes two to three',
      ),
    ),
    bodyOptional: true,
    many: true,
  },
);

const ADDRESS = entry(
  'address',
  'An IPv4 or IPv6 address and the prefix of its subnet, as `ip address add` takes it. Adds the connected route; with its first IPv6 address the device also gets a link-local one, made from its MAC address.',
  'address 10.0.0.1/24',
  [network('network', false)],
  { many: true },
);
const MAC = entry('mac', 'The hardware address.', 'mac 02:00:00:00:00:01', [mac('mac')], {
  byDefault: 'given out in order, 02:00:00:... (locally administered)',
});
const MTU = property('mtu', measure('bytes', 68, 9216, '1500'), 'Largest IP packet that the device carries.', '1500');

const COALESCE = entry('coalesce', 'Interrupt moderation, as `ethtool -C` sets it.', 'coalesce { rx-usecs 3 }', [], {
  body: entriesBody(
    property(
      'rx-usecs',
      MICROSECONDS,
      'Microseconds to wait after a received frame before the interrupt; igb: 0 is off, 1 and 3 are its adaptive modes.',
      '3',
    ),
    property(
      'tx-usecs',
      MICROSECONDS,
      'Microseconds to wait after a completed transmission. igb with paired queues takes rx-usecs for both.',
      'as rx-usecs',
    ),
  ),
});

const offloads = (doc: string, example: string, features: readonly Offload[]): EntrySchema =>
  entry('offloads', doc, example, [], {
    body: {
      kind: 'settings',
      settings: {
        what: 'feature',
        closed: true,
        known: settingTable(features.map((each) => switchSetting(each.name, each.doc, each.byDefault))),
      },
    },
  });

const OFFLOAD = offloads(
  'Features of the device, by the names of `ethtool -k` or the short ones of `ethtool -K`.',
  'offloads { gro = off }',
  OFFLOADS,
);

const VETH_OFFLOAD = offloads(
  'Features of the device. With `gro` a NAPI of its own polls it (`veth_poll`), for packets of a peer whose `tso` is off: others are large already.',
  'offloads { gro = on }',
  VETH_OFFLOADS,
);

const QDISC = entry(
  'qdisc',
  'The root queueing discipline, as `tc qdisc replace dev ... root` sets it.',
  'qdisc pfifo_fast',
  [choice('kind', 'queueing discipline', QDISC_CHOICES)],
  { body: { kind: 'chosen', slot: 'kind', tables: QDISC_OPTIONS }, bodyOptional: true, byDefault: 'mq over fq_codel' },
);

const IRQ = entry(
  'irq',
  'The CPUs that serve the interrupts, as `/proc/irq/*/smp_affinity` would: queue i goes to the i-th of them, round robin. A process changes it later by `open` and `write`.',
  'irq cpu 1',
  [word('cpu', 'CPU numbers follow.'), many(quantity('cpus', CPU))],
  { byDefault: 'all CPUs in turn: queue i to CPU i' },
);

const RPS_CPUS = entry(
  'rps_cpus',
  'Receive packet steering: CPUs to whose backlogs the packets go, by flow hash (`/sys/class/net/*/queues/rx-*/rps_cpus`, as a list).',
  'rps_cpus 0 1',
  [many(quantity('cpus', CPU))],
  { byDefault: 'none: packets stay on the CPU of their interrupt' },
);

/** Files of sysfs under the device's name. */
const SYSFS = [
  RPS_CPUS,
  property(
    'rps_flow_cnt',
    measure('none', 0, 1_048_576, '4096'),
    'Receive flow steering: entries of the flow table; packets go to the CPU where the flow was read last. Needs net.core.rps_sock_flow_entries.',
    '0, off',
  ),
  entry(
    'xps_cpus',
    'CPUs that send by a transmit queue (`queues/tx-*/xps_cpus`, as a list).',
    'xps_cpus queue 0 cpu 1',
    [
      word('queue', "The queue's number follows."),
      quantity('queue', measure('none', 0, 7, '0')),
      word('cpu', 'CPU numbers follow.'),
      many(quantity('cpus', CPU)),
    ],
    { many: true, byDefault: 'by flow hash' },
  ),
  property(
    'gro_flush_timeout',
    measure('ns', 0, 10e9, '20us'),
    'How long GRO may hold packets after a poll, and with napi_defer_hard_irqs how long until the next poll.',
    '0, until the poll ends',
  ),
  property(
    'napi_defer_hard_irqs',
    measure('none', 0, 2 ** 31 - 1, '2'),
    'Empty polls by timer (gro_flush_timeout) before the interrupt is enabled again.',
    '0',
  ),
  entry(
    'threaded',
    'NAPI polls in kernel threads (`napi/eth0-8193`) that the scheduler places, instead of in softirqs.',
    'threaded on',
    [
      choice('state', 'switch', [
        { text: 'on', doc: 'In a kernel thread for each NAPI instance.' },
        { text: 'off', doc: 'In NET_RX softirq.' },
      ]),
    ],
    { byDefault: 'off' },
  ),
];

export const NIC: EntrySchema = entry(
  'nic',
  'A network card and the device that Linux makes of it.',
  'nic eth0 { link wire; address 10.0.0.1/24 }',
  [declares('nic', 'eth0')],
  {
    many: true,
    body: entriesBody(
      entry('link', 'The cable that is plugged in.', 'link wire', [reference('link', 'link')], { required: true }),
      entry(
        'driver',
        'The card, and with it the driver.',
        'driver igb',
        [choice('driver', 'driver', [{ text: 'igb', doc: 'Intel 82576/I350: MSI-X, one vector a queue pair.' }])],
        { byDefault: 'igb' },
      ),
      ADDRESS,
      MAC,
      MTU,
      property('rx-ring', RING, 'Receive descriptors of each queue (`ethtool -G rx`).', '256'),
      property('tx-ring', RING, 'Transmit descriptors of each queue (`ethtool -G tx`).', '256'),
      property(
        'queues',
        measure('none', 1, 8, '1'),
        'Queue pairs (`ethtool -L combined`).',
        'one for each CPU, at most 8',
      ),
      property(
        'txqueuelen',
        measure('none', 0, 1e6, '1000'),
        'The queue length that pfifo_fast and others take.',
        '1000',
      ),
      property(
        'tso-last-flags',
        measure('none', 0, 0xfff, '3959'),
        'TCP flags that the last segment of a TSO may bear: a mask in the register DTXTCPFLGH. 3959 (0xf77) takes PSH from it, as some emulations do.',
        '3967 (0xf7f)',
      ),
      IRQ,
      COALESCE,
      OFFLOAD,
      QDISC,
      ...SYSFS,
    ),
  },
);

const END = entry(
  'end',
  'One device of the pair, on the host where it appears.',
  'end server.veth0 { address 10.1.0.1/24 }',
  [declares('device', 'server.veth0')],
  { many: true, body: entriesBody(ADDRESS, MAC, MTU, RPS_CPUS, VETH_OFFLOAD), bodyOptional: true },
);

export const VETH: EntrySchema = entry(
  'veth',
  'A pair of virtual devices: what one sends, the other receives, by way of the backlog. Both may be on one host.',
  'veth pair { end server.veth0 { address 10.1.0.1/24 }; end client.veth0 { address 10.1.0.2/24 } }',
  [declares('veth', 'pair')],
  { many: true, body: entriesBody(END) },
);

export const BRIDGE: EntrySchema = entry(
  'bridge',
  'A bridge of Linux, a switch between devices of this host: it learns which addresses are behind which port. Its ports have no addresses of their own, as a rule; it may have one.',
  'bridge br0 { port eth0; port veth0; address 10.0.0.1/24 }',
  [declares('nic', 'br0')],
  {
    many: true,
    body: entriesBody(
      property(
        'ageing-time',
        measure('ns', 10_000_000, MAX_WHOLE, '300s'),
        'How long an address is believed in after its last frame (`ip link set br0 type bridge ageing_time`).',
        '300s',
      ),
      entry('port', 'A device that belongs to it.', 'port eth0', [reference('port', 'device')], { many: true }),
      ADDRESS,
      MAC,
      MTU,
    ),
  },
);

export const ROUTE: EntrySchema = entry(
  'route',
  'A route of the main table, as `ip route add` takes it; in braces what it says of the way.',
  'route default via 10.0.0.254 { initcwnd 30; rto_min 20ms }',
  [
    network('destination', true),
    optional(word('via', 'The gateway.'), address('via')),
    optional(word('dev', 'The device.'), reference('dev', 'device')),
  ],
  { many: true, body: entriesBody(...ROUTE_METRICS), bodyOptional: true },
);

export const NEIGHBOUR: EntrySchema = entry(
  'neighbour',
  'A permanent entry of the neighbour table (ARP, or IPv6 neighbour discovery), as `ip neighbour add` makes it. Without it the first packet asks.',
  'neighbour 10.0.0.2 lladdr 02:00:00:00:00:02 dev eth0',
  [
    address('address'),
    word('lladdr', 'The hardware address.'),
    mac('mac'),
    word('dev', 'The device.'),
    reference('dev', 'device'),
  ],
  { many: true },
);
