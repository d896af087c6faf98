/** Queueing disciplines and their options, spelled as tc(8) spells them. */
import { measure, property, table } from './build.ts';
import type { Choice, EntrySchema, EntryTable } from './shapes.ts';

const PACKETS = measure('none', 0, 1e7, '1000');
const required = (entry: EntrySchema): EntrySchema => ({ ...entry, required: true });
const limit = (of: string) => property('limit', PACKETS, 'Packets that the queue holds before it drops.', of);

export const QDISC_CHOICES: readonly Choice[] = [
  { text: 'fq_codel', doc: 'Fair queueing with controlled delay: the default of the modelled kernel.' },
  {
    text: 'fq',
    doc: 'A queue for each socket, packets at the times that TCP paces them to: the discipline of hosts that send much TCP.',
  },
  {
    text: 'pfifo_fast',
    doc: "Three bands by priority, each first in, first out; its length is the device's txqueuelen.",
  },
  { text: 'pfifo', doc: 'First in, first out, bounded in packets.' },
  { text: 'tbf', doc: 'Token bucket filter: shapes to a rate.' },
  { text: 'netem', doc: 'A network emulated at the sender: delay, loss, a rate, packets let out in slots.' },
  { text: 'noqueue', doc: 'No queue: the default of virtual devices.' },
];

const FQ_CODEL = table(
  limit('10240'),
  property('flows', measure('none', 1, 65_536, '1024'), 'Queues over which flows are spread.', '1024'),
  property('target', measure('ns', 0, 10e9, '5ms'), 'Acceptable standing delay.', '5ms'),
  property(
    'interval',
    measure('ns', 0, 10e9, '100ms'),
    'Time in which the delay must have been below target once.',
    '100ms',
  ),
  property('quantum', measure('bytes', 1, 1e6, '1514'), 'Bytes taken from a flow in its turn.', '1514'),
  property(
    'ce_threshold',
    measure('ns', 0, 100e9, '1ms'),
    'Packets that stood longer are marked CE, where ECN is on.',
    null,
  ),
  property('memory_limit', measure('bytes', 1, 4e9, '32MiB'), 'Bytes that all queues together may hold.', '32MiB'),
);

const TBF = table(
  required(property('rate', measure('bps', 8, 400e9, '100Mbps'), 'The rate at which tokens arrive.', null)),
  required(property('burst', measure('bytes', 1, 1e9, '32KiB'), 'Size of the bucket.', null)),
  property('limit', measure('bytes', 1, 4e9, '64KiB'), 'Bytes that may wait for tokens.', null),
  property('latency', measure('ns', 0, 100e9, '50ms'), 'Longest wait for tokens; the other way to say `limit`.', null),
  property('peakrate', measure('bps', 8, 400e9, '200Mbps'), 'Rate at which the bucket may be emptied.', null),
  property('mtu', measure('bytes', 1, 1e6, '1514'), 'Size of the peak bucket.', null),
);

const FQ = table(
  limit('10000'),
  property('flow_limit', PACKETS, 'Packets that a flow may have waiting.', '100'),
  property('quantum', measure('bytes', 1, 1e6, '3028'), 'Bytes taken from a flow in its turn.', '3028'),
  property('initial_quantum', measure('bytes', 1, 1e7, '15140'), 'Bytes that a new flow begins with.', '15140'),
  property('maxrate', measure('bps', 8, 400e9, '100Mbps'), 'Rate that no flow exceeds.', null),
  property(
    'ce_threshold',
    measure('ns', 0, 100e9, '5ms'),
    'Packets that left so late are marked CE, where ECN is on.',
    null,
  ),
  property('horizon', measure('ns', 1e6, 1000e9, '10s'), 'Packets that are due later than that are dropped.', '10s'),
);

const DELAY = measure('ns', 0, 100e9, '100ms');

const NETEM = table(
  limit('1000'),
  property('delay', DELAY, 'How long each packet waits.', '0ns'),
  property('jitter', DELAY, 'The delay differs by up to this much, by chance, either way.', '0ns'),
  property('loss', measure('ppm', 0, 1e6, '0.1%'), 'Share of the packets that is lost, by chance.', '0%'),
  property('rate', measure('bps', 8, 400e9, '100Mbps'), 'Rate at which packets leave one after another.', null),
  property('slot', DELAY, 'Packets leave together, in slots that are this far apart.', null),
  property('slot-max', DELAY, 'The distance between slots lies by chance between `slot` and this.', null),
  property('packets', measure('none', 1, 1e7, '64'), 'Packets that leave in one slot.', null),
  property('bytes', measure('bytes', 1, 4e9, '64KiB'), 'Bytes that leave in one slot.', null),
);

export const QDISC_OPTIONS: ReadonlyMap<string, EntryTable> = new Map([
  ['fq_codel', FQ_CODEL],
  ['fq', FQ],
  ['pfifo_fast', table()],
  ['pfifo', table(limit('txqueuelen'))],
  ['tbf', TBF],
  ['netem', NETEM],
  ['noqueue', table()],
]);
