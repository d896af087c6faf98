/** Values of a scenario's process on one line: received bytes as text, addresses with ports, lists of numbers whole, others by their length. */
import { endpoint } from './format/address.ts';
import { SETS } from './format/flags.ts';
import { structOf } from './struct.ts';

const SHOWN = 48;
const SHOWN_NUMBERS = 12;

/** undefined for what is no process's value. */
export function processValue(value: object): string | undefined {
  if (structOf(value) !== '') return undefined;
  const of = value as {
    kind?: unknown;
    bytes?: Uint8Array;
    length?: number;
    address?: number;
    port?: number;
    items?: unknown[];
    fd?: number;
    events?: number;
    revents?: number;
  };
  if (of.kind === 'buffer' && of.bytes !== undefined) return bufferLine(of.bytes.subarray(0, of.length));
  if (of.kind === 'endpoint') return endpoint(of.address ?? 0, of.port ?? 0);
  if (of.kind === 'list') return listLine(of.items ?? []);
  if (of.kind === 'pollfd') return pollfdLine(of.fd ?? -1, of.events ?? 0, of.revents ?? 0);
  return of.kind === 'event' ? `fd ${of.fd}, events 0x${(of.events ?? 0).toString(16)}` : undefined;
}

/** A set of descriptors as it stands, other lists by their length. */
function listLine(items: readonly unknown[]): string {
  if (items.length <= SHOWN_NUMBERS && items.every((each) => typeof each === 'number')) return `[${items.join(', ')}]`;
  return `${items.length} element${items.length === 1 ? '' : 's'}`;
}

/** `fd 3 POLLIN|POLLOUT: POLLOUT`: what it watches for and, once poll has filled it, what is ready. */
function pollfdLine(fd: number, events: number, revents: number): string {
  const names = (bits: number): string =>
    (SETS.poll ?? [])
      .filter(([bit]) => (bits & bit) !== 0)
      .map(([, name]) => name)
      .join('|') || 'nothing';
  return `fd ${fd} ${names(events)}: ${revents === 0 ? 'not ready' : names(revents)}`;
}

/** As text where it is text, else in hex. */
export function bufferLine(bytes: Uint8Array): string {
  const shown = bytes.subarray(0, SHOWN);
  const printable = shown.every((byte) => byte >= 32 && byte < 127);
  const more = bytes.length > SHOWN ? '...' : '';
  const body = printable
    ? JSON.stringify(String.fromCharCode(...shown))
    : Array.from(shown, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${bytes.length} bytes${bytes.length === 0 ? '' : ` ${body}${more}`}`;
}
