/** Whether a segment that was sent is the one that the script expects. */
import { CWR, FIN, type Option, PSH, type Segment } from './packet_line.ts';
import { ecnBits, type LiveSegment } from './tcp_frame.ts';

const LETTERS = 'FSRP.UEWA';
/** In a super-packet cut on the wire only the last part has these. */
const LAST_ONLY = FIN | PSH | CWR;

/** null, or what is different. `live` in the script's numbers. */
export function differences(live: LiveSegment, expected: Segment): string | null {
  const parts = [describe(expected, expected.options), describe({ ...live, win: expected.win === null ? null : live.win }, expected.options === null ? null : live.options)];
  if (parts[0] !== parts[1]) return `${parts[1]} sent, ${parts[0]} expected`;
  if (expected.ecn !== null && !ecnFits(live.tos & 3, expected)) return `ECN bits ${live.tos & 3} sent, ${expected.ecn} expected`;
  if (expected.tos !== null && expected.tos !== live.tos) return `TOS ${live.tos} sent, ${expected.tos} expected`;
  if (expected.ttl !== null && expected.ttl !== live.ttl) return `TTL ${live.ttl} sent, ${expected.ttl} expected`;
  return null;
}

function ecnFits(bits: number, { ecn }: Segment): boolean {
  return ecn === 'ect01' ? bits === 1 || bits === 2 : bits === ecnBits(ecn);
}

/** As a script would write it. */
function describe(segment: Pick<Segment, 'flags' | 'seq' | 'len' | 'ack' | 'win' | 'urg'>, options: readonly Option[] | null): string {
  const flags = [...LETTERS].filter((_, bit) => (segment.flags & (1 << bit)) !== 0).join('');
  const range = `${segment.seq}:${segment.seq + segment.len}(${segment.len})`;
  const fields = [segment.ack === 0 ? '' : `ack ${segment.ack}`, segment.win === null ? '' : `win ${segment.win}`, segment.urg === 0 ? '' : `urg ${segment.urg}`];
  const tail = options === null ? '' : `<${options.map((each) => each.join(' ')).join(',')}>`;
  return [flags || '-', range, ...fields, tail].filter((each) => each !== '').join(' ');
}

/** Whether `next` is the following part of the super-packet that `before` began. */
export function merges(before: LiveSegment, next: LiveSegment): boolean {
  return (
    (before.seq + before.len) >>> 0 === next.seq && before.sport === next.sport && before.dport === next.dport && before.ack === next.ack &&
    (before.flags & ~LAST_ONLY) === (next.flags & ~LAST_ONLY) && next.len > 0
  );
}

/** Offset of the first byte that is not zero, as those of a script's payloads are; -1: none. */
export function strayByte(payload: Uint8Array): number {
  return payload.findIndex((byte) => byte !== 0);
}
