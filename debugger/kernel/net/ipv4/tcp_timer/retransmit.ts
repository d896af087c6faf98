/** Retransmission timeout and window probe timer, and when to give up (net/ipv4/tcp_timer.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { TCP_ESTABLISHED, TCP_SYN_SENT } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  ICSK_TIME_RETRANS, TCPF_SYN_RECV, TCPF_SYN_SENT, TCP_CA_Disorder, TCP_CA_Loss, TCP_CA_Recovery, TCP_RESOURCE_PROBE_INTERVAL, TCP_RTO_MIN, TCP_THIN_LINEAR_RETRIES,
  TCP_TIMEOUT_INIT,
} from '../../../include/net/tcp.ts';
import type { request_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_jiffies32, tcp_skb_timestamp_ts, tcp_time_stamp_ms, tcp_time_stamp_ts } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_is_sack, tcp_stream_is_thin } from '../../../include/net/tcp_inlines/congestion.ts';
import { inet_csk_rto_backoff } from '../../../include/net/inet_connection_sock.ts';
import { tcp_rtx_queue_head, tcp_send_head } from '../../../include/net/tcp_inlines/queues.ts';
import { __tcp_set_rto, ilog2, tcp_rto_max, tcp_rto_min } from '../../../include/net/tcp_inlines/timeouts.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { ETIMEDOUT } from '../../../include/uapi/asm-generic/errno.ts';
import { msecs_to_jiffies } from '../../../kernel/time/timer.ts';
import { sk_dst_reset } from '../../core/dst.ts';
import { tcp_reset_xmit_timer } from '../inet_connection_sock/timers.ts';
import { tcp_fastopen_active_detect_blackhole } from '../tcp_fastopen.ts';
import { tcp_check_oom } from '../tcp/memory.ts';
import { tcp_done } from '../tcp/state.ts';
import { tcp_done_with_error } from '../tcp_input/fin.ts';
import { tcp_enter_loss } from '../tcp_input/loss.ts';
import { sk_rethink_txhash } from '../tcp_ipv4/hash.ts';
import { tcp_send_active_reset } from '../tcp_output/fin.ts';
import { tcp_mss_to_mtu, tcp_mtu_to_mss, tcp_sync_mss } from '../tcp_output/mss.ts';
import { tcp_send_probe0 } from '../tcp_output/probe.ts';
import { tcp_retransmit_skb } from '../tcp_output/retransmit.ts';
import { tcp_rtx_synack } from '../tcp_output/synack.ts';
import { ipv4_negative_advice } from '../route.ts';

/** The connection has timed out; the user hears the last soft error, if there was one. */
export function tcp_write_err(cpu: Cpu, sk: sock): void {
  tcp_done_with_error(cpu, sk, sk.sk_err_soft !== 0 ? sk.sk_err_soft : ETIMEDOUT);
  NET_INC_STATS(cpu, 'TCPAbortOnTimeout');
}

/** Too many orphans, or too little memory: this one goes. */
function tcp_out_of_resources(cpu: Cpu, sk: sock, do_reset: boolean): boolean {
  const tp = sk.tcp!;
  let shift = 0;
  const idle = tcp_jiffies32(cpu) - tp.lsndtime;
  if (idle > 2 * tcp_rto_max(sk) || !do_reset) shift++;
  if (sk.sk_err_soft !== 0) shift++;
  if (!tcp_check_oom(cpu, sk, shift)) return false;
  if (do_reset || idle <= 60 * 250 || (tp.snd_wnd === 0 && tp.packets_out === 0)) tcp_send_active_reset(cpu, sk);
  tcp_done(cpu, sk);
  NET_INC_STATS(cpu, 'TCPAbortOnMemory');
  return true;
}

function tcp_orphan_retries(cpu: Cpu, sk: sock, alive: boolean): number {
  let retries = cpu.host.knobs.sysctl_tcp_orphan_retries!;
  if (sk.sk_err_soft !== 0 && !alive) retries = 0;
  if (retries === 0 && alive) retries = 8;
  return retries;
}

/** Perhaps large packets fall into a black hole: smaller ones from now on. */
function tcp_mtu_probing(cpu: Cpu, sk: sock): void {
  const knobs = cpu.host.knobs;
  const mtup = sk.icsk!.icsk_mtup;
  if (knobs.sysctl_tcp_mtu_probing! === 0) return;
  if (!mtup.enabled) {
    mtup.enabled = true;
    mtup.probe_timestamp = tcp_jiffies32(cpu);
  } else {
    const half = tcp_mtu_to_mss(cpu, sk, mtup.search_low) >> 1;
    const mss = Math.max(Math.min(knobs.sysctl_tcp_base_mss!, half), knobs.sysctl_tcp_mtu_probe_floor!, knobs.sysctl_tcp_min_snd_mss!);
    mtup.search_low = tcp_mss_to_mtu(cpu, sk, mss);
  }
  tcp_sync_mss(cpu, sk, sk.icsk!.icsk_pmtu_cookie);
}

/** How long `boundary` retransmissions with exponential back-off take, ms. */
function tcp_model_timeout(_cpu: Cpu, sk: sock, boundary: number, rto_base: number): number {
  const rto_max = tcp_rto_max(sk);
  const thresh = ilog2(Math.floor(rto_max / rto_base));
  const timeout = boundary <= thresh ? (2 * (1 << boundary) - 1) * rto_base : (2 * (1 << thresh) - 1) * rto_base + (boundary - thresh) * rto_max;
  return timeout * 4;
}

/** It has gone on for as long as `boundary` retransmissions would take, or for `timeout` ms if that is not 0. */
export function retransmits_timed_out(cpu: Cpu, sk: sock, boundary: number, timeout_: number): boolean {
  if (sk.icsk!.icsk_retransmits === 0) return false;
  let timeout = timeout_;
  if (timeout === 0) {
    const syn = ((1 << sk.sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) !== 0;
    timeout = tcp_model_timeout(cpu, sk, boundary, syn ? TCP_TIMEOUT_INIT : TCP_RTO_MIN);
  }
  return tcp_time_stamp_ts(sk.tcp!) - sk.tcp!.retrans_stamp - timeout >= 0;
}

/** A route that may have gone bad is asked for anew. */
function __dst_negative_advice(sk: sock): void {
  const dst = sk.sk_dst_cache;
  if (dst !== null) ipv4_negative_advice(sk, dst);
}

/** True: the connection is over. */
function tcp_write_timeout(cpu: Cpu, sk: sock): boolean {
  const icsk = sk.icsk!;
  const knobs = cpu.host.knobs;
  let expired = false;
  let retry_until: number;
  if (((1 << sk.sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) !== 0) {
    if (icsk.icsk_retransmits !== 0) __dst_negative_advice(sk);
    retry_until = icsk.icsk_syn_retries !== 0 ? icsk.icsk_syn_retries : knobs.sysctl_tcp_syn_retries!;
    const linear = sk.sk_state === TCP_SYN_SENT ? knobs.sysctl_tcp_syn_linear_timeouts! : 0;
    expired = icsk.icsk_retransmits >= retry_until + linear;
  } else {
    if (retransmits_timed_out(cpu, sk, knobs.sysctl_tcp_retries1!, 0)) {
      tcp_mtu_probing(cpu, sk);
      __dst_negative_advice(sk);
    }
    retry_until = knobs.sysctl_tcp_retries2!;
    if (sk.sk_dead) {
      const alive = icsk.icsk_rto < tcp_rto_max(sk);
      retry_until = tcp_orphan_retries(cpu, sk, alive);
      const do_reset = alive || !retransmits_timed_out(cpu, sk, retry_until, 0);
      if (tcp_out_of_resources(cpu, sk, do_reset)) return true;
    }
  }
  if (!expired) expired = retransmits_timed_out(cpu, sk, retry_until, icsk.icsk_user_timeout);
  tcp_fastopen_active_detect_blackhole(cpu, sk, expired);
  if (expired) {
    tcp_write_err(cpu, sk);
    return true;
  }
  if (sk_rethink_txhash(cpu, sk)) {
    sk.tcp!.timeout_rehash++;
    NET_INC_STATS(cpu, 'TcpTimeoutRehash');
  }
  return false;
}

/** The peer has closed its window over what is outstanding, and does not open it again. */
function tcp_rtx_probe0_timed_out(_cpu: Cpu, sk: sock, rtx_delta: number): boolean {
  const icsk = sk.icsk!;
  const user_timeout = icsk.icsk_user_timeout;
  let timeout = tcp_rto_max(sk) * 2;
  if (user_timeout !== 0) {
    if (rtx_delta > user_timeout) return true;
    timeout = Math.min(timeout, msecs_to_jiffies(user_timeout));
  }
  if (icsk.icsk_timeout + 1 - sk.tcp!.rcv_tstamp <= timeout) return false;
  return msecs_to_jiffies(rtx_delta) > timeout;
}

/** The last retransmission before TCP_USER_TIMEOUT is over comes no later than that. */
function tcp_clamp_rto_to_user_timeout(_cpu: Cpu, sk: sock): number {
  const icsk = sk.icsk!;
  if (icsk.icsk_user_timeout === 0) return icsk.icsk_rto;
  const remaining = icsk.icsk_user_timeout - (tcp_time_stamp_ts(sk.tcp!) - sk.tcp!.retrans_stamp);
  return remaining <= 0 ? 1 : Math.min(icsk.icsk_rto, msecs_to_jiffies(remaining));
}

function tcp_update_rto_stats(_cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  if (sk.icsk!.icsk_retransmits === 0) {
    tp.total_rto_recoveries++;
    tp.rto_stamp = tcp_time_stamp_ms(tp);
  }
  sk.icsk!.icsk_retransmits++;
  tp.total_rto++;
}

/** The first timeout of a loss: which state it found. @helper */
function countFailure(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const state = sk.icsk!.icsk_ca_state;
  if (state === TCP_CA_Recovery) NET_INC_STATS(cpu, tcp_is_sack(tp) ? 'TCPSackRecoveryFail' : 'TCPRenoRecoveryFail');
  else if (state === TCP_CA_Loss) NET_INC_STATS(cpu, 'TCPLossFailures');
  else if (state === TCP_CA_Disorder || tp.sacked_out !== 0) NET_INC_STATS(cpu, tcp_is_sack(tp) ? 'TCPSackFailures' : 'TCPRenoFailures');
}

/** The next timeout: twice as far, but for thin streams and the first SYNs. @helper */
function backOff(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  const knobs = cpu.host.knobs;
  if (sk.sk_state === TCP_ESTABLISHED && (tp.thin_lto || knobs.sysctl_tcp_thin_linear_timeouts! !== 0) && tcp_stream_is_thin(tp) && icsk.icsk_retransmits <= TCP_THIN_LINEAR_RETRIES) {
    icsk.icsk_backoff = 0;
    icsk.icsk_rto = Math.min(Math.max(__tcp_set_rto(tp), tcp_rto_min(sk)), tcp_rto_max(sk));
  } else if (sk.sk_state !== TCP_SYN_SENT || tp.total_rto > knobs.sysctl_tcp_syn_linear_timeouts!) {
    icsk.icsk_backoff++;
    icsk.icsk_rto = Math.min(icsk.icsk_rto << 1, tcp_rto_max(sk));
  }
  tcp_reset_xmit_timer(cpu, sk, ICSK_TIME_RETRANS, tcp_clamp_rto_to_user_timeout(cpu, sk), false);
  if (retransmits_timed_out(cpu, sk, knobs.sysctl_tcp_retries1! + 1, 0)) sk_dst_reset(sk);
}

/** The window is closed, although segments are outstanding. @helper */
function windowShrunk(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  const rtx_delta = tcp_time_stamp_ts(tp) - (tp.retrans_stamp !== 0 ? tp.retrans_stamp : tcp_skb_timestamp_ts(skb));
  if (tcp_rtx_probe0_timed_out(cpu, sk, rtx_delta)) {
    tcp_write_err(cpu, sk);
    return;
  }
  tcp_enter_loss(cpu, sk);
  tcp_retransmit_skb(cpu, sk, skb, 1);
  sk_dst_reset(sk);
  backOff(cpu, sk);
}

/** Nobody has acknowledged the SYN-ACK of a socket that Fast Open has made; nothing else is sent again before that. */
function tcp_fastopen_synack_timer(cpu: Cpu, sk: sock, req: request_sock): void {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  NET_INC_STATS(cpu, 'TCPTimeouts');
  const max_retries = icsk.icsk_syn_retries !== 0 ? icsk.icsk_syn_retries : cpu.host.knobs.sysctl_tcp_synack_retries! + 1;
  if (req.num_timeout >= max_retries) {
    tcp_write_err(cpu, sk);
    return;
  }
  if (icsk.icsk_retransmits === 1) tcp_enter_loss(cpu, sk);
  tcp_rtx_synack(cpu, sk, req);
  req.num_timeout++;
  tcp_update_rto_stats(cpu, sk);
  if (tp.retrans_stamp === 0) tp.retrans_stamp = tcp_time_stamp_ts(tp);
  tcp_reset_xmit_timer(cpu, sk, ICSK_TIME_RETRANS, req.timeout * (1 << req.num_timeout), false);
}

/** The retransmission timeout. */
export function tcp_retransmit_timer(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  if (tp.tfo.fastopen_rsk !== null) {
    tcp_fastopen_synack_timer(cpu, sk, tp.tfo.fastopen_rsk);
    return;
  }
  if (tp.packets_out === 0) return;
  const skb = tcp_rtx_queue_head(sk);
  if (skb === null) return;
  if (tp.snd_wnd === 0 && !sk.sk_dead && ((1 << sk.sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) === 0) {
    windowShrunk(cpu, sk, skb);
    return;
  }
  NET_INC_STATS(cpu, 'TCPTimeouts');
  if (tcp_write_timeout(cpu, sk)) return;
  if (icsk.icsk_retransmits === 0) countFailure(cpu, sk);
  tcp_enter_loss(cpu, sk);
  tcp_update_rto_stats(cpu, sk);
  if (tcp_retransmit_skb(cpu, sk, tcp_rtx_queue_head(sk)!, 1) > 0) {
    tcp_reset_xmit_timer(cpu, sk, ICSK_TIME_RETRANS, TCP_RESOURCE_PROBE_INTERVAL, false);
    return;
  }
  backOff(cpu, sk);
}

/** The window probe timer. */
export function tcp_probe_timer(cpu: Cpu, sk: sock): void {
  const icsk = sk.icsk!;
  if (sk.tcp!.packets_out !== 0 || tcp_send_head(sk) === null) {
    icsk.icsk_probes_out = 0;
    icsk.icsk_probes_tstamp = 0;
    return;
  }
  let abort = false;
  if (icsk.icsk_probes_tstamp === 0) icsk.icsk_probes_tstamp = tcp_jiffies32(cpu);
  else if (icsk.icsk_user_timeout !== 0) abort = tcp_jiffies32(cpu) - icsk.icsk_probes_tstamp >= msecs_to_jiffies(icsk.icsk_user_timeout);
  let max_probes = cpu.host.knobs.sysctl_tcp_retries2!;
  if (!abort && sk.sk_dead) {
    const alive = inet_csk_rto_backoff(icsk, tcp_rto_max(sk)) < tcp_rto_max(sk);
    max_probes = tcp_orphan_retries(cpu, sk, alive);
    if (!alive && icsk.icsk_backoff >= max_probes) abort = true;
    else if (tcp_out_of_resources(cpu, sk, true)) return;
  }
  if (abort || icsk.icsk_probes_out >= max_probes) tcp_write_err(cpu, sk);
  else tcp_send_probe0(cpu, sk);
}
