/** What a packet socket shows before its fields: the packets in its queue, and the ring that it shares with its process. */
import type { tpacket2_hdr } from '../../kernel/include/linux/if_packet.ts';
import type { sk_buff } from '../../kernel/include/linux/skbuff.ts';
import type { sock } from '../../kernel/include/net/sock.ts';
import type { packet_ring_buffer } from '../../kernel/net/packet/internal.ts';
import type { Child } from '../children.ts';
import { ENUMERATIONS } from '../format/flags.ts';
import { group, leaf } from '../group.ts';
import { lineageChain } from '../lineage.ts';
import type { Look } from '../look.ts';

/** Of a protocol of packets its name. */
export const etherType = (type: number): string =>
  ENUMERATIONS.ethertype!.get(type) ?? `0x${type.toString(16).padStart(4, '0')}`;

/** `ETH_P_ALL on eth0`: what it is bound to. */
export function packetEnd({ packet, host }: sock): string {
  const { num, ifindex } = packet!;
  return `${num === 0 ? 'no protocol' : etherType(num)} on ${ifindex === 0 ? 'all devices' : host.devices[ifindex - 1]!.name}`;
}

const framesOf = ({ pg_vec }: packet_ring_buffer): tpacket2_hdr[] => (pg_vec ?? []).flat();

export function ringText(ring: packet_ring_buffer): string {
  const frames = framesOf(ring);
  if (frames.length === 0) return 'no ring';
  return `${frames.length} frames, ${frames.filter((each) => each.tp_status !== 0).length} of the process, head ${ring.head}`;
}

/** For the line of its sock: the ring stands for the queue. */
export const ringLine = ({ packet }: sock): string =>
  packet === null || packet.rx_ring.pg_vec === null ? '' : `ring of ${ringText(packet.rx_ring)}; `;

export function packetNodes(sk: sock, parent: string | null, look: Look): Child[] {
  const { tp_packets, tp_drops, rx_ring } = sk.packet!;
  const path = (name: string): string | null => parent && `${parent}.${name}`;
  const statistics = leaf(`${tp_packets} packets, ${tp_drops} lost since they were last read`);
  return [
    { name: 'Statistics', value: statistics, expression: null, virtual: true },
    rx_ring.pg_vec === null
      ? queueNode(sk.sk_receive_queue, path('sk_receive_queue'))
      : ringNode(rx_ring, path('packet.rx_ring'), look),
  ];
}

function queueNode(skbs: readonly sk_buff[], path: string | null): Child {
  const rows = (): Child[] =>
    skbs.map((value, i) => ({ name: `[${i}]`, value, expression: path && `${path}[${i}]`, virtual: true }));
  const value = skbs.length === 0 ? leaf('empty') : group(`${skbs.length} skb${skbs.length === 1 ? '' : 's'}`, rows);
  return { name: 'Receive queue', value, expression: path, virtual: true };
}

/** Each frame with whose packet it holds. */
function ringNode(ring: packet_ring_buffer, path: string | null, look: Look): Child {
  const frame = (value: tpacket2_hdr, i: number): Child[] => {
    const expression = path && `${path}.pg_vec[${Math.floor(i / ring.frames_per_block)}][${i % ring.frames_per_block}]`;
    const row: Child = { name: `[${i}]${i === ring.head ? ' head' : ''}`, value, expression, virtual: true };
    if (value.lineage === null) return [row];
    const whose = leaf(lineageChain(value.lineage, look.writer));
    return [row, { name: `[${i}] lineage`, value: whose, expression: null, virtual: true }];
  };
  const value = group(ringText(ring), () => framesOf(ring).flatMap(frame));
  return { name: 'Ring', value, expression: path, virtual: true };
}
