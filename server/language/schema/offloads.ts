/** Device features of `ethtool -k`; the short names are those that `ethtool -K` takes. */

export interface Offload {
  readonly name: string;
  readonly long: string;
  readonly doc: string;
  readonly byDefault: 'on' | 'off';
}

const feature = (long: string, doc: string, byDefault: 'on' | 'off'): Offload => ({ name: long, long, doc, byDefault });
const short = (name: string, long: string, byDefault: 'on' | 'off'): Offload => ({
  name,
  long,
  doc: `Short for ${long}.`,
  byDefault,
});

export const OFFLOADS: readonly Offload[] = [
  feature('rx-checksumming', 'The card verifies checksums of received packets.', 'on'),
  feature('tx-checksumming', 'The card fills in the checksums of sent packets.', 'on'),
  feature('scatter-gather', 'The card sends from several pieces of memory.', 'on'),
  feature('tcp-segmentation-offload', 'The card cuts large TCP packets into segments (TSO).', 'on'),
  feature('generic-segmentation-offload', 'Large packets are cut just before the driver (GSO).', 'on'),
  feature(
    'generic-receive-offload',
    'Segments of one flow are merged in NAPI before they climb the stack (GRO).',
    'on',
  ),
  feature('large-receive-offload', 'The card merges received segments (LRO).', 'off'),
  feature('rx-vlan-offload', 'The card strips VLAN tags.', 'on'),
  feature('tx-vlan-offload', 'The card inserts VLAN tags.', 'on'),
  feature('receive-hashing', 'The card delivers the RSS hash with each packet.', 'on'),
  feature('rx-gro-list', 'GRO collects packets in a list instead of merging them.', 'off'),
  feature('tx-udp-segmentation', 'The card cuts large UDP packets into datagrams.', 'on'),
  feature('rx-udp-gro-forwarding', 'GRO merges UDP packets that are forwarded.', 'off'),
  feature('tx-nocache-copy', 'Copy from the user past the cache.', 'off'),
  short('rx', 'rx-checksumming', 'on'),
  short('tx', 'tx-checksumming', 'on'),
  short('sg', 'scatter-gather', 'on'),
  short('tso', 'tcp-segmentation-offload', 'on'),
  short('gso', 'generic-segmentation-offload', 'on'),
  short('gro', 'generic-receive-offload', 'on'),
  short('lro', 'large-receive-offload', 'off'),
  short('rxhash', 'receive-hashing', 'on'),
];

const VETH: ReadonlySet<string> = new Set([
  'tx-checksumming',
  'scatter-gather',
  'tcp-segmentation-offload',
  'generic-segmentation-offload',
  'generic-receive-offload',
  'tx-udp-segmentation',
  'rx-udp-gro-forwarding',
]);

/** Those of a veth: no hardware, so GRO is off until it is asked for. */
export const VETH_OFFLOADS: readonly Offload[] = OFFLOADS.filter((each) => VETH.has(each.long)).map((each) =>
  each.long === 'generic-receive-offload' ? { ...each, byDefault: 'off' } : each,
);

/** The name that `ethtool -k` prints for a long or short name; unknown names stay as they are. */
export function longOffloadName(name: string): string {
  return OFFLOADS.find((each) => each.name === name)?.long ?? name;
}
