/** What a segment makes of a connection's state (net/netfilter/nf_conntrack_proto_tcp.c tcp_conntracks). */
import {
  TCP_CONNTRACK_CLOSE, TCP_CONNTRACK_CLOSE_WAIT, TCP_CONNTRACK_ESTABLISHED, TCP_CONNTRACK_FIN_WAIT, TCP_CONNTRACK_IGNORE, TCP_CONNTRACK_LAST_ACK, TCP_CONNTRACK_MAX,
  TCP_CONNTRACK_NONE, TCP_CONNTRACK_SYN_RECV, TCP_CONNTRACK_SYN_SENT, TCP_CONNTRACK_SYN_SENT2, TCP_CONNTRACK_TIME_WAIT,
} from '../../../include/net/netfilter/nf_conntrack_tcp.ts';
import type { tcphdr } from '../../../include/net/netfilter/tcphdr.ts';
import { TCPHDR_ACK, TCPHDR_FIN, TCPHDR_RST, TCPHDR_SYN } from '../../../include/net/tcp.ts';

/** Kinds of segments, by their flags (enum tcp_bit_set). */
export const TCP_SYN_SET = 0;
export const TCP_SYNACK_SET = 1;
export const TCP_FIN_SET = 2;
export const TCP_ACK_SET = 3;
export const TCP_RST_SET = 4;
export const TCP_NONE_SET = 5;

const SHORT: Readonly<Record<string, number>> = {
  NO: TCP_CONNTRACK_NONE, SS: TCP_CONNTRACK_SYN_SENT, SR: TCP_CONNTRACK_SYN_RECV, ES: TCP_CONNTRACK_ESTABLISHED, FW: TCP_CONNTRACK_FIN_WAIT, CW: TCP_CONNTRACK_CLOSE_WAIT,
  LA: TCP_CONNTRACK_LAST_ACK, TW: TCP_CONNTRACK_TIME_WAIT, CL: TCP_CONNTRACK_CLOSE, S2: TCP_CONNTRACK_SYN_SENT2, IV: TCP_CONNTRACK_MAX, IG: TCP_CONNTRACK_IGNORE,
};

const row = (states: string): readonly number[] => states.split(' ').map((each) => SHORT[each]!);

/**
 * The next state by direction, kind of segment and state. The tracker stands between the ends: a segment may be lost behind it, so
 * what might be right is let through without effect (IG), and the receiver's answer tells.
 *
 *                NO SS SR ES FW CW LA TW CL S2     none, SYN seen, SYN-ACK seen, established, FIN seen, its ACK seen, other FIN seen,
 *                                                  last ACK seen, RST seen, SYN seen from both
 */
export const tcp_conntracks: readonly (readonly (readonly number[])[])[] = [
  [
    /* syn    */ row('SS SS IG IG IG IG IG SS SS S2'),
    /* synack */ row('IV IV SR IV IV IV IV IV IV SR'),
    /* fin    */ row('IV IV FW FW LA LA LA TW CL IV'),
    /* ack    */ row('ES IV ES ES CW CW TW TW CL IV'),
    /* rst    */ row('IV CL CL CL CL CL CL CL CL CL'),
    /* none   */ row('IV IV IV IV IV IV IV IV IV IV'),
  ],
  [
    /* syn    */ row('IV S2 IV IV IV IV IV SS IV S2'),
    /* synack */ row('IV SR IG IG IG IG IG IG IG SR'),
    /* fin    */ row('IV IV FW FW LA LA LA TW CL IV'),
    /* ack    */ row('IV IG SR ES CW CW TW TW CL IG'),
    /* rst    */ row('IV CL CL CL CL CL CL CL CL CL'),
    /* none   */ row('IV IV IV IV IV IV IV IV IV IV'),
  ],
];

export function get_conntrack_index(th: tcphdr): number {
  if ((th.flags & TCPHDR_RST) !== 0) return TCP_RST_SET;
  if ((th.flags & TCPHDR_SYN) !== 0) return (th.flags & TCPHDR_ACK) !== 0 ? TCP_SYNACK_SET : TCP_SYN_SET;
  if ((th.flags & TCPHDR_FIN) !== 0) return TCP_FIN_SET;
  return (th.flags & TCPHDR_ACK) !== 0 ? TCP_ACK_SET : TCP_NONE_SET;
}
