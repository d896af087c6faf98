/** Data in a SYN: a listener makes the socket at once and takes them (RFC 7413; net/ipv4/tcp_fastopen.c). */
import { synRecvSock } from '../tcp/af_ops.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { tcp_hdrlen, th_window } from '../../../include/linux/tcp.ts';
import type { sock } from '../../../include/net/sock.ts';
import { ICSK_TIME_RETRANS, TCPHDR_FIN, TCPHDR_SYN, TCP_TIMEOUT_INIT } from '../../../include/net/tcp.ts';
import { TFO_SERVER_COOKIE_NOT_REQD, TFO_SERVER_ENABLE, createFastopenCookie } from '../../../include/net/tcp_fastopen.ts';
import type { tcp_fastopen_cookie } from '../../../include/net/tcp_fastopen.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { request_sock } from '../../../include/net/tcp_sock.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { jiffies } from '../../../kernel/time/jiffies.ts';
import { skb_clone } from '../../core/skbuff/clone.ts';
import { skb_set_owner_r, sk_forced_mem_schedule, sock_hold } from '../../core/sock.ts';
import { reqsk_free } from '../inet_connection_sock/request.ts';
import { tcp_reset_xmit_timer } from '../inet_connection_sock/timers.ts';
import { tcp_fin } from '../tcp_input/fin.ts';
import { tcp_init_transfer } from '../tcp_input/transfer.ts';
import { tcp_segs_in } from '../tcp_ipv4/rcv.ts';
import { tcp_fastopen_cookie_gen, tcp_fastopen_cookie_gen_check } from './cookie.ts';

/** The net.ipv4.tcp_fastopen bit `flag`, or the socket's TCP_FASTOPEN_NO_COOKIE. */
export function tcp_fastopen_no_cookie(cpu: Cpu, sk: sock, flag: number): boolean {
  return (cpu.host.knobs.sysctl_tcp_fastopen! & flag) !== 0 || sk.tcp!.tfo.fastopen_no_cookie;
}

/** The data of a SYN or SYN-ACK become the first of the receive queue. */
export function tcp_fastopen_add_skb(cpu: Cpu, sk: sock, syn: sk_buff): void {
  const tp = sk.tcp!;
  if (TCP_SKB_CB(syn).end_seq === tp.rcv_nxt) return;
  const skb = skb_clone(cpu, syn);
  skb.cb = { ...TCP_SKB_CB(syn) };
  const tcb = TCP_SKB_CB(skb);
  tp.segs_in = 0;
  tcp_segs_in(cpu, tp, skb);
  const hdrlen = tcp_hdrlen(skb);
  skb.data += hdrlen;
  skb.len -= hdrlen;
  skb.dst = null;
  sk_forced_mem_schedule(cpu, sk, skb.truesize);
  skb_set_owner_r(cpu, skb, sk);
  tcb.seq = (tcb.seq + 1) >>> 0;
  tcb.tcp_flags &= ~TCPHDR_SYN;
  tp.rcv_nxt = tcb.end_seq;
  sk.sk_receive_queue.push(skb);
  tp.tfo.syn_data_acked = true;
  tp.bytes_received = skb.len;
  if ((tcb.tcp_flags & TCPHDR_FIN) !== 0) tcp_fin(cpu, sk);
}

/** The socket of a SYN whose data may be taken, in SYN-RECV; null when there is no room for it. */
function tcp_fastopen_create_child(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock): sock | null {
  const { newsk: child } = synRecvSock(cpu, sk, skb, req, null);
  if (child === null) return null;
  sock_hold(sk);
  sk.icsk!.icsk_accept_queue.fastopenq.qlen++;
  const tp = child.tcp!;
  tp.tfo.fastopen_rsk = req;
  tp.tfo.syn_fastopen_child = true;
  req.tfo_listener = true;
  tp.snd_wnd = th_window(skb);
  tp.max_window = tp.snd_wnd;
  req.timeout = TCP_TIMEOUT_INIT;
  tcp_reset_xmit_timer(cpu, child, ICSK_TIME_RETRANS, req.timeout, false);
  tcp_init_transfer(cpu, child);
  tp.rcv_nxt = (TCP_SKB_CB(skb).seq + 1) >>> 0;
  tcp_fastopen_add_skb(cpu, child, skb);
  req.rcv_nxt = tp.rcv_nxt;
  tp.rcv_wup = tp.rcv_nxt;
  tp.rcv_mwnd_seq = (tp.rcv_wup + tp.rcv_wnd) >>> 0;
  return child;
}

/** TCP_FASTOPEN's limit of handshakes under way holds; one that an RST ended a minute ago no longer counts. */
function tcp_fastopen_queue_check(cpu: Cpu, sk: sock): boolean {
  const fastopenq = sk.icsk!.icsk_accept_queue.fastopenq;
  if (fastopenq.max_qlen === 0) return false;
  if (fastopenq.qlen < fastopenq.max_qlen) return true;
  const oldest = fastopenq.rskq_rst_head[0];
  if (oldest === undefined || oldest.rsk_timer.expires > jiffies(cpu)) {
    NET_INC_STATS(cpu, 'TCPFastOpenListenOverflow');
    return false;
  }
  fastopenq.rskq_rst_head.shift();
  fastopenq.qlen--;
  reqsk_free(cpu, oldest);
  return true;
}

/** @helper The cookie that the SYN-ACK bears. */
function answer(foc: tcp_fastopen_cookie, valid_foc: tcp_fastopen_cookie): void {
  foc.len = valid_foc.len;
  foc.val = valid_foc.val;
}

/** The socket of a SYN whose data are taken, null for a handshake as usual; `foc` is what the SYN brought, afterwards what the SYN-ACK bears. */
export function tcp_try_fastopen(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock, foc: tcp_fastopen_cookie): sock | null {
  const tcb = TCP_SKB_CB(skb);
  const syn_data = tcb.end_seq !== (tcb.seq + 1) >>> 0;
  if (foc.len === 0) NET_INC_STATS(cpu, 'TCPFastOpenCookieReqd');
  if ((cpu.host.knobs.sysctl_tcp_fastopen! & TFO_SERVER_ENABLE) === 0 || (!syn_data && foc.len < 0) || !tcp_fastopen_queue_check(cpu, sk)) {
    foc.len = -1;
    return null;
  }
  const valid_foc = createFastopenCookie(-1);
  let ret = 0;
  let open = tcp_fastopen_no_cookie(cpu, sk, TFO_SERVER_COOKIE_NOT_REQD);
  if (!open && foc.len === 0) {
    tcp_fastopen_cookie_gen(cpu, sk, skb, valid_foc);
  } else if (!open && foc.len > 0) {
    ret = tcp_fastopen_cookie_gen_check(cpu, sk, skb, foc, valid_foc);
    open = ret !== 0;
    if (!open) NET_INC_STATS(cpu, 'TCPFastOpenPassiveFail');
  }
  const child = open ? tcp_fastopen_create_child(cpu, sk, skb, req) : null;
  if (child !== null) {
    if (ret === 2) {
      answer(foc, valid_foc);
      NET_INC_STATS(cpu, 'TCPFastOpenPassiveAltKey');
    } else {
      foc.len = -1;
    }
    NET_INC_STATS(cpu, 'TCPFastOpenPassive');
    return child;
  }
  if (open) NET_INC_STATS(cpu, 'TCPFastOpenPassiveFail');
  answer(foc, valid_foc);
  return null;
}
