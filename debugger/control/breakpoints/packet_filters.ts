/** Packet events that stop a run: what other debuggers call exceptions. */

export interface PacketFilter {
  readonly filter: 'drop' | 'ring-full' | 'loss';
  readonly label: string;
  readonly description: string;
  readonly conditionDescription: string;
}

export const PACKET_FILTERS: readonly PacketFilter[] = [
  {
    filter: 'drop',
    label: 'Packet dropped',
    description: 'A kernel drops a packet, whatever for.',
    conditionDescription: 'e.g. reason == "NO_SOCKET" && host == "server"',
  },
  {
    filter: 'ring-full',
    label: 'Receive ring full',
    description: 'A NIC loses a frame because its ring has no free descriptor.',
    conditionDescription: 'e.g. host == "server"',
  },
  {
    filter: 'loss',
    label: 'Frame lost on a wire',
    description: 'A wire loses a frame, as the scenario asks.',
    conditionDescription: 'e.g. where == "wire"',
  },
];
