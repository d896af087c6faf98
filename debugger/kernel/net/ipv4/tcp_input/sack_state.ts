/** What the processing of one ACK hands from function to function (struct tcp_sacktag_state, and the flags of tcp_ack). */
import { REXMIT_NONE } from '../../../include/net/tcp.ts';
import { createRateSample } from '../tcp_rate.ts';
import type { rate_sample } from '../tcp_rate.ts';
import { layOut } from '../../../../machine/wide_fields.ts';

export interface tcp_sacktag_state {
  /** us; of the first and last skb that was SACKed now and never retransmitted; 0 none. */
  first_sackt: number;
  last_sackt: number;
  /** Lowest sequence number that was delivered out of order. */
  reord: number;
  sack_delivered: number;
  /** Bytes that this ACK tells were delivered. */
  delivered_bytes: number;
  flag: number;
  mss_now: number;
  rate: rate_sample;
  /** FLAG_* of this ACK, and what it makes due (REXMIT_*). */
  ack_flag: number;
  rexmit: number;
}

export function createSacktagState(): tcp_sacktag_state {
  return { first_sackt: 0, last_sackt: 0, reord: 0, sack_delivered: 0, delivered_bytes: 0, flag: 0, mss_now: 0, rate: createRateSample(), ack_flag: 0, rexmit: REXMIT_NONE };
}

layOut(createSacktagState(), 'reord');
