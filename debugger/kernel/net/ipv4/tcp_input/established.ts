/** The receive function of the ESTABLISHED state (net/ipv4/tcp_input.c). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { tcp_flag_word, tcp_hdrlen, th_flags } from '../../../include/linux/tcp.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  FLAG_DATA, FLAG_SLOWPATH, FLAG_TS_PROGRESS, FLAG_UPDATE_TS_RECENT, SIZEOF_TCPHDR, TCPHDR_ACK, TCPHDR_RST, TCPHDR_SYN, TCPOLEN_TSTAMP_ALIGNED, after,
} from '../../../include/net/tcp.ts';
import { ecnFieldMatters, tcp_ecn_received_counters, tcp_ecn_received_counters_payload } from '../../../include/net/tcp_ecn.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { inet_csk_ack_scheduled } from '../../../include/net/inet_connection_sock.ts';
import { tcp_receive_window, tcp_update_wl } from '../../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS, TCP_INC_STATS } from '../../../include/net/snmp.ts';
import { skb_checksum_complete } from '../../core/skbuff/checksum.ts';
import { __kfree_skb, kfree_skb_partial } from '../../core/skbuff/free.ts';
import { inet_sk_rx_dst_set } from '../tcp_ipv4/rx_dst.ts';
import { tcp_mstamp_refresh } from '../tcp_output/clock.ts';
import { ackDropReason, tcp_ack, tcp_ack_too_old } from './ack.ts';
import { __tcp_ack_snd_check, tcp_ack_snd_check, tcp_data_snd_check } from './ack_snd.ts';
import { tcp_data_queue, tcp_data_ready, tcp_queue_rcv } from './data_queue.ts';
import { tcp_event_data_recv, tcp_rcv_rtt_measure_ts } from './data_recv.ts';
import { segmentValues, tcp_drop_reason } from './drop.ts';
import { tcp_parse_aligned_timestamp, tcp_store_ts_recent } from './options.ts';
import { tcp_urg } from './urg.ts';
import { tcp_validate_incoming } from './validate.ts';

/** All but PSH and the reserved bits: what header prediction compares. */
const TCP_HP_BITS = 0xf1f7ffff;

const SLOW_PATH = 0;
const VALIDATE = 1;
const STEP5 = 2;
const DONE = 3;

/** @helper */
function badChecksum(cpu: Cpu, sk: sock, skb: sk_buff): void {
  TCP_INC_STATS(cpu, 'InCsumErrors');
  TCP_INC_STATS(cpu, 'InErrs');
  tcp_drop_reason(cpu, sk, skb, 'TCP_CSUM', 'len < (th->doff << 2) || tcp_checksum_complete(skb)', { len: skb.len, doff: tcp_hdrlen(skb) });
}

/** Timestamp of the predicted segment; FLAG_TS_PROGRESS when it is newer. @helper */
function takeTimestamp(cpu: Cpu, sk: sock, delta: number): number {
  const tp = sk.tcp!;
  if (tp.tcp_header_len !== SIZEOF_TCPHDR + TCPOLEN_TSTAMP_ALIGNED || tp.rcv_nxt !== tp.rcv_wup) return 0;
  tcp_store_ts_recent(cpu, tp);
  return delta > 0 ? FLAG_TS_PROGRESS : 0;
}

/** Header prediction has come true: an ACK in sequence, or data in sequence. Answers where the slow path must take over. @helper */
function fastPath(cpu: Cpu, sk: sock, skb: sk_buff, len: number): number {
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  const header_len = tp.tcp_header_len;
  let delta = 0;
  if (header_len === SIZEOF_TCPHDR + TCPOLEN_TSTAMP_ALIGNED) {
    if (!tcp_parse_aligned_timestamp(cpu, tp, skb)) return SLOW_PATH;
    delta = (tp.rx_opt.rcv_tsval - tp.rx_opt.ts_recent) | 0;
    if (delta < 0) return SLOW_PATH;
  }
  if (len < header_len) {
    TCP_INC_STATS(cpu, 'InErrs');
    tcp_drop_reason(cpu, sk, skb, 'PKT_TOO_SMALL', 'len < tcp_header_len', { len, tcp_header_len: header_len });
    return DONE;
  }
  if (len === header_len) {
    const flag = takeTimestamp(cpu, sk, delta);
    if (ecnFieldMatters(tp, skb)) tcp_ecn_received_counters(cpu, sk, skb, 0);
    tcp_ack(cpu, sk, skb, flag);
    __kfree_skb(cpu, skb);
    tcp_data_snd_check(cpu, sk);
    tp.rcv_rtt_last_tsecr = tp.rx_opt.rcv_tsecr;
    return DONE;
  }
  if (skb_checksum_complete(cpu, skb) !== 0) {
    badChecksum(cpu, sk, skb);
    return DONE;
  }
  if (after(tcb.end_seq, (tp.rcv_nxt + tcp_receive_window(tp)) >>> 0)) return VALIDATE;
  if (skb.truesize > sk.sk_forward_alloc) return STEP5;
  if (tcp_ack_too_old(tp, tcb.ack_seq)) return STEP5;
  const flag = takeTimestamp(cpu, sk, delta);
  tcp_rcv_rtt_measure_ts(cpu, sk, skb);
  NET_INC_STATS(cpu, 'TCPHPHits');
  skb.dst = null;
  skb.len -= header_len;
  skb.data += header_len;
  if (ecnFieldMatters(tp, skb)) tcp_ecn_received_counters(cpu, sk, skb, len - header_len);
  const eaten = tcp_queue_rcv(cpu, sk, skb);
  tcp_event_data_recv(cpu, sk, skb);
  let ack_due = true;
  if (tcb.ack_seq !== tp.snd_una) {
    tcp_ack(cpu, sk, skb, flag | FLAG_DATA);
    tcp_data_snd_check(cpu, sk);
    ack_due = inet_csk_ack_scheduled(sk.icsk!);
  } else {
    tcp_update_wl(tp, tcb.seq);
  }
  if (ack_due) __tcp_ack_snd_check(cpu, sk, false);
  if (eaten !== null) kfree_skb_partial(cpu, skb, eaten.stolen);
  tcp_data_ready(cpu, sk);
  return DONE;
}

export function tcp_rcv_established(cpu: Cpu, sk: sock, skb: sk_buff): void {
  spend(cpu, cpu.costs.tcp_rcv_established);
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  const len = skb.len;
  tcp_mstamp_refresh(cpu, tp);
  if (sk.sk_rx_dst === null) inet_sk_rx_dst_set(cpu, sk, skb);
  tp.rx_opt.saw_tstamp = false;
  tp.rx_opt.accecn = 0;
  let from = SLOW_PATH;
  if ((tcp_flag_word(skb) & TCP_HP_BITS) >>> 0 === tp.pred_flags && tcb.seq === tp.rcv_nxt && !after(tcb.ack_seq, tp.snd_nxt)) {
    from = fastPath(cpu, sk, skb, len);
    if (from === DONE) return;
  }
  if (from === SLOW_PATH) {
    if (len < tcp_hdrlen(skb) || skb_checksum_complete(cpu, skb) !== 0) {
      badChecksum(cpu, sk, skb);
      return;
    }
    if ((th_flags(skb) & (TCPHDR_ACK | TCPHDR_RST | TCPHDR_SYN)) === 0) {
      tcp_drop_reason(cpu, sk, skb, 'TCP_FLAGS', '!th->ack && !th->rst && !th->syn', { flags: th_flags(skb) });
      return;
    }
  }
  if (from !== STEP5 && !tcp_validate_incoming(cpu, sk, skb, true)) return;
  if (ecnFieldMatters(tp, skb)) tcp_ecn_received_counters_payload(cpu, sk, skb);
  const verdict = tcp_ack(cpu, sk, skb, FLAG_SLOWPATH | FLAG_UPDATE_TS_RECENT);
  if (verdict < 0) {
    tcp_drop_reason(cpu, sk, skb, ackDropReason(verdict), 'tcp_ack(sk, skb, FLAG_SLOWPATH | FLAG_UPDATE_TS_RECENT) < 0', segmentValues(sk, skb));
    return;
  }
  tcp_rcv_rtt_measure_ts(cpu, sk, skb);
  tcp_urg(cpu, sk, skb);
  tcp_data_queue(cpu, sk, skb);
  tcp_data_snd_check(cpu, sk);
  tcp_ack_snd_check(cpu, sk);
}
