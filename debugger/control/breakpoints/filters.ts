/** Packet events that stop a run: what other debuggers call exceptions. */
import { functionNumber } from '../debug_info.ts';

export interface PacketFilter {
  readonly filter: 'drop' | 'ring-full' | 'loss';
  readonly label: string;
  readonly description: string;
  readonly conditionDescription: string;
}

export const PACKET_FILTERS: readonly PacketFilter[] = [
  { filter: 'drop', label: 'Packet dropped', description: 'A kernel drops a packet, whatever for.', conditionDescription: 'e.g. reason == "NO_SOCKET" && host == "server"' },
  { filter: 'ring-full', label: 'Receive ring full', description: 'A NIC loses a frame because its ring has no free descriptor.', conditionDescription: 'e.g. host == "server"' },
  { filter: 'loss', label: 'Frame lost on a wire', description: 'A wire loses a frame, as the scenario asks.', conditionDescription: 'e.g. where == "wire"' },
];

/** Every drop passes here; its parameters are the packet, the reason and the condition with its values. */
export const DROP_FUNCTION = functionNumber('logDrop');

/** The kind of entry in the world's log that belongs to a filter. */
export const LOG_KIND = { drop: 'drop', 'ring-full': 'full', loss: 'loss' } as const;
