/** Tail loss probes (RFC 8985 section 7; net/ipv4/tcp_output.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  ICSK_TIME_LOSS_PROBE, TCP_CA_CWR, TCP_CA_Open, TCP_FRAG_IN_RTX_QUEUE, TCP_NAGLE_OFF, TCP_TIMEOUT_INIT, TCP_TIMEOUT_MIN_US, TSQF_THROTTLED,
} from '../../../include/net/tcp.ts';
import { tcp_is_sack } from '../../../include/net/tcp_inlines/congestion.ts';
import { skb_rb_next, tcp_send_head, tcp_skb_pcount } from '../../../include/net/tcp_inlines/queues.ts';
import { tcp_rto_delta_us, tcp_rto_min_us } from '../../../include/net/tcp_inlines/timeouts.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { usecs_to_jiffies } from '../../../kernel/time/jiffies.ts';
import { tcp_reset_xmit_timer } from '../inet_connection_sock/timers.ts';
import { tcp_rearm_rto } from '../tcp_input/timers.ts';
import { skb_fclone_busy } from '../../core/skbuff/data.ts';
import { tcp_fragment } from './fragment.ts';
import { tcp_current_mss } from './mss.ts';
import { __tcp_retransmit_skb } from './retransmit.ts';
import { tcp_snd_wnd_test, tcp_write_xmit } from './write_xmit.ts';

/** Two round trips without an ACK and the last segment is sent again, to learn whether the tail was lost. False: no probe, only the RTO. */
export function tcp_schedule_loss_probe(cpu: Cpu, sk: sock, advancing_rto: boolean): boolean {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  if (tp.tfo.fastopen_rsk !== null) return false;
  const early_retrans = cpu.host.knobs.sysctl_tcp_early_retrans!;
  if ((early_retrans !== 3 && early_retrans !== 4) || tp.packets_out === 0 || !tcp_is_sack(tp)
    || (icsk.icsk_ca_state !== TCP_CA_Open && icsk.icsk_ca_state !== TCP_CA_CWR)) return false;
  let timeout = TCP_TIMEOUT_INIT;
  if (tp.srtt_us !== 0) {
    const timeout_us = (tp.srtt_us >> 2) + (tp.packets_out === 1 ? tcp_rto_min_us(sk) : TCP_TIMEOUT_MIN_US);
    timeout = usecs_to_jiffies(timeout_us);
  }
  const rto_delta_us = advancing_rto ? icsk.icsk_rto * 4000 : tcp_rto_delta_us(sk);
  if (rto_delta_us > 0) timeout = Math.min(timeout, usecs_to_jiffies(rto_delta_us));
  tcp_reset_xmit_timer(cpu, sk, ICSK_TIME_LOSS_PROBE, timeout, true);
  return true;
}

/** The clone sent last is still in a qdisc or device of this host: sending it again would be pointless. */
export function skb_still_in_host_queue(cpu: Cpu, sk: sock, skb: sk_buff): boolean {
  if (!skb_fclone_busy(sk, skb)) return false;
  sk.sk_tsq_flags |= TSQF_THROTTLED;
  NET_INC_STATS(cpu, 'TCPSpuriousRtxHostQueues');
  return true;
}

/** The probe timer has fired: new data if the window allows, else the last segment again. */
export function tcp_send_loss_probe(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const mss = tcp_current_mss(cpu, sk);
  if (tp.tlp_high_seq === 0 && tlpSend(cpu, sk, mss)) {
    tp.tlp_high_seq = tp.snd_nxt;
    NET_INC_STATS(cpu, 'TCPLossProbes');
    sk.icsk!.icsk_pending = 0;
  }
  if (sk.tcp_rtx_queue.length > 0 || tp.packets_out > 0) tcp_rearm_rto(cpu, sk);
}

/** Sends the probe; false when none could be sent. @helper */
function tlpSend(cpu: Cpu, sk: sock, mss: number): boolean {
  const tp = sk.tcp!;
  tp.tlp_retrans = false;
  const head = tcp_send_head(sk);
  if (head !== null && tcp_snd_wnd_test(cpu, tp, head, mss)) {
    const before_packets = tp.packets_out;
    tcp_write_xmit(cpu, sk, mss, TCP_NAGLE_OFF, 2);
    return tp.packets_out > before_packets;
  }
  const queue = sk.tcp_rtx_queue;
  if (queue.length === 0) {
    sk.icsk!.icsk_pending = 0;
    return false;
  }
  let skb = queue[queue.length - 1]!;
  if (skb_still_in_host_queue(cpu, sk, skb)) return false;
  const pcount = tcp_skb_pcount(skb);
  if (pcount > 1 && skb.len > (pcount - 1) * mss) {
    if (tcp_fragment(cpu, sk, TCP_FRAG_IN_RTX_QUEUE, skb, (pcount - 1) * mss, mss) !== 0) return false;
    skb = skb_rb_next(sk, skb)!;
  }
  if (__tcp_retransmit_skb(cpu, sk, skb, 1) !== 0) return false;
  tp.tlp_retrans = true;
  return true;
}
