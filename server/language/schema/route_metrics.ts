/** What a route says of the way, by the names of ip-route(8). */
import { choice, entry, measure, optional, property, quantity, word } from './build.ts';
import type { EntrySchema } from './shapes.ts';

const SEGMENTS = measure('none', 1, 65_535, '30');

export const ROUTE_METRICS: readonly EntrySchema[] = [
  entry(
    'mtu',
    'Largest packet for this way.',
    'mtu lock 1400',
    [
      optional(word('lock', 'ICMP may not lower it, and packets that may be fragmented go without DF.')),
      quantity('value', measure('bytes', 68, 65_520, '1400')),
    ],
    { byDefault: "the device's, less what ICMP has told" },
  ),
  property(
    'advmss',
    measure('bytes', 1, 65_495, '1360'),
    'Largest segment that TCP announces to the other side.',
    'the MTU less 40',
  ),
  property('initcwnd', SEGMENTS, 'Segments that TCP sends before the first ACK.', '10'),
  property(
    'initrwnd',
    SEGMENTS,
    "Segments that TCP's first window offers, if the buffer has so much room.",
    'as much as the buffer holds',
  ),
  property(
    'rto_min',
    measure('ns', 1e6, 120e9, '20ms'),
    'Least retransmission timeout, in whole milliseconds; delayed ACKs are sent before it as well.',
    'net.ipv4.tcp_rto_min_us: 200ms',
  ),
  property('quickack', measure('none', 0, 1, '1'), 'With 1, TCP sends every ACK at once.', '0'),
  entry('features', 'What TCP may ask for on this way.', 'features ecn', [
    choice('feature', 'feature', [{ text: 'ecn', doc: 'ECN, whatever net.ipv4.tcp_ecn says.' }]),
  ]),
];
