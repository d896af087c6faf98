/** A socket as new, its connection torn down (net/ipv4/tcp.c). */
import { inet_reset_saddr } from '../../ipv6/af_inet6.ts';
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { TCP_CLOSE, TCP_LISTEN, TCP_SYN_SENT } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  TCPF_CLOSE_WAIT, TCPF_CLOSING, TCPF_ESTABLISHED, TCPF_FIN_WAIT1, TCPF_FIN_WAIT2, TCPF_LAST_ACK, TCPF_SYN_RECV, TCP_CA_Open, TCP_INFINITE_SSTHRESH, TCP_INIT_CWND,
  TCP_DELACK_MAX, TCP_MIN_MSS, TCP_RTO_MIN, TCP_TIMEOUT_INIT,
} from '../../../include/net/tcp.ts';
import { createTcpSock } from '../../../include/net/tcp_sock.ts';
import { ECONNRESET } from '../../../include/uapi/asm-generic/errno.ts';
import { sk_dst_reset } from '../../core/dst.ts';
import { skb_queue_purge } from '../../core/skbuff/queue.ts';
import { reqsk_fastopen_remove } from '../../core/request_sock.ts';
import { sk_error_report } from '../../core/sock.ts';
import { SOCK_BINDADDR_LOCK } from '../af_inet.ts';
import { inet_csk_listen_stop } from '../inet_connection_sock/listen.ts';
import { tcp_set_ca_state } from '../tcp_cong.ts';
import { tcp_fastopen_active_disable_ofo_check, tcp_free_fastopen_req } from '../tcp_fastopen.ts';
import { skb_rbtree_purge } from '../tcp_input/ofo.ts';
import { tcp_clear_retrans } from '../tcp_input/loss.ts';
import { tcp_clear_xmit_timers } from '../tcp_ipv4/init.ts';
import { tcp_send_active_reset } from '../tcp_output/fin.ts';
import { tcp_write_queue_purge } from './queues.ts';
import { tcp_set_state } from './state.ts';

/** The peer must be told by an RST. */
export function tcp_need_reset(_cpu: Cpu, state: number): boolean {
  return ((1 << state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT | TCPF_FIN_WAIT1 | TCPF_FIN_WAIT2 | TCPF_SYN_RECV)) !== 0;
}

/** What the connection had measured and counted, and what was set for it: TCP_MAXSEG with the options, the least RTO. @helper */
function forget(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  const fresh = createTcpSock();
  const seq = (tp.write_seq + tp.max_window + 2) >>> 0;
  tp.write_seq = seq !== 0 ? seq : 1;
  tp.copied_seq = tp.rcv_nxt;
  tp.urg_data = 0;
  if (sk.sk_peek_off >= 0) sk.sk_peek_off = -1;
  tp.srtt_us = 0;
  tp.mdev_us = TCP_TIMEOUT_INIT * 4000;
  tp.rcv_rtt_last_tsecr = 0;
  icsk.icsk_backoff = 0;
  icsk.icsk_probes_out = 0;
  icsk.icsk_probes_tstamp = 0;
  icsk.icsk_rto = TCP_TIMEOUT_INIT;
  icsk.icsk_rto_min = TCP_RTO_MIN;
  icsk.icsk_delack_max = TCP_DELACK_MAX;
  tp.snd_ssthresh = TCP_INFINITE_SSTHRESH;
  tp.snd_cwnd = TCP_INIT_CWND;
  tp.snd_cwnd_cnt = 0;
  tp.is_cwnd_limited = false;
  tp.max_packets_out = 0;
  tp.window_clamp = 0;
  tp.delivered = 0;
  tp.delivered_ce = 0;
  icsk.icsk_ca_initialized = false;
  tcp_set_ca_state(cpu, sk, TCP_CA_Open);
  tp.is_sack_reneg = false;
  tcp_clear_retrans(cpu, tp);
  tp.total_retrans = 0;
  icsk.icsk_ack = { pending: 0, quick: 0, pingpong: 0, retry: 0, ato: 0, timeout: 0, lrcvtime: 0, last_seg_size: 0, rcv_mss: TCP_MIN_MSS, dst_quick_ack: false };
  tp.rx_opt = fresh.rx_opt;
  tp.rack = fresh.rack;
  tp.accecn = fresh.accecn;
  tp.prev_ecnfield = 0;
  tp.rack.reo_wnd_steps = 1;
  tp.rcv_rtt_est = fresh.rcv_rtt_est;
  tp.rcvq_space = fresh.rcvq_space;
  tp.bytes_sent = 0;
  tp.bytes_acked = 0;
  tp.bytes_received = 0;
  tp.bytes_retrans = 0;
  tp.data_segs_in = 0;
  tp.data_segs_out = 0;
  tp.segs_in = 0;
  tp.segs_out = 0;
  tp.duplicate_sack = fresh.duplicate_sack;
  tp.dsack_dups = 0;
  tp.reord_seen = 0;
  tp.retrans_stamp = 0;
  tp.compressed_ack = 0;
  tp.last_oow_ack_time = 0;
  tp.retrans_out = 0;
  tp.sacked_out = 0;
  tp.tlp_high_seq = 0;
  tp.app_limited = 0xffffffff;
  tp.rate_app_limited = true;
  tp.tfo.syn_data_acked = false;
}

/** struct proto's disconnect. @helper */
export function* tcpDisconnectResumable(cpu: Cpu, sk: sock, flags: number): Resumable<number> {
  const err = tcp_disconnect(cpu, sk, flags);
  yield;
  return err;
}

export function tcp_disconnect(cpu: Cpu, sk: sock, _flags: number): number {
  const tp = sk.tcp!;
  const old_state = sk.sk_state;
  if (old_state !== TCP_CLOSE) tcp_set_state(cpu, sk, TCP_CLOSE);
  if (old_state === TCP_LISTEN) {
    inet_csk_listen_stop(cpu, sk);
  } else if (tcp_need_reset(cpu, old_state) || (tp.snd_nxt !== tp.write_seq && ((1 << old_state) & (TCPF_CLOSING | TCPF_LAST_ACK)) !== 0)) {
    tcp_send_active_reset(cpu, sk);
    sk.sk_err = ECONNRESET;
  } else if (old_state === TCP_SYN_SENT) {
    sk.sk_err = ECONNRESET;
  }
  tcp_clear_xmit_timers(cpu, sk);
  if (tp.tfo.fastopen_rsk !== null) reqsk_fastopen_remove(cpu, sk, tp.tfo.fastopen_rsk, false);
  skb_queue_purge(cpu, sk.sk_receive_queue);
  tcp_write_queue_purge(cpu, sk);
  tcp_free_fastopen_req(cpu, sk);
  sk.inet.defer_connect = false;
  tp.tfo.fastopen_client_fail = 0;
  tcp_fastopen_active_disable_ofo_check(cpu, sk);
  skb_rbtree_purge(cpu, tp);
  sk.inet.inet_dport = 0;
  if ((sk.sk_userlocks & SOCK_BINDADDR_LOCK) === 0) {
    inet_reset_saddr(sk);
  }
  sk.sk_shutdown = 0;
  sk.sk_done = false;
  forget(cpu, sk);
  sk_dst_reset(sk);
  sk.sk_rx_dst = null;
  sk.sk_frag.page = null;
  sk.sk_frag.offset = 0;
  sk_error_report(cpu, sk);
  return 0;
}
