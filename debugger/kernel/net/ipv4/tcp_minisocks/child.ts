/** The socket that a request becomes (net/ipv4/tcp_minisocks.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { th_window } from '../../../include/linux/tcp.ts';
import { sk_mark_napi_id_set } from '../../../include/net/busy_poll.ts';
import { TCP_SYN_RECV } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { SIZEOF_TCPHDR, TCPOLEN_TSTAMP_ALIGNED, TCP_CA_Open, TCP_ECN_DISABLED, TCP_ECN_MODE_ACCECN, TCP_ECN_MODE_RFC3168, TCP_MSS_DEFAULT } from '../../../include/net/tcp.ts';
import {
  TCP_ACCECN_ACE_FAIL_RECV, TCP_ACCECN_ACE_FAIL_SEND, tcp_accecn_fail_mode_set, tcp_accecn_third_ack, tcp_ecn_mode_set, tcp_ecn_received_counters_payload,
} from '../../../include/net/tcp_ecn.ts';
import { TCPOLEN_MD5SIG_ALIGNED } from '../../../include/net/tcp_md5.ts';
import type { request_sock } from '../../../include/net/tcp_sock.ts';
import { ktime_get_seconds, tcp_jiffies32 } from '../../../include/net/tcp_inlines/clock.ts';
import { keepalive_time_when } from '../../../include/net/tcp_inlines/timeouts.ts';
import { tcp_init_wl } from '../../../include/net/tcp_inlines/window.ts';
import { TCP_INC_STATS } from '../../../include/net/snmp.ts';
import { __sk_add_backlog, skDataReady, sock_owned_by_user, sock_put } from '../../core/sock.ts';
import { inet_csk_clone_lock } from '../inet_connection_sock/clone.ts';
import { tcp_assign_congestion_control, tcp_set_ca_state } from '../tcp_cong.ts';
import { tcp_rcv_state_process } from '../tcp_input/state_process.ts';
import type { RcvVerdict } from '../tcp_input/state_process.ts';
import { tcp_v4_reqsk_md5_lookup } from '../tcp_ipv4/md5_keys.ts';
import { tcp_segs_in } from '../tcp_ipv4/rcv.ts';
import { tcp_init_xmit_timers, tcp_reset_keepalive_timer } from '../tcp_timer.ts';

export function tcp_ca_openreq_child(cpu: Cpu, sk: sock): void {
  if (!sk.icsk!.icsk_ca_setsockopt) tcp_assign_congestion_control(cpu, sk);
  tcp_set_ca_state(cpu, sk, TCP_CA_Open);
}

/** The handshake's last ACK tells how ECN got through. */
function tcp_ecn_openreq_child(cpu: Cpu, sk: sock, req: request_sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  if (!req.accecn_ok) {
    tcp_ecn_mode_set(tp, req.ecn_ok ? TCP_ECN_MODE_RFC3168 : TCP_ECN_DISABLED);
    return;
  }
  const accecn = tp.accecn;
  tcp_ecn_mode_set(tp, TCP_ECN_MODE_ACCECN);
  accecn.syn_ect_snt = req.syn_ect_snt;
  tcp_accecn_third_ack(cpu, tp, skb, req.syn_ect_snt);
  accecn.saw_accecn_opt = req.saw_accecn_opt;
  tcp_accecn_fail_mode_set(tp, req.accecn_fail_mode & (TCP_ACCECN_ACE_FAIL_SEND | TCP_ACCECN_ACE_FAIL_RECV));
  tp.prev_ecnfield = req.syn_ect_rcv;
  accecn.accecn_opt_demand = 1;
  tcp_ecn_received_counters_payload(cpu, sk, skb);
}

/** A clone of the listener with what SYN and ACK have agreed on. */
export function tcp_create_openreq_child(cpu: Cpu, sk: sock, req: request_sock, skb: sk_buff): sock {
  const newsk = inet_csk_clone_lock(cpu, sk, req);
  const newtp = newsk.tcp!;
  const newicsk = newsk.icsk!;
  const rcv = (req.rcv_isn + 1) >>> 0;
  const snd = (req.snt_isn + 1) >>> 0;
  newtp.pred_flags = 0;
  newtp.rcv_wup = rcv;
  newtp.copied_seq = rcv;
  newtp.rcv_nxt = rcv;
  newtp.segs_in = 1;
  newtp.snd_sml = snd;
  newtp.snd_una = snd;
  newtp.snd_nxt = snd;
  newtp.snd_up = snd;
  newtp.write_seq = snd;
  newtp.pushed_seq = snd;
  tcp_init_wl(newtp, req.rcv_isn);
  const now = tcp_jiffies32(cpu);
  for (const s of newtp.rtt_min) {
    s.t = now;
    s.v = 0xffffffff;
  }
  newicsk.icsk_ack.lrcvtime = now;
  newtp.lsndtime = now;
  newtp.total_retrans = req.num_retrans;
  tcp_init_xmit_timers(cpu, newsk);
  if (newsk.sk_keepopen) tcp_reset_keepalive_timer(cpu, newsk, keepalive_time_when(newtp, newsk));
  takeOptions(cpu, newsk, req, skb);
  if (req.num_timeout !== 0) {
    newtp.total_rto = req.num_timeout;
    newtp.undo_marker = req.snt_isn;
    newtp.retrans_stamp = Math.floor(req.snt_synack / 1000) + 1;
    newtp.total_rto_recoveries = 1;
  }
  newtp.tsoffset = req.ts_off;
  newtp.md5sig_info = null;
  if (tcp_v4_reqsk_md5_lookup(cpu, sk, req) !== null) newtp.tcp_header_len += TCPOLEN_MD5SIG_ALIGNED;
  if (skb.len >= TCP_MSS_DEFAULT + newtp.tcp_header_len) newicsk.icsk_ack.last_seg_size = skb.len - newtp.tcp_header_len;
  newtp.rx_opt.mss_clamp = req.mss;
  tcp_ecn_openreq_child(cpu, newsk, req, skb);
  TCP_INC_STATS(cpu, 'PassiveOpens');
  return newsk;
}

/** Windows, scales, timestamps, SACK. @helper */
function takeOptions(cpu: Cpu, newsk: sock, req: request_sock, skb: sk_buff): void {
  const newtp = newsk.tcp!;
  const rx_opt = newtp.rx_opt;
  rx_opt.tstamp_ok = req.tstamp_ok;
  rx_opt.sack_ok = req.sack_ok;
  newtp.window_clamp = req.rsk_window_clamp;
  newtp.rcv_ssthresh = req.rsk_rcv_wnd;
  newtp.rcv_wnd = req.rsk_rcv_wnd;
  newtp.rcv_mwnd_seq = (newtp.rcv_wup + req.rsk_rcv_wnd) >>> 0;
  rx_opt.wscale_ok = req.wscale_ok;
  if (req.wscale_ok) {
    rx_opt.snd_wscale = req.snd_wscale;
    rx_opt.rcv_wscale = req.rcv_wscale;
  } else {
    rx_opt.snd_wscale = 0;
    rx_opt.rcv_wscale = 0;
    newtp.window_clamp = Math.min(newtp.window_clamp, 65535);
  }
  newtp.snd_wnd = th_window(skb) * (1 << rx_opt.snd_wscale);
  newtp.max_window = newtp.snd_wnd;
  if (req.tstamp_ok) {
    rx_opt.ts_recent = req.ts_recent;
    rx_opt.ts_recent_stamp = ktime_get_seconds(cpu);
    newtp.tcp_header_len = SIZEOF_TCPHDR + TCPOLEN_TSTAMP_ALIGNED;
  } else {
    rx_opt.ts_recent_stamp = 0;
    newtp.tcp_header_len = SIZEOF_TCPHDR;
  }
}

/** The ACK that completed the handshake, processed by the new socket; its listener is told. '' or why it must be answered with an RST. */
export function tcp_child_process(cpu: Cpu, parent: sock, child: sock, skb: sk_buff): RcvVerdict {
  const state = child.sk_state;
  let reason: RcvVerdict = '';
  sk_mark_napi_id_set(child, skb);
  tcp_segs_in(cpu, child.tcp!, skb);
  if (!sock_owned_by_user(child)) {
    reason = tcp_rcv_state_process(cpu, child, skb);
    if (state === TCP_SYN_RECV && child.sk_state !== state) skDataReady(cpu, parent);
  } else {
    __sk_add_backlog(child, skb);
  }
  sock_put(cpu, child);
  return reason;
}
