/** A SYN for a listener (net/ipv4/tcp_input.c, tcp_minisocks.c). */
import { ETH_P_IPV6 } from '../../../include/linux/if_ether.ts';
import { initSeqAndTsOff, routeSyn, sendSynack } from '../tcp/af_ops.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { iph_daddr, iph_saddr } from '../../../include/linux/ip.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { th_dest, th_flags, th_source } from '../../../include/linux/tcp.ts';
import { RTAX_FEATURE_ECN, RTAX_INITRWND } from '../../../include/linux/rtnetlink.ts';
import { dst_feature, dst_metric } from '../../../include/net/dst.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import { SOCK_RCVBUF_LOCK } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { INET_ECN_MASK, TCPHDR_AE, TCPHDR_CWR, TCPHDR_ECE, TCPOLEN_TSTAMP_ALIGNED, TCP_MSS_DEFAULT } from '../../../include/net/tcp.ts';
import { TCP_ECN_IN_ACCECN_OUT_ACCECN, tcp_accecn_syn_requested } from '../../../include/net/tcp_ecn.ts';
import { createFastopenCookie } from '../../../include/net/tcp_fastopen.ts';
import { TCP_SKB_CB, createTcpOptionsReceived } from '../../../include/net/tcp_sock.ts';
import type { request_sock, tcp_options_received } from '../../../include/net/tcp_sock.ts';
import { inet_csk_reqsk_queue_is_full, inet_csk_reqsk_queue_len, sk_acceptq_is_full } from '../../../include/net/inet_connection_sock.ts';
import { tcp_full_space, tcp_mss_clamp } from '../../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { skDataReady, sock_put } from '../../core/sock.ts';
import { inet_csk_reqsk_queue_add, inet_csk_reqsk_queue_hash_add, inet_reqsk_alloc } from '../inet_connection_sock/request.ts';
import { dst_metric_advmss } from '../../core/dst.ts';
import { tcp_peer_is_proven } from '../tcp_metrics.ts';
import { tcp_reqsk_record_syn } from '../saved_syn.ts';
import { cookie_init_sequence } from '../syncookies.ts';
import { tcp_try_fastopen } from '../tcp_fastopen.ts';
import { net_tx_rndhash } from '../tcp_ipv4/hash.ts';
import { tcp_select_initial_window } from '../tcp_output/window.ts';
import { tcp_clear_options, tcp_parse_options } from './options.ts';

/** A SYN, or the ACK that would have opened a connection, is not taken. */
export function tcp_listendrop(cpu: Cpu, sk: sock): void {
  sk.sk_drops++;
  NET_INC_STATS(cpu, 'ListenDrops');
}

/** Too many requests: whether this one is to be answered with a SYN cookie, or dropped. The log would tell of it, once. */
function tcp_syn_flood_action(cpu: Cpu, sk: sock): boolean {
  const syncookies = cpu.host.knobs.sysctl_tcp_syncookies!;
  NET_INC_STATS(cpu, syncookies !== 0 ? 'TCPReqQFullDoCookies' : 'TCPReqQFullDrop');
  if (syncookies !== 2) sk.icsk!.icsk_accept_queue.synflood_warned = true;
  return syncookies !== 0;
}

/** A SYN may ask for AccECN. RFC 3168: one with ECE and CWR asks for ECN; if it bears a congestion mark itself it is suspicious. */
function tcp_ecn_create_request(cpu: Cpu, req: request_sock, skb: sk_buff, dst: dst_entry): void {
  if (cpu.host.knobs.sysctl_tcp_ecn! >= TCP_ECN_IN_ACCECN_OUT_ACCECN && tcp_accecn_syn_requested(skb)) {
    req.ecn_ok = true;
    req.accecn_ok = true;
    req.syn_ect_rcv = TCP_SKB_CB(skb).ip_dsfield & INET_ECN_MASK;
    return;
  }
  const flags = th_flags(skb);
  if ((flags & (TCPHDR_ECE | TCPHDR_CWR)) !== (TCPHDR_ECE | TCPHDR_CWR)) return;
  const ect = (TCP_SKB_CB(skb).ip_dsfield & INET_ECN_MASK) !== 0;
  const ecn_ok = cpu.host.knobs.sysctl_tcp_ecn! !== 0 || dst_feature(dst, RTAX_FEATURE_ECN);
  if ((!ect || (flags & TCPHDR_AE) !== 0) && ecn_ok) req.ecn_ok = true;
}

function tcp_openreq_init(_cpu: Cpu, req: request_sock, rx_opt: tcp_options_received, skb: sk_buff, sk: sock): void {
  const tcb = TCP_SKB_CB(skb);
  req.rcv_isn = tcb.seq;
  req.rcv_nxt = (tcb.seq + 1) >>> 0;
  req.mss = rx_opt.mss_clamp;
  req.ts_recent = rx_opt.saw_tstamp ? rx_opt.rcv_tsval : 0;
  req.tstamp_ok = rx_opt.tstamp_ok;
  req.sack_ok = rx_opt.sack_ok;
  req.snd_wscale = rx_opt.snd_wscale;
  req.wscale_ok = rx_opt.wscale_ok;
  req.ir_rmt_port = th_source(skb);
  req.ir_num = th_dest(skb);
  req.ir_mark = sk.sk_mark;
  req.ir_iif = sk.sk_bound_dev_if;
  if (skb.protocol === ETH_P_IPV6) return;
  req.ir_loc_addr = iph_daddr(skb);
  req.ir_rmt_addr = iph_saddr(skb);
}

/** The window of the SYN-ACK. */
export function tcp_openreq_init_rwin(cpu: Cpu, req: request_sock, sk_listener: sock, dst: dst_entry): void {
  const tp = sk_listener.tcp!;
  const full_space = tcp_full_space(sk_listener);
  const mss = tcp_mss_clamp(tp, dst_metric_advmss(cpu, dst));
  let clamp = tp.window_clamp;
  if ((sk_listener.sk_userlocks & SOCK_RCVBUF_LOCK) !== 0 && (clamp > full_space || clamp === 0)) clamp = full_space;
  const first = tcp_select_initial_window(cpu, sk_listener, full_space, mss - (req.tstamp_ok ? TCPOLEN_TSTAMP_ALIGNED : 0), clamp, req.wscale_ok, dst_metric(dst, RTAX_INITRWND));
  req.rsk_rcv_wnd = first.rcv_wnd;
  req.rsk_window_clamp = first.window_clamp;
  req.rcv_wscale = first.rcv_wscale;
}

export function tcp_conn_request(cpu: Cpu, sk: sock, skb: sk_buff): number {
  spend(cpu, cpu.costs.tcp_conn_request);
  const knobs = cpu.host.knobs;
  let isn = TCP_SKB_CB(skb).tcp_tw_isn;
  let want_cookie = false;
  if (isn === 0 && (knobs.sysctl_tcp_syncookies === 2 || inet_csk_reqsk_queue_is_full(sk))) {
    want_cookie = tcp_syn_flood_action(cpu, sk);
    if (!want_cookie) {
      tcp_listendrop(cpu, sk);
      return 0;
    }
  }
  if (sk_acceptq_is_full(sk)) {
    NET_INC_STATS(cpu, 'ListenOverflows');
    tcp_listendrop(cpu, sk);
    return 0;
  }
  const req = inet_reqsk_alloc(cpu, sk);
  const tmp_opt = createTcpOptionsReceived();
  tmp_opt.mss_clamp = TCP_MSS_DEFAULT;
  tmp_opt.user_mss = sk.tcp!.rx_opt.user_mss;
  req.syncookie = want_cookie;
  const foc = createFastopenCookie(-1);
  tcp_parse_options(cpu, skb, tmp_opt, false, want_cookie ? null : foc);
  if (want_cookie && !tmp_opt.saw_tstamp) tcp_clear_options(cpu, tmp_opt);
  tmp_opt.tstamp_ok = tmp_opt.saw_tstamp;
  tcp_openreq_init(cpu, req, tmp_opt, skb, sk);
  const dst = routeSyn(cpu, sk, skb, req);
  if (dst === null) {
    tcp_listendrop(cpu, sk);
    return 0;
  }
  const st = initSeqAndTsOff(cpu, skb);
  if (tmp_opt.tstamp_ok) req.ts_off = st.ts_off;
  if (isn === 0 && !want_cookie) {
    const max_syn_backlog = knobs.sysctl_tcp_max_syn_backlog!;
    if (knobs.sysctl_tcp_syncookies! === 0 && max_syn_backlog - inet_csk_reqsk_queue_len(sk) < max_syn_backlog >> 2 && !tcp_peer_is_proven(cpu, req)) {
      tcp_listendrop(cpu, sk);
      return 0;
    }
    isn = st.seq;
  }
  tcp_ecn_create_request(cpu, req, skb, dst);
  if (want_cookie) {
    isn = cookie_init_sequence(cpu, sk, skb, req);
    if (!tmp_opt.tstamp_ok) req.ecn_ok = false;
  }
  req.snt_isn = isn;
  req.syn_tos = TCP_SKB_CB(skb).ip_dsfield;
  req.txhash = net_tx_rndhash(cpu);
  tcp_openreq_init_rwin(cpu, req, sk, dst);
  if (!want_cookie) tcp_reqsk_record_syn(cpu, sk, req, skb);
  const fastopen_sk = want_cookie ? null : tcp_try_fastopen(cpu, sk, skb, req, foc);
  if (fastopen_sk !== null) {
    sendSynack(cpu, fastopen_sk, dst, req, foc, 'TCP_SYNACK_FASTOPEN');
    if (inet_csk_reqsk_queue_add(cpu, sk, req, fastopen_sk) !== null) skDataReady(cpu, sk);
    sock_put(cpu, fastopen_sk);
    return 0;
  }
  if (!want_cookie && !inet_csk_reqsk_queue_hash_add(cpu, sk, req)) return 0;
  sendSynack(cpu, sk, dst, req, foc, want_cookie ? 'TCP_SYNACK_COOKIE' : 'TCP_SYNACK_NORMAL');
  return 0;
}
