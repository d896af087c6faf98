/** The first SYN (net/ipv4/tcp_output.c). */
import { rebuildHeader } from '../tcp/af_ops.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { RTAX_INITRWND } from '../../../include/linux/rtnetlink.ts';
import { dst_metric } from '../../../include/net/dst.ts';
import { SOCK_RCVBUF_LOCK } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  ICSK_TIME_RETRANS, SIZEOF_TCPHDR, TCPHDR_SYN, TCPOLEN_TSTAMP_ALIGNED, TCP_TIMEOUT_INIT,
} from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { tcp_time_stamp_ts } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_send_head, tcp_skb_pcount } from '../../../include/net/tcp_inlines/queues.ts';
import { tcp_full_space, tcp_init_wl, tcp_mss_clamp } from '../../../include/net/tcp_inlines/window.ts';
import { TCP_INC_STATS } from '../../../include/net/snmp.ts';
import { EHOSTUNREACH, ENOBUFS } from '../../../include/uapi/asm-generic/errno.ts';
import { sk_mem_charge } from '../../core/sock.ts';
import { tcp_reset_xmit_timer } from '../inet_connection_sock/timers.ts';
import { dst_metric_advmss, dst_mtu } from '../../core/dst.ts';
import { tcp_stream_alloc_skb } from '../tcp/alloc.ts';
import { tcp_write_queue_purge } from '../tcp/queues.ts';
import { tcp_initialize_rcv_mss } from '../tcp_input/rcv_mss.ts';
import { tcp_clear_retrans } from '../tcp_input/loss.ts';
import { tcp_init_nondata_skb } from './ack.ts';
import { tcp_mstamp_refresh } from './clock.ts';
import { tcp_ecn_send_syn } from './ecn.ts';
import { tcp_mtup_init, tcp_sync_mss } from './mss.ts';
import { tcp_send_syn_data } from './syn_data.ts';
import { tcp_transmit_skb } from './transmit.ts';
import { tcp_select_initial_window } from './window.ts';

/** All that a connection needs before its SYN: sizes, windows, sequence numbers. */
export function tcp_connect_init(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const knobs = cpu.host.knobs;
  const dst = sk.sk_dst_cache!;
  tp.tcp_header_len = SIZEOF_TCPHDR + (knobs.sysctl_tcp_timestamps! !== 0 ? TCPOLEN_TSTAMP_ALIGNED : 0);
  if (tp.rx_opt.user_mss !== 0) tp.rx_opt.mss_clamp = tp.rx_opt.user_mss;
  tp.max_window = 0;
  tcp_mtup_init(cpu, sk);
  tcp_sync_mss(cpu, sk, dst_mtu(cpu, dst));
  tp.advmss = tcp_mss_clamp(tp, dst_metric_advmss(cpu, dst));
  tcp_initialize_rcv_mss(cpu, sk);
  const full_space = tcp_full_space(sk);
  if ((sk.sk_userlocks & SOCK_RCVBUF_LOCK) !== 0 && (tp.window_clamp > full_space || tp.window_clamp === 0)) tp.window_clamp = full_space;
  const mss = tp.advmss - (tp.rx_opt.ts_recent_stamp !== 0 ? tp.tcp_header_len - SIZEOF_TCPHDR : 0);
  const first = tcp_select_initial_window(cpu, sk, full_space, mss, tp.window_clamp, knobs.sysctl_tcp_window_scaling! !== 0, dst_metric(dst, RTAX_INITRWND));
  tp.rcv_wnd = first.rcv_wnd;
  tp.window_clamp = first.window_clamp;
  tp.rx_opt.rcv_wscale = first.rcv_wscale;
  tp.rcv_ssthresh = tp.rcv_wnd;
  sk.sk_err = 0;
  sk.sk_done = false;
  tp.snd_wnd = 0;
  tcp_init_wl(tp, 0);
  tcp_write_queue_purge(cpu, sk);
  tp.snd_una = tp.write_seq;
  tp.snd_sml = tp.write_seq;
  tp.snd_up = tp.write_seq;
  tp.snd_nxt = tp.write_seq;
  tp.rcv_nxt = 0;
  tp.rcv_wup = 0;
  tp.rcv_mwnd_seq = tp.rcv_wnd;
  tp.copied_seq = 0;
  sk.icsk!.icsk_rto = TCP_TIMEOUT_INIT;
  sk.icsk!.icsk_retransmits = 0;
  tcp_clear_retrans(cpu, tp);
}

export function tcp_connect_queue_skb(_cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  tcb.end_seq = (tcb.end_seq + skb.len) >>> 0;
  sk.sk_wmem_queued += skb.truesize;
  sk_mem_charge(sk, skb.truesize);
  tp.write_seq = tcb.end_seq;
  tp.packets_out += tcp_skb_pcount(skb);
}

/** Sends the SYN and arms its retransmission. */
export function tcp_connect(cpu: Cpu, sk: sock): number {
  const tp = sk.tcp!;
  if (rebuildHeader(cpu, sk) !== 0) return -EHOSTUNREACH;
  tcp_connect_init(cpu, sk);
  const buff = tcp_stream_alloc_skb(cpu, sk, true, null);
  if (buff === null) return -ENOBUFS;
  tcp_init_nondata_skb(cpu, buff, tp.write_seq, TCPHDR_SYN);
  tcp_mstamp_refresh(cpu, tp);
  tp.retrans_stamp = tcp_time_stamp_ts(tp);
  tcp_connect_queue_skb(cpu, sk, buff);
  tcp_ecn_send_syn(cpu, sk, buff);
  sk.tcp_rtx_queue.push(buff);
  if (tp.tfo.fastopen_req !== null) tcp_send_syn_data(cpu, sk, buff, tp.tfo.fastopen_req);
  else tcp_transmit_skb(cpu, sk, buff, true);
  tp.snd_nxt = tp.write_seq;
  tp.pushed_seq = tp.write_seq;
  const head = tcp_send_head(sk);
  if (head !== null) {
    tp.snd_nxt = TCP_SKB_CB(head).seq;
    tp.pushed_seq = TCP_SKB_CB(head).seq;
  }
  TCP_INC_STATS(cpu, 'ActiveOpens');
  tcp_reset_xmit_timer(cpu, sk, ICSK_TIME_RETRANS, sk.icsk!.icsk_rto, false);
  return 0;
}
