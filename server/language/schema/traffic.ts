/** Traffic that comes from outside the programs. */
import {
  address,
  bytes,
  either,
  entriesBody,
  entry,
  MAX_WHOLE,
  mark,
  measure,
  optional,
  quantity,
  reference,
  word,
} from './build.ts';
import type { EntrySchema, Part } from './shapes.ts';

const TIME = measure('ns', 0, MAX_WHOLE, '1ms');
const PORT = measure('none', 0, 65_535, '5000');
/** What fits into one IPv4 datagram. */
const PAYLOAD = measure('bytes', 0, 65_507, '64B');

const UDP: readonly Part[] = [
  word('udp', 'UDP datagrams.'),
  word('from', 'The source that the packets claim.'),
  address('source', true),
  word('port', 'The source port.'),
  quantity('sourcePort', PORT),
  word('to', 'The destination.'),
  address('destination', true),
  word('port', 'The destination port.'),
  quantity('destinationPort', PORT),
  word('payload', 'UDP payload of each packet.'),
  quantity('payload', PAYLOAD),
];

const FRAME: readonly Part[] = [
  word('frame', 'A frame byte by byte, from the destination MAC on, without FCS.'),
  bytes('bytes'),
];

const TAIL: readonly Part[] = [
  mark(':'),
  either(UDP, FRAME),
  optional(
    mark(','),
    word('enters', 'Where the frames come out of the wire.'),
    word('wire', ''),
    word('at', ''),
    reference('at', 'place'),
  ),
];

const FROM = entry(
  'from',
  'A series of frames. `every` sets the gap from start to start; `rate` paces them by their size on the wire; with neither they follow back to back.',
  'from 1ms every 10us count 1000: udp from 10.0.0.9 port 5000 to server port 53 payload 64B',
  [
    quantity('from', TIME),
    optional(word('every', 'Time from one frame to the next.'), quantity('every', measure('ns', 1, MAX_WHOLE, '10us'))),
    optional(word('rate', 'Bits per second on the wire.'), quantity('rate', measure('bps', 1, 400e9, '100Mbps'))),
    optional(word('count', 'Number of frames.'), quantity('count', measure('none', 1, 1e9, '1000'))),
    ...TAIL,
  ],
  { many: true },
);

const AT = entry(
  'at',
  'One frame at a moment.',
  'at 1ms: udp from 10.0.0.9 port 5000 to server port 53 payload 64B',
  [quantity('from', TIME), ...TAIL],
  { many: true },
);

export const TRAFFIC: EntrySchema = entry(
  'traffic',
  'Frames that no program of the scenario sends: they arrive at a NIC as if from beyond its link.',
  'traffic { at 1ms: udp from 10.0.0.9 port 5000 to server port 53 payload 64B }',
  [],
  { many: true, body: entriesBody(FROM, AT) },
);
