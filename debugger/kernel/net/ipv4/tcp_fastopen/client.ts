/** A client's Fast Open: whether there is a cookie, and what a SYN-ACK says of the attempt (net/ipv4/tcp_fastopen.c, tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TFO_CLIENT_NO_COOKIE, TFO_COOKIE_UNAVAILABLE, TFO_DATA_NOT_ACKED, TFO_SYN_RETRANSMITTED, createFastopenCookie } from '../../../include/net/tcp_fastopen.ts';
import type { tcp_fastopen_cookie, tcp_fastopen_request } from '../../../include/net/tcp_fastopen.ts';
import { createTcpOptionsReceived } from '../../../include/net/tcp_sock.ts';
import { tcp_rtx_queue_head } from '../../../include/net/tcp_inlines/queues.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { tcp_mark_skb_lost, tcp_non_congestion_loss_retransmit } from '../tcp_input/loss.ts';
import { tcp_parse_options } from '../tcp_input/options.ts';
import { tcp_fastopen_cache_get, tcp_fastopen_cache_set } from '../tcp_metrics.ts';
import { tcp_fastopen_active_should_disable } from './blackhole.ts';
import { tcp_fastopen_add_skb, tcp_fastopen_no_cookie } from './server.ts';

/** A request without data as yet. @helper */
export function createFastopenRequest(cookie: tcp_fastopen_cookie): tcp_fastopen_request {
  return { cookie, data: null, size: 0, copied: 0, uarg: null };
}

/** Data may go with the SYN: there is a cookie (it is put into `cookie`), or none is needed. `mss`: the server's as far as it is known. */
export interface CookieCheck { ok: boolean; mss: number }

export function tcp_fastopen_cookie_check(cpu: Cpu, sk: sock, mss_: number, cookie: tcp_fastopen_cookie): CookieCheck {
  const mss = tcp_fastopen_cache_get(cpu, sk, mss_, cookie);
  if (tcp_fastopen_active_should_disable(cpu, sk)) {
    cookie.len = -1;
    return { ok: false, mss };
  }
  if (tcp_fastopen_no_cookie(cpu, sk, TFO_CLIENT_NO_COOKIE)) {
    cookie.len = -1;
    return { ok: true, mss };
  }
  if (cookie.len > 0) return { ok: true, mss };
  sk.tcp!.tfo.fastopen_client_fail = TFO_COOKIE_UNAVAILABLE;
  return { ok: false, mss };
}

/** TCP_FASTOPEN_CONNECT: true when connect() succeeds at once and the first write sends the SYN. */
export function tcp_fastopen_defer_connect(cpu: Cpu, sk: sock): boolean {
  const tfo = sk.tcp!.tfo;
  if (!tfo.fastopen_connect || tfo.fastopen_req !== null) return false;
  const cookie = createFastopenCookie(0);
  if (tcp_fastopen_cookie_check(cpu, sk, 0, cookie).ok) {
    sk.inet.defer_connect = true;
    return true;
  }
  tfo.fastopen_req = createFastopenRequest(cookie);
  return false;
}

/** The attempt is over, or the socket. */
export function tcp_free_fastopen_req(_cpu: Cpu, sk: sock): void {
  sk.tcp!.tfo.fastopen_req = null;
}

/** @helper The MSS in the SYN-ACK, where TCP_MAXSEG hides it. */
function announcedMss(cpu: Cpu, sk: sock, synack: sk_buff): number {
  const { mss_clamp, user_mss } = sk.tcp!.rx_opt;
  if (mss_clamp !== user_mss) return mss_clamp;
  const opt = createTcpOptionsReceived();
  tcp_parse_options(cpu, synack, opt, false, null);
  return opt.mss_clamp;
}

/** A SYN-ACK for a SYN with data, or with a wish for a cookie. True when the SYN's data must be sent again. */
export function tcp_rcv_fastopen_synack(cpu: Cpu, sk: sock, synack: sk_buff, cookie: tcp_fastopen_cookie): boolean {
  const tp = sk.tcp!;
  const tfo = tp.tfo;
  const data = tfo.syn_data ? tcp_rtx_queue_head(sk) : null;
  const mss = announcedMss(cpu, sk, synack);
  let try_exp = 0;
  let syn_drop = false;
  if (!tfo.syn_fastopen) cookie.len = -1;
  else if (tp.total_retrans !== 0) syn_drop = cookie.len < 0 && data !== null;
  else if (cookie.len < 0 && !tfo.syn_data) try_exp = tfo.syn_fastopen_exp ? 2 : 1;
  tcp_fastopen_cache_set(cpu, sk, mss, cookie, syn_drop, try_exp);
  if (data !== null) {
    tfo.fastopen_client_fail = tp.total_retrans !== 0 ? TFO_SYN_RETRANSMITTED : TFO_DATA_NOT_ACKED;
    for (const skb of sk.tcp_rtx_queue) tcp_mark_skb_lost(cpu, sk, skb);
    tcp_non_congestion_loss_retransmit(cpu, sk);
    NET_INC_STATS(cpu, 'TCPFastOpenActiveFail');
    return true;
  }
  tfo.syn_data_acked = tfo.syn_data;
  if (tfo.syn_data_acked) {
    NET_INC_STATS(cpu, 'TCPFastOpenActive');
    if (tp.delivered > 1) tp.delivered--;
  }
  tcp_fastopen_add_skb(cpu, sk, synack);
  return false;
}
