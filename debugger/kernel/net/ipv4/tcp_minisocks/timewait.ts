/** TIME-WAIT and FIN-WAIT-2 without a socket (net/ipv4/tcp_minisocks.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff, skb_drop_reason } from '../../../include/linux/skbuff.ts';
import { tcp_hdrlen, th_flags } from '../../../include/linux/tcp.ts';
import { TCP_FIN_WAIT2, TCP_TIME_WAIT } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { SIZEOF_TCPHDR, TCPHDR_ACK, TCPHDR_FIN, TCPHDR_RST, TCPHDR_SYN, TCP_TIMEWAIT_LEN, after, before } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB, createTcpOptionsReceived } from '../../../include/net/tcp_sock.ts';
import type { inet_timewait_sock, tcp_options_received } from '../../../include/net/tcp_sock.ts';
import { ktime_get_seconds } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_paws_reject } from '../../../include/net/tcp_inlines/receive_path.ts';
import { tcp_receive_window } from '../../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { inet_twsk_alloc, inet_twsk_deschedule_put, inet_twsk_hashdance_schedule, inet_twsk_reschedule } from '../inet_timewait_sock.ts';
import { tcp_oow_rate_limited } from '../tcp_input/challenge.ts';
import { tcp_parse_options } from '../tcp_input/options.ts';
import { tcp_done } from '../tcp/state.ts';
import { tcp_v4_md5_lookup } from '../tcp_ipv4/md5_keys.ts';
import { tcp_update_metrics } from '../tcp_metrics.ts';
import { tcp_in_window } from './request.ts';

/** What signs the answers from TIME-WAIT. */
function tcp_time_wait_init(cpu: Cpu, sk: sock, tw: inet_timewait_sock): void {
  tw.tw_md5_key = tcp_v4_md5_lookup(cpu, sk, sk);
}

/** The socket goes; a small sock keeps its place for `timeo` jiffies, or 60 s. */
export function tcp_time_wait(cpu: Cpu, sk: sock, state: number, timeo_: number): void {
  const tp = sk.tcp!;
  const tw = inet_twsk_alloc(cpu, sk, state);
  if (tw === null) {
    NET_INC_STATS(cpu, 'TCPTimeWaitOverflow');
  } else {
    const icsk_rto = sk.icsk!.icsk_rto;
    const rto = (icsk_rto << 2) - (icsk_rto >> 1);
    tw.tw_rcv_wscale = tp.rx_opt.rcv_wscale;
    tw.tw_rcv_nxt = tp.rcv_nxt;
    tw.tw_snd_nxt = tp.snd_nxt;
    tw.tw_rcv_wnd = tcp_receive_window(tp);
    tw.tw_ts_recent = tp.rx_opt.ts_recent;
    tw.tw_ts_recent_stamp = tp.rx_opt.ts_recent_stamp;
    tw.tw_ts_offset = tp.tsoffset;
    tcp_time_wait_init(cpu, sk, tw);
    tw.tw_entry_stamp = Math.floor(cpu.now / 1_000_000);
    let timeo = Math.max(timeo_, rto);
    if (state === TCP_TIME_WAIT) timeo = TCP_TIMEWAIT_LEN;
    inet_twsk_hashdance_schedule(cpu, tw, sk, timeo);
  }
  tcp_update_metrics(cpu, sk);
  tcp_done(cpu, sk);
}

/** What to do with a segment for TIME-WAIT; `isn`: for the SYN that may reopen the connection; `drop_reason`: of any other, answered or not. */
export interface TimewaitStatus {
  readonly verdict: 'TCP_TW_SUCCESS' | 'TCP_TW_RST' | 'TCP_TW_ACK' | 'TCP_TW_SYN' | 'TCP_TW_ACK_OOW'; readonly isn: number; readonly drop_reason: skb_drop_reason;
}

const SUCCESS: TimewaitStatus = Object.freeze({ verdict: 'TCP_TW_SUCCESS', isn: 0, drop_reason: 'NOT_SPECIFIED' });
const RST: TimewaitStatus = Object.freeze({ verdict: 'TCP_TW_RST', isn: 0, drop_reason: 'NOT_SPECIFIED' });
const ACK: TimewaitStatus = Object.freeze({ verdict: 'TCP_TW_ACK', isn: 0, drop_reason: 'NOT_SPECIFIED' });
const ACK_OOW: TimewaitStatus = Object.freeze({ verdict: 'TCP_TW_ACK_OOW', isn: 0, drop_reason: 'NOT_SPECIFIED' });

function tcp_timewait_check_oow_rate_limit(cpu: Cpu, tw: inet_timewait_sock, skb: sk_buff, mib: string): TimewaitStatus {
  const who = { last_oow_ack_time: tw.tw_last_oow_ack_time };
  const limited = tcp_oow_rate_limited(cpu, skb, mib, who);
  tw.tw_last_oow_ack_time = who.last_oow_ack_time;
  return limited ? SUCCESS : ACK_OOW;
}

/** @helper */
function keepTimestamp(cpu: Cpu, tw: inet_timewait_sock, opt: tcp_options_received): void {
  if (!opt.saw_tstamp) return;
  tw.tw_ts_recent = opt.rcv_tsval;
  tw.tw_ts_recent_stamp = ktime_get_seconds(cpu);
}

/** The peer's FIN is still to come. @helper */
function finWait2(cpu: Cpu, tw: inet_timewait_sock, skb: sk_buff, opt: tcp_options_received, flags: number, paws_reject: boolean): TimewaitStatus {
  const tcb = TCP_SKB_CB(skb);
  if (paws_reject || !tcp_in_window(cpu, tcb.seq, tcb.end_seq, tw.tw_rcv_nxt, (tw.tw_rcv_nxt + tw.tw_rcv_wnd) >>> 0)) {
    return tcp_timewait_check_oow_rate_limit(cpu, tw, skb, 'TCPACKSkippedFinWait2');
  }
  if ((flags & TCPHDR_RST) !== 0) {
    inet_twsk_deschedule_put(cpu, tw);
    return SUCCESS;
  }
  if ((flags & TCPHDR_SYN) !== 0 && !before(tcb.seq, tw.tw_rcv_nxt)) return RST;
  if ((flags & TCPHDR_ACK) === 0 || !after(tcb.end_seq, tw.tw_rcv_nxt) || tcb.end_seq === tcb.seq) return SUCCESS;
  if ((flags & TCPHDR_FIN) === 0 || tcb.end_seq !== (tw.tw_rcv_nxt + 1) >>> 0) return RST;
  tw.tw_substate = TCP_TIME_WAIT;
  tw.tw_rcv_nxt = tcb.end_seq;
  keepTimestamp(cpu, tw, opt);
  inet_twsk_reschedule(cpu, tw, TCP_TIMEWAIT_LEN);
  return ACK;
}

export function tcp_timewait_state_process(cpu: Cpu, tw: inet_timewait_sock, skb: sk_buff): TimewaitStatus {
  const tcb = TCP_SKB_CB(skb);
  const flags = th_flags(skb);
  const rst = (flags & TCPHDR_RST) !== 0;
  const opt = createTcpOptionsReceived();
  let paws_reject = false;
  if (tcp_hdrlen(skb) > SIZEOF_TCPHDR && tw.tw_ts_recent_stamp !== 0) {
    tcp_parse_options(cpu, skb, opt, false, null);
    if (opt.saw_tstamp) {
      opt.ts_recent = tw.tw_ts_recent;
      opt.ts_recent_stamp = tw.tw_ts_recent_stamp;
      paws_reject = tcp_paws_reject(cpu, opt, rst);
    }
  }
  if (tw.tw_substate === TCP_FIN_WAIT2) return finWait2(cpu, tw, skb, opt, flags, paws_reject);
  if (!paws_reject && tcb.seq === tw.tw_rcv_nxt && (tcb.seq === tcb.end_seq || rst)) {
    if (rst) {
      if (cpu.host.knobs.sysctl_tcp_rfc1337! === 0) {
        inet_twsk_deschedule_put(cpu, tw);
        return SUCCESS;
      }
    } else {
      inet_twsk_reschedule(cpu, tw, TCP_TIMEWAIT_LEN);
    }
    keepTimestamp(cpu, tw, opt);
    return SUCCESS;
  }
  const newer = after(tcb.seq, tw.tw_rcv_nxt) || (opt.saw_tstamp && ((tw.tw_ts_recent - opt.rcv_tsval) | 0) < 0);
  if ((flags & (TCPHDR_SYN | TCPHDR_RST | TCPHDR_ACK)) === TCPHDR_SYN && !paws_reject && newer) {
    return { verdict: 'TCP_TW_SYN', isn: ((tw.tw_snd_nxt + 65535 + 2) >>> 0) || 1, drop_reason: 'NOT_SPECIFIED' };
  }
  if (paws_reject) NET_INC_STATS(cpu, 'PAWSTimewait');
  let status = SUCCESS;
  if (!rst) {
    if (paws_reject || (flags & TCPHDR_ACK) !== 0) inet_twsk_reschedule(cpu, tw, TCP_TIMEWAIT_LEN);
    status = tcp_timewait_check_oow_rate_limit(cpu, tw, skb, 'TCPACKSkippedTimeWait');
  }
  return paws_reject ? { ...status, drop_reason: 'TCP_RFC7323_TW_PAWS' } : status;
}
