/** How long a TCP connection in each state is remembered (net/netfilter/nf_conntrack_proto_tcp.c tcp_timeouts; net.netfilter.nf_conntrack_tcp_timeout_*). */
import type { Cpu } from '../../../../machine/types.ts';
import {
  IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED, TCP_CONNTRACK_CLOSE, TCP_CONNTRACK_CLOSE_WAIT, TCP_CONNTRACK_FIN_WAIT, TCP_CONNTRACK_LAST_ACK, TCP_CONNTRACK_TIME_WAIT,
} from '../../../include/net/netfilter/nf_conntrack_tcp.ts';
import type { ip_ct_tcp } from '../../../include/net/netfilter/nf_conntrack_tcp.ts';
import { HZ } from '../../../kernel/time/jiffies.ts';
import { TCP_RST_SET } from './states.ts';

/** The sysctl of each state, and of two that are none: too many retransmissions, data that nobody acknowledges. */
const KNOBS = ['', 'syn_sent', 'syn_recv', 'established', 'fin_wait', 'close_wait', 'last_ack', 'time_wait', 'close', 'syn_sent', 'max_retrans', 'unacknowledged'];
export const TCP_CONNTRACK_RETRANS = 10;
export const TCP_CONNTRACK_UNACK = 11;

/** timeouts[state], jiffies. @helper */
export function timeoutOf(cpu: Cpu, state: number): number {
  return cpu.host.knobs[`nf_conntrack_tcp_timeout_${KNOBS[state]}`]! * HZ;
}

/** How long the connection may live from this packet on, which brought it to `new_state`. @helper */
export function timeoutAfter(cpu: Cpu, tcp: ip_ct_tcp, new_state: number, index: number): number {
  const ofState = timeoutOf(cpu, new_state);
  const retrans = timeoutOf(cpu, TCP_CONNTRACK_RETRANS);
  const unack = timeoutOf(cpu, TCP_CONNTRACK_UNACK);
  if (tcp.retrans >= cpu.host.knobs.nf_conntrack_tcp_max_retrans! && ofState > retrans) return retrans;
  if (index === TCP_RST_SET) return timeoutOf(cpu, TCP_CONNTRACK_CLOSE);
  if (((tcp.seen[0].flags | tcp.seen[1].flags) & IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED) !== 0 && ofState > unack) return unack;
  return tcp.last_win === 0 && ofState > retrans ? retrans : ofState;
}

/** Closing: it may go when the table is nearly full, assured or not. */
export function tcp_can_early_drop(tcp: ip_ct_tcp): boolean {
  const { state } = tcp;
  return state === TCP_CONNTRACK_FIN_WAIT || state === TCP_CONNTRACK_LAST_ACK || state === TCP_CONNTRACK_TIME_WAIT || state === TCP_CONNTRACK_CLOSE
    || state === TCP_CONNTRACK_CLOSE_WAIT;
}
