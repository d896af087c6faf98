/** A segment for a request: SYN received, handshake not complete (net/ipv4/tcp_minisocks.c tcp_check_req). */
import { reqskSendAck, sendReset, synRecvSock } from '../tcp/af_ops.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff, skb_drop_reason } from '../../../include/linux/skbuff.ts';
import { tcp_hdrlen, th_flags } from '../../../include/linux/tcp.ts';
import type { sock } from '../../../include/net/sock.ts';
import { INET_ECN_MASK, SIZEOF_TCPHDR, TCPHDR_ACK, TCPHDR_RST, TCPHDR_SYN, after, before, between } from '../../../include/net/tcp.ts';
import {
  TCP_ACCECN_ACE_FAIL_RECV, TCP_ACCECN_ACE_FAIL_SEND, TCP_ACCECN_OPT_COUNTER_SEEN, TCP_ACCECN_OPT_FAIL_RECV, TCP_ACCECN_OPT_FAIL_SEEN, tcp_accecn_ace,
  tcp_accecn_option_init,
} from '../../../include/net/tcp_ecn.ts';
import { TCP_SKB_CB, createTcpOptionsReceived } from '../../../include/net/tcp_sock.ts';
import type { request_sock, tcp_options_received } from '../../../include/net/tcp_sock.ts';
import { ktime_get_seconds } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_synack_window } from '../../../include/net/tcp_inlines/window.ts';
import { tcp_paws_reject } from '../../../include/net/tcp_inlines/receive_path.ts';
import { NET_INC_STATS, TCP_INC_STATS } from '../../../include/net/snmp.ts';
import { jiffies, mod_timer } from '../../../kernel/time/timer.ts';
import { reqsk_fastopen_remove } from '../../core/request_sock.ts';
import { inet_csk_complete_hashdance, inet_csk_reqsk_queue_drop, tcp_reqsk_timeout } from '../inet_connection_sock/request.ts';
import { tcp_oow_rate_limited } from '../tcp_input/challenge.ts';
import { tcp_reset } from '../tcp_input/fin.ts';
import { tcp_parse_options } from '../tcp_input/options.ts';
import { tcp_synack_rtt_meas } from '../tcp_input/rtt.ts';
import { tcp_rtx_synack } from '../tcp_output/synack.ts';

/** Why the segment did not make a socket; `req_stolen`: the request is gone, look again. */
export interface CheckReqResult { drop_reason: skb_drop_reason; condition: string; req_stolen: boolean }

/** @helper */
export function createCheckReqResult(): CheckReqResult {
  return { drop_reason: 'NOT_SPECIFIED', condition: 'tcp_check_req(sk, skb, req, ...) == NULL', req_stolen: false };
}

export function tcp_in_window(_cpu: Cpu, seq: number, end_seq: number, s_win: number, e_win: number): boolean {
  if (seq === s_win) return true;
  if (after(end_seq, s_win) && before(seq, e_win)) return true;
  return seq === e_win && seq === end_seq;
}

/** Timestamps: whether the segment is too old, or echoes what was never sent. @helper */
function requestTimestamps(cpu: Cpu, skb: sk_buff, req: request_sock, opt: tcp_options_received, flags: number, fastopen: boolean): '' | 'paws' | 'tsecr' {
  if (tcp_hdrlen(skb) === SIZEOF_TCPHDR) return '';
  tcp_parse_options(cpu, skb, opt, false, null);
  if (!opt.saw_tstamp) return '';
  opt.ts_recent = req.ts_recent;
  let tsecr_reject = false;
  if (opt.rcv_tsecr !== 0) {
    if (req.tstamp_ok && !fastopen) tsecr_reject = !between(opt.rcv_tsecr, req.snt_tsval_first, req.snt_tsval_last);
    opt.rcv_tsecr = (opt.rcv_tsecr - req.ts_off) >>> 0;
  }
  opt.ts_recent_stamp = ktime_get_seconds(cpu) - Math.floor(tcp_reqsk_timeout(cpu, req) / 250);
  if (tcp_paws_reject(cpu, opt, (flags & TCPHDR_RST) !== 0)) return 'paws';
  return tsecr_reject ? 'tsecr' : '';
}

/** Outside of the window, or too old. @helper */
function rejectRequest(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock, flags: number, why: '' | 'paws' | 'tsecr', result: CheckReqResult): null {
  if ((flags & TCPHDR_RST) === 0 && !tcp_oow_rate_limited(cpu, skb, 'TCPACKSkippedSynRecv', req)) reqskSendAck(cpu, sk, skb, req);
  if (why === 'paws') {
    NET_INC_STATS(cpu, 'PAWSEstab');
    result.drop_reason = 'TCP_RFC7323_PAWS';
    result.condition = 'tcp_paws_reject(&tmp_opt, th->rst)';
  } else if (why === 'tsecr') {
    NET_INC_STATS(cpu, 'TSEcrRejected');
    result.drop_reason = 'TCP_RFC7323_TSECR';
    result.condition = '!between(rcv_tsecr, snt_tsval_first, snt_tsval_last)';
  } else {
    result.drop_reason = 'TCP_OVERWINDOW';
    result.condition = '!tcp_in_window(seq, end_seq, rcv_nxt, rcv_nxt + tcp_synack_window(req))';
  }
  return null;
}

/** RST, or a SYN in the window: the request is over. @helper */
function embryonicReset(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock, flags: number, fastopen: boolean, result: CheckReqResult): null {
  if ((flags & TCPHDR_RST) === 0) {
    sendReset(cpu, sk, skb);
  } else if (fastopen) {
    reqsk_fastopen_remove(cpu, sk, req, true);
    tcp_reset(cpu, sk);
  }
  result.condition = 'flg & (TCP_FLAG_RST | TCP_FLAG_SYN)';
  if (fastopen) return null;
  const unlinked = inet_csk_reqsk_queue_drop(cpu, sk, req);
  if (unlinked) NET_INC_STATS(cpu, 'EmbryonicRsts');
  result.req_stolen = !unlinked;
  result.drop_reason = 'TCP_RESET';
  return null;
}

/** The SYN came once more: so does the SYN-ACK, which with AccECN tells of the last SYN's ECN field. @helper */
function synAgain(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock, fastopen: boolean): void {
  if (req.accecn_ok) {
    req.syn_ect_rcv = TCP_SKB_CB(skb).ip_dsfield & INET_ECN_MASK;
    if (tcp_accecn_ace(skb) === 0) req.accecn_fail_mode |= TCP_ACCECN_ACE_FAIL_RECV;
  }
  if (tcp_rtx_synack(cpu, sk, req) !== 0) return;
  if (req.accecn_ok && req.num_retrans > 1) req.accecn_fail_mode |= TCP_ACCECN_ACE_FAIL_SEND;
  const expires = jiffies(cpu) + tcp_reqsk_timeout(cpu, req);
  if (fastopen) req.rsk_timer.expires = expires;
  else if (req.rsk_timer.pending) mod_timer(cpu, req.rsk_timer, expires);
}

/** The new socket; `sk` when the ACK is none of ours (an RST will answer it); null: `result` says why. `fastopen`: `sk` is the socket that Fast Open has made, and the answer when it may go on. */
export function tcp_check_req(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock, fastopen: boolean, result: CheckReqResult): sock | null {
  const tcb = TCP_SKB_CB(skb);
  const opt = createTcpOptionsReceived();
  let flags = th_flags(skb) & (TCPHDR_RST | TCPHDR_SYN | TCPHDR_ACK);
  const why = requestTimestamps(cpu, skb, req, opt, flags, fastopen);
  if (tcb.seq === req.rcv_isn && flags === TCPHDR_SYN && why !== 'paws') {
    if (!tcp_oow_rate_limited(cpu, skb, 'TCPACKSkippedSynRecv', req)) synAgain(cpu, sk, skb, req, fastopen);
    return null;
  }
  if ((flags & TCPHDR_ACK) !== 0 && !fastopen && tcb.ack_seq !== (req.snt_isn + 1) >>> 0) return sk;
  if (why !== '' || !tcp_in_window(cpu, tcb.seq, tcb.end_seq, req.rcv_nxt, (req.rcv_nxt + tcp_synack_window(req)) >>> 0)) {
    return rejectRequest(cpu, sk, skb, req, flags, why, result);
  }
  if (tcb.seq === req.rcv_isn) flags &= ~TCPHDR_SYN;
  if ((flags & (TCPHDR_RST | TCPHDR_SYN)) !== 0) {
    TCP_INC_STATS(cpu, 'AttemptFails');
    return embryonicReset(cpu, sk, skb, req, flags, fastopen, result);
  }
  if ((flags & TCPHDR_ACK) === 0) {
    result.drop_reason = 'TCP_FLAGS';
    result.condition = '!(flg & TCP_FLAG_ACK)';
    return null;
  }
  if (req.accecn_ok && opt.accecn !== 0 && req.saw_accecn_opt < TCP_ACCECN_OPT_COUNTER_SEEN) {
    req.saw_accecn_opt = tcp_accecn_option_init(cpu, skb, opt.accecn);
    if (req.saw_accecn_opt === TCP_ACCECN_OPT_FAIL_SEEN) req.accecn_fail_mode |= TCP_ACCECN_OPT_FAIL_RECV;
  }
  if (fastopen) return sk;
  if (req.num_timeout < sk.icsk!.icsk_accept_queue.rskq_defer_accept && tcb.end_seq === (req.rcv_isn + 1) >>> 0) {
    req.acked = true;
    NET_INC_STATS(cpu, 'TCPDeferAcceptDrop');
    return null;
  }
  if (opt.saw_tstamp && !after(tcb.seq, req.rcv_nxt)) req.ts_recent = opt.rcv_tsval;
  return openRequest(cpu, sk, skb, req, result);
}

/** The ACK is good. @helper */
function openRequest(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock, result: CheckReqResult): sock | null {
  const { newsk: child, own_req } = synRecvSock(cpu, sk, skb, req, req);
  if (child !== null) {
    child.sk_rxhash = skb.hash;
    tcp_synack_rtt_meas(cpu, child, req);
    result.req_stolen = !own_req;
    return inet_csk_complete_hashdance(cpu, sk, child, req, own_req);
  }
  result.drop_reason = 'TCP_LISTEN_OVERFLOW';
  result.condition = 'sk_acceptq_is_full(sk)';
  if (cpu.host.knobs.sysctl_tcp_abort_on_overflow! === 0) {
    req.acked = true;
    return null;
  }
  embryonicReset(cpu, sk, skb, req, 0, false, result);
  return null;
}
