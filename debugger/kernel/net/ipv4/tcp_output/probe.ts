/** Window probes and keepalives (net/ipv4/tcp_output.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { TCP_CLOSE } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { ICSK_TIME_PROBE0, MAX_TCP_HEADER, TCPHDR_ACK, TCPHDR_PSH, TCP_FRAG_IN_WRITE_QUEUE, TCP_RESOURCE_PROBE_INTERVAL, before, between } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { tcp_jiffies32 } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_send_head, tcp_skb_pcount, tcp_write_queue_empty } from '../../../include/net/tcp_inlines/queues.ts';
import { tcp_probe0_when, tcp_rto_max } from '../../../include/net/tcp_inlines/timeouts.ts';
import { tcp_wnd_end } from '../../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { alloc_skb } from '../../core/skbuff/alloc.ts';
import { tcp_reset_xmit_timer } from '../inet_connection_sock/timers.ts';
import { tcp_init_nondata_skb } from './ack.ts';
import { tcp_fragment, tcp_set_skb_tso_segs } from './fragment.ts';
import { tcp_current_mss } from './mss.ts';
import { tcp_transmit_skb } from './transmit.ts';
import { tcp_event_new_data_sent } from './write_xmit.ts';

/** A segment that the peer must answer: without data, one sequence number before what it expects. */
export function tcp_xmit_probe_skb(cpu: Cpu, sk: sock, urgent: number, mib: string): number {
  const tp = sk.tcp!;
  const skb = alloc_skb(cpu, MAX_TCP_HEADER);
  skb.data += MAX_TCP_HEADER;
  skb.tail += MAX_TCP_HEADER;
  tcp_init_nondata_skb(cpu, skb, (tp.snd_una - (urgent !== 0 ? 0 : 1)) >>> 0, TCPHDR_ACK);
  NET_INC_STATS(cpu, mib);
  return tcp_transmit_skb(cpu, sk, skb, false);
}

/** Asks for the window: with the next data if a byte of them fits, else with a probe. */
export function tcp_write_wakeup(cpu: Cpu, sk: sock, mib: string): number {
  if (sk.sk_state === TCP_CLOSE) return -1;
  const tp = sk.tcp!;
  const skb = tcp_send_head(sk);
  if (skb === null || !before(TCP_SKB_CB(skb).seq, tcp_wnd_end(tp))) {
    if (between(tp.snd_up, (tp.snd_una + 1) >>> 0, (tp.snd_una + 0xffff) >>> 0)) tcp_xmit_probe_skb(cpu, sk, 1, mib);
    return tcp_xmit_probe_skb(cpu, sk, 0, mib);
  }
  const mss = tcp_current_mss(cpu, sk);
  const tcb = TCP_SKB_CB(skb);
  let seg_size = (tcp_wnd_end(tp) - tcb.seq) >>> 0;
  if (before(tp.pushed_seq, tcb.end_seq)) tp.pushed_seq = tcb.end_seq;
  if (seg_size < (tcb.end_seq - tcb.seq) >>> 0 || skb.len > mss) {
    seg_size = Math.min(seg_size, mss);
    tcb.tcp_flags |= TCPHDR_PSH;
    if (tcp_fragment(cpu, sk, TCP_FRAG_IN_WRITE_QUEUE, skb, seg_size, mss) !== 0) return -1;
  } else if (tcp_skb_pcount(skb) === 0) {
    tcp_set_skb_tso_segs(cpu, skb, mss);
  }
  tcb.tcp_flags |= TCPHDR_PSH;
  const err = tcp_transmit_skb(cpu, sk, skb, true);
  if (err === 0) tcp_event_new_data_sent(cpu, sk, skb);
  return err;
}

/** The window probe timer has fired: probes, and arms the next, twice as far away. */
export function tcp_send_probe0(cpu: Cpu, sk: sock): void {
  const icsk = sk.icsk!;
  const tp = sk.tcp!;
  const err = tcp_write_wakeup(cpu, sk, 'TCPWinProbe');
  if (tp.packets_out !== 0 || tcp_write_queue_empty(sk)) {
    icsk.icsk_probes_out = 0;
    icsk.icsk_backoff = 0;
    icsk.icsk_probes_tstamp = 0;
    return;
  }
  icsk.icsk_probes_out++;
  let timeout = TCP_RESOURCE_PROBE_INTERVAL;
  if (err <= 0) {
    if (icsk.icsk_backoff < cpu.host.knobs.sysctl_tcp_retries2!) icsk.icsk_backoff++;
    timeout = tcp_probe0_when(sk, tcp_rto_max(sk));
  }
  tcp_reset_xmit_timer(cpu, sk, ICSK_TIME_PROBE0, tcp_clamp_probe0_to_user_timeout(cpu, sk, timeout), true);
}

/** The last probe before TCP_USER_TIMEOUT is over comes no later than that. */
export function tcp_clamp_probe0_to_user_timeout(cpu: Cpu, sk: sock, when: number): number {
  const icsk = sk.icsk!;
  if (icsk.icsk_user_timeout === 0 || icsk.icsk_probes_tstamp === 0) return when;
  const elapsed = Math.max(tcp_jiffies32(cpu) - icsk.icsk_probes_tstamp, 0);
  const user_timeout = Math.ceil(icsk.icsk_user_timeout / 4);
  return Math.min(Math.max(user_timeout - elapsed, 2), when);
}
