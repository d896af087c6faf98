/** Traffic that comes from outside the programs. */
import {
  address,
  bytes,
  choice,
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

/** Both ends of the packets. */
const ENDS: readonly Part[] = [
  word('from', 'The source that the packets claim.'),
  address('source', true),
  word('port', 'The source port.'),
  quantity('sourcePort', PORT),
  optional(word('upwards', 'Each packet of a series comes from the next port.')),
  word('to', 'The destination.'),
  address('destination', true),
  word('port', 'The destination port.'),
  quantity('destinationPort', PORT),
];

const UDP: readonly Part[] = [
  word('udp', 'UDP datagrams.'),
  ...ENDS,
  word('payload', 'UDP payload of each packet.'),
  quantity('payload', PAYLOAD),
];

const SEQUENCE = measure('none', 0, 2 ** 32 - 1, '1000');

/** Flags of a TCP header by tcpdump's letters, `A` for its dot; with their bits. */
export const TCP_FLAGS: Readonly<Record<string, { bits: number; doc: string }>> = {
  S: { bits: 0x02, doc: 'SYN: opens a connection.' },
  SA: { bits: 0x12, doc: 'SYN and ACK: the answer to a SYN.' },
  A: { bits: 0x10, doc: 'ACK.' },
  PA: { bits: 0x18, doc: 'PSH and ACK: data.' },
  FA: { bits: 0x11, doc: 'FIN and ACK: no more data will come.' },
  F: { bits: 0x01, doc: 'FIN alone.' },
  R: { bits: 0x04, doc: 'RST.' },
  RA: { bits: 0x14, doc: 'RST and ACK: nobody is there.' },
  SEW: { bits: 0xc2, doc: 'SYN, ECE and CWR: asks for ECN as well.' },
  SEWe: { bits: 0x1c2, doc: 'SYN, ECE, CWR and AE: asks for Accurate ECN as well.' },
};

const TCP: readonly Part[] = [
  word('tcp', 'TCP segments without options, such as a SYN flood or a forged RST.'),
  ...ENDS,
  word('flags', "Flags of the header follow, as tcpdump's letters."),
  choice(
    'flags',
    'set of TCP flags',
    Object.entries(TCP_FLAGS).map(([text, { doc }]) => ({ text, doc })),
  ),
  optional(word('seq', 'The sequence number; 0 without.'), quantity('seq', SEQUENCE)),
  optional(word('ack', 'The acknowledgement number; 0 without.'), quantity('ack', SEQUENCE)),
  optional(word('payload', 'Payload of each segment.'), quantity('payload', PAYLOAD)),
];

const FRAME: readonly Part[] = [
  word('frame', 'A frame byte by byte, from the destination MAC on, without FCS.'),
  bytes('bytes'),
];

const TAIL: readonly Part[] = [
  mark(':'),
  either(UDP, TCP, FRAME),
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
