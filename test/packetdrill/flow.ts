/** A connection under test: between the script's numbers, which begin where the script says, and those on the wire. */
import { ACK, type Option, type Segment, SYN } from './packet_line.ts';
import type { LiveSegment } from './tcp_frame.ts';
import { ecnBits } from './tcp_frame.ts';

export interface Ends {
  readonly local: number;
  readonly remote: number;
}

const TTL = 64;

export class Flow {
  readonly localPort: number;
  readonly remotePort: number;
  /** Live minus script, of the numbers that the host under test chooses; null before its SYN has been seen. */
  #offset: number | null = null;
  /** The live TS val that was sent for one of the script's. */
  readonly #timestamps = new Map<number, number>();

  constructor(localPort: number, remotePort: number) {
    this.localPort = localPort;
    this.remotePort = remotePort;
  }

  owns(live: LiveSegment): boolean {
    return live.sport === this.localPort && live.dport === this.remotePort;
  }

  /** The segment to inject. `scaled`: an echoed TS that was never sent is reckoned from one that was. */
  inbound(segment: Segment, ends: Ends, scaled: boolean): LiveSegment {
    const offset = this.#offset ?? 0;
    return {
      source: ends.remote, destination: ends.local, sport: segment.ports?.[0] ?? this.remotePort, dport: segment.ports?.[1] ?? this.localPort,
      flags: segment.flags, seq: segment.seq, ack: (segment.flags & ACK) === 0 ? 0 : (segment.ack + offset) >>> 0, win: segment.win ?? 0, urg: segment.urg, len: segment.len,
      options: (segment.options ?? []).map((option) => this.#toLive(option, scaled)), tos: (segment.tos ?? 0) | ecnBits(segment.ecn), ttl: segment.ttl ?? TTL,
    };
  }

  #toLive(option: Option, scaled: boolean): Option {
    if (option[0] === 'sack') return ['sack', ...option.slice(1).map((block) => block.split(':').map((edge) => (Number(edge) + (this.#offset ?? 0)) >>> 0).join(':'))];
    if (option[0] === 'TS') return ['TS', 'val', option[2]!, 'ecr', String(this.#echo(Number(option[4]), scaled))];
    return option;
  }

  #echo(ecr: number, scaled: boolean): number {
    if (ecr === 0) return 0;
    const sent = this.#timestamps.get(ecr);
    if (sent !== undefined) return sent;
    const first = this.#timestamps.entries().next().value;
    if (!scaled && this.#timestamps.size > 0) throw new Error(`TS ecr ${ecr} was never sent`);
    return first === undefined ? ecr : (first[1] + ecr - first[0]) >>> 0;
  }

  /** A segment that was sent, in the script's numbers; `expected` tells where they begin. */
  outbound(live: LiveSegment, expected: Segment): LiveSegment {
    if ((live.flags & SYN) !== 0) this.#offset = (live.seq - expected.seq) >>> 0;
    const offset = this.#offset ?? 0;
    const options = live.options.map((option, i) => this.#toScript(option, expected.options?.[i]));
    return { ...live, seq: (live.seq - offset) >>> 0, options };
  }

  /** Timestamps are the kernel's own: the script's stand in their place, and are remembered. */
  #toScript(option: Option, expected: Option | undefined): Option {
    if (option[0] !== 'TS' || expected?.[0] !== 'TS') return option;
    this.#timestamps.set(Number(expected[2]), Number(option[2]));
    return expected;
  }
}
