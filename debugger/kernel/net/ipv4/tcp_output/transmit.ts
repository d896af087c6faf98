/** Puts a TCP header before an skb's data and hands it to IP (net/ipv4/tcp_output.c). */
import { inet6_csk_xmit } from '../../ipv6/inet6_connection_sock.ts';
import { tcp_v6_send_check } from '../../ipv6/tcp_ipv6/checksum.ts';
import { put_unaligned_be16, put_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { SKB_TRUESIZE } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  ICSK_TIME_DACK, SIZEOF_TCPHDR, SK_PACING_NONE, SK_PACING_UNLIMITED, TCPHDR_ACK, TCPHDR_FLAGS_MASK, TCPHDR_PSH, TCPHDR_SYN, TCPHDR_URG, after, before,
} from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { tcp_skb_cb } from '../../../include/net/tcp_sock.ts';
import { tcp_jiffies32, tcp_skb_timestamp_us } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_packets_in_flight } from '../../../include/net/tcp_inlines/congestion.ts';
import { inet_csk_inc_pingpong_cnt } from '../../../include/net/inet_connection_sock.ts';
import { tcp_rtx_queue_empty } from '../../../include/net/tcp_inlines/queues.ts';
import { tcp_urg_mode } from '../../../include/net/tcp_inlines/receive_path.ts';
import { NET_ADD_STATS, TCP_ADD_STATS } from '../../../include/net/snmp.ts';
import { hrtimer_cancel } from '../../../kernel/time/hrtimer.ts';
import { pskb_copy, skb_clone } from '../../core/skbuff/clone.ts';
import { skb_cloned } from '../../core/skbuff/data.ts';
import { sk_gso_disable } from '../../core/sock/caps.ts';
import { ip_queue_xmit } from '../ip_output/queue_xmit.ts';
import { inet_csk_clear_xmit_timer } from '../inet_connection_sock/timers.ts';
import { tcp_ca_event_tx_start } from '../tcp_cong.ts';
import { tcp_enter_cwr } from '../tcp_input/cwnd.ts';
import { tcp_v4_send_check } from '../tcp_ipv4/checksum.ts';
import { tcp_v4_md5_hash_skb } from '../tcp_ipv4/md5_hash.ts';
import { tcp_get_current_key } from '../tcp_ipv4/md5_keys.ts';
import { tcp_dec_quickack_mode } from './ack.ts';
import { tcp_ecn_send } from './ecn.ts';
import { createTcpOutOptions, tcp_established_options, tcp_options_write, tcp_syn_options } from './options.ts';
import type { tcp_out_options } from './options.ts';
import { tcp_select_window } from './window.ts';

const NET_XMIT_DROP = 1;

/** Sends on a copy of `skb` when `clone_it` (the original stays for retransmission), else `skb` itself. */
export function tcp_transmit_skb(cpu: Cpu, sk: sock, skb: sk_buff, clone_it: boolean): number {
  return __tcp_transmit_skb(cpu, sk, skb, clone_it, sk.tcp!.rcv_nxt);
}

export function __tcp_transmit_skb(cpu: Cpu, sk: sock, original: sk_buff, clone_it: boolean, rcv_nxt: number): number {
  spend(cpu, cpu.costs.tcp_transmit_skb);
  const tp = sk.tcp!;
  const prior_wstamp = tp.tcp_wstamp_ns;
  tp.tcp_wstamp_ns = Math.max(tp.tcp_wstamp_ns, tp.tcp_clock_cache);
  original.skb_mstamp_ns = tp.tcp_wstamp_ns;
  original.tstamp = tp.tcp_wstamp_ns;
  let skb = original;
  if (clone_it) {
    skb = skb_cloned(original) ? pskb_copy(cpu, original) : skb_clone(cpu, original);
    skb.dev = null;
  }
  const tcb = TCP_SKB_CB(original);
  let flags = tcb.tcp_flags;
  const opts = createTcpOutOptions();
  const key = tcp_get_current_key(cpu, sk);
  let tcp_header_size = SIZEOF_TCPHDR;
  if ((flags & TCPHDR_SYN) !== 0) {
    tcp_header_size += tcp_syn_options(cpu, sk, skb, opts, key);
  } else {
    tcp_header_size += tcp_established_options(cpu, sk, skb, opts, key);
    if (tcb.tcp_gso_segs > 1) flags |= TCPHDR_PSH;
  }
  skb.ooo_okay = sk.sk_wmem_alloc - 1 < SKB_TRUESIZE(1) || tcp_rtx_queue_empty(sk);
  skb.data -= tcp_header_size;
  skb.len += tcp_header_size;
  skb.transport_header = skb.data;
  skb.sk = sk;
  skb.destructor = skb.truesize === PURE_ACK_TRUESIZE ? '__sock_wfree' : 'tcp_wfree';
  sk.sk_wmem_alloc += skb.truesize;
  skb.dst_pending_confirm = sk.sk_dst_pending_confirm;
  tcp_build_header(cpu, sk, skb, tcb, flags, tcp_header_size, rcv_nxt, opts);
  if (key !== null) {
    sk_gso_disable(sk);
    skb.head.set(tcp_v4_md5_hash_skb(cpu, key, sk.inet.inet_daddr, sk.inet.inet_saddr, skb), opts.hash_location);
  }
  const in6 = sk.icsk!.icsk_af_ops === 'ipv6_specific';
  if (in6) tcp_v6_send_check(cpu, sk, skb);
  else tcp_v4_send_check(cpu, sk, skb);
  if ((flags & TCPHDR_ACK) !== 0) tcp_event_ack_sent(cpu, sk, rcv_nxt);
  if (skb.len !== tcp_header_size) {
    tcp_event_data_sent(cpu, sk);
    tp.data_segs_out += tcb.tcp_gso_segs;
    tp.bytes_sent += skb.len - tcp_header_size;
  }
  if (after(tcb.end_seq, tp.snd_nxt) || tcb.seq === tcb.end_seq) TCP_ADD_STATS(cpu, 'OutSegs', tcb.tcp_gso_segs);
  tp.segs_out += tcb.tcp_gso_segs;
  skb.hash = sk.sk_txhash;
  skb.l4_hash = sk.sk_txhash !== 0;
  skb.shinfo.gso_segs = tcb.tcp_gso_segs;
  skb.shinfo.gso_size = tcb.tcp_gso_size;
  skb.cb = null;
  let err = in6 ? inet6_csk_xmit(cpu, sk, skb) : ip_queue_xmit(cpu, sk, skb);
  if (err > 0) {
    tcp_enter_cwr(cpu, sk);
    err = err === NET_XMIT_DROP ? err : 0;
  }
  if (err === 0 && clone_it) {
    tcp_update_skb_after_send(cpu, sk, original, prior_wstamp);
    tcp_rate_skb_sent(cpu, sk, original);
  }
  return err;
}

/** skb_set_tcp_pure_ack() marks an ACK without data by this truesize, so that it weighs nothing in TCP small queues. */
export const PURE_ACK_TRUESIZE = 2;

/** The header's fields and options. @helper */
function tcp_build_header(cpu: Cpu, sk: sock, skb: sk_buff, tcb: tcp_skb_cb, flags: number, size: number, rcv_nxt: number, opts: tcp_out_options): void {
  const tp = sk.tcp!;
  const head = skb.head;
  const o = skb.data;
  let urg_ptr = 0;
  let bits = flags & TCPHDR_FLAGS_MASK;
  if (tcp_urg_mode(tp) && before(tcb.seq, tp.snd_up)) {
    if (before(tp.snd_up, (tcb.seq + 0x10000) >>> 0)) urg_ptr = (tp.snd_up - tcb.seq) >>> 0;
    else if (after((tcb.seq + 0xffff) >>> 0, tp.snd_nxt)) urg_ptr = 0xffff;
    if (urg_ptr !== 0) bits |= TCPHDR_URG;
  }
  skb.shinfo.gso_type = sk.sk_gso_type;
  let window: number;
  if ((flags & TCPHDR_SYN) === 0) {
    window = tcp_select_window(cpu, sk);
    bits |= tcp_ecn_send(cpu, sk, skb, tcb, size);
  } else {
    window = Math.min(tp.rcv_wnd, 65535);
  }
  put_unaligned_be16(sk.inet.inet_sport, head, o);
  put_unaligned_be16(sk.inet.inet_dport, head, o + 2);
  put_unaligned_be32(tcb.seq, head, o + 4);
  put_unaligned_be32(rcv_nxt, head, o + 8);
  put_unaligned_be16(((size >> 2) << 12) | bits, head, o + 12);
  put_unaligned_be16(window, head, o + 14);
  put_unaligned_be16(0, head, o + 16);
  put_unaligned_be16(urg_ptr, head, o + 18);
  tcp_options_write(cpu, head, o + SIZEOF_TCPHDR, tp, opts);
}

/** An ACK has left: nothing is owed any more. */
export function tcp_event_ack_sent(cpu: Cpu, sk: sock, rcv_nxt: number): void {
  const tp = sk.tcp!;
  if (tp.compressed_ack !== 0) {
    NET_ADD_STATS(cpu, 'TCPAckCompressed', tp.compressed_ack);
    tp.compressed_ack = 0;
    hrtimer_cancel(cpu, tp.compressed_ack_timer);
  }
  if (rcv_nxt !== tp.rcv_nxt) return;
  tcp_dec_quickack_mode(cpu, sk);
  inet_csk_clear_xmit_timer(cpu, sk, ICSK_TIME_DACK);
}

/** Data have left: a burst may have begun, and an answer within the delayed ACK's time makes the conversation interactive. */
export function tcp_event_data_sent(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  const now = tcp_jiffies32(cpu);
  if (tcp_packets_in_flight(tp) === 0) tcp_ca_event_tx_start(cpu, sk);
  tp.lsndtime = now;
  if (now - icsk.icsk_ack.lrcvtime < icsk.icsk_ack.ato) inet_csk_inc_pingpong_cnt(sk);
}

/** Pacing: the time this segment occupies at the pacing rate moves the earliest departure of the next. */
export function tcp_update_skb_after_send(_cpu: Cpu, sk: sock, skb: sk_buff, prior_wstamp: number): void {
  const tp = sk.tcp!;
  if (sk.sk_pacing_status === SK_PACING_NONE) return;
  const rate = sk.sk_pacing_rate;
  if (rate === SK_PACING_UNLIMITED || rate === 0 || tp.data_segs_out < 10) return;
  const len_ns = Math.floor((skb.len * 1_000_000_000) / rate);
  const credit = tp.tcp_wstamp_ns - prior_wstamp;
  tp.tcp_wstamp_ns += len_ns - Math.min(Math.floor(len_ns / 2), credit);
}

/** Notes the state of delivery, to compute a rate when this skb is acknowledged. */
export function tcp_rate_skb_sent(_cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  if (tp.packets_out === 0) {
    const tstamp_us = tcp_skb_timestamp_us(skb);
    tp.first_tx_mstamp = tstamp_us;
    tp.delivered_mstamp = tstamp_us;
  }
  TCP_SKB_CB(skb).tx = {
    is_app_limited: tp.app_limited !== 0, delivered: tp.delivered, delivered_ce: tp.delivered_ce,
    first_tx_mstamp: tp.first_tx_mstamp, delivered_mstamp: tp.delivered_mstamp,
  };
}
