/** A connection under test: between the script's numbers, which begin where the script says, and those on the wire. */
import type { Quoted } from './icmp_line.ts';
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
  /** First sequence numbers as they are on the wire and as the SYNs of the script have them; all other segments of a script count from 0. */
  #local = { live: 0, script: 0 };
  #remoteIsn = 0;
  /** More than SYNs has come: another one says nothing of where the numbers begin. */
  #met = false;
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
    const syn = (segment.flags & SYN) !== 0;
    if (!syn) this.#met = true;
    else if (!this.#met) this.#remoteIsn = segment.seq;
    return {
      source: ends.remote, destination: ends.local, sport: segment.ports?.[0] ?? this.remotePort, dport: segment.ports?.[1] ?? this.localPort,
      flags: segment.flags, seq: syn ? segment.seq : (segment.seq + this.#remoteIsn) >>> 0, ack: (segment.flags & ACK) === 0 ? 0 : (segment.ack + this.#localOffset(syn)) >>> 0, win: segment.win ?? 0, urg: segment.urg, len: segment.len,
      options: (segment.options ?? []).map((option) => this.#toLive(option, scaled)), tos: (segment.tos ?? 0) | ecnBits(segment.ecn), ttl: segment.ttl ?? TTL,
    };
  }

  /** Live minus script, of the numbers that the host under test chooses. */
  #localOffset(syn: boolean): number {
    return syn ? this.#local.live - this.#local.script : this.#local.live;
  }

  /** Headers of a segment sent with the script's number `seq`, as an ICMP error quotes them. */
  quoted(seq: number, { local, remote }: Ends): Quoted {
    return { source: local, destination: remote, sport: this.localPort, dport: this.remotePort, seq: (seq + this.#local.live) >>> 0 };
  }

  #toLive(option: Option, scaled: boolean): Option {
    if (option[0] === 'sack') return moveBlocks(option, this.#local.live);
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

  /** Ticks by which the last TS val sent is off the script's, reckoned from the first. */
  clockOffset(): number {
    const sent = [...this.#timestamps];
    if (sent.length === 0) return 0;
    const [first, last] = [sent[0]!, sent[sent.length - 1]!];
    return last[1] - first[1] - (last[0] - first[0]);
  }

  /** A segment that was sent, in the script's numbers; `expected` tells where they begin. */
  outbound(live: LiveSegment, expected: Segment): LiveSegment {
    const syn = (live.flags & SYN) !== 0;
    if (syn) this.#local = { live: live.seq, script: expected.seq };
    const acked = syn || (live.flags & ACK) === 0 ? 0 : this.#remoteIsn;
    const options = live.options.map((option, i) => this.#toScript(option, expected.options?.[i]));
    return { ...live, seq: (live.seq - this.#localOffset(syn)) >>> 0, ack: (live.ack - acked) >>> 0, options };
  }

  /** Timestamps are the kernel's own: the script's stand in their place, and are remembered. */
  #toScript(option: Option, expected: Option | undefined): Option {
    if (option[0] === 'sack') return moveBlocks(option, -this.#remoteIsn);
    if (option[0] !== 'TS' || expected?.[0] !== 'TS') return option;
    this.#timestamps.set(Number(expected[2]), Number(option[2]));
    return expected;
  }
}

const moveBlocks = ([name, ...blocks]: Option, by: number): Option => [name!, ...blocks.map((block) => block.split(':').map((edge) => (Number(edge) + by) >>> 0).join(':'))];
