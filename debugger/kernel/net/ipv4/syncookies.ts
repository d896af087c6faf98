/**
 * SYN cookies (net/ipv4/syncookies.c): when the SYN queue is full, the listener keeps nothing. What the connection needs stands in
 * the SYN-ACK's sequence number (a hash, the minute, one of four MSS) and in its timestamp (window scale, SACK, ECN), and comes back in the ACK.
 */
import type { Cpu } from '../../../machine/types.ts';
import { iph_daddr, iph_saddr } from '../../include/linux/ip.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { TCP_SKB_CB, createTcpOptionsReceived } from '../../include/net/tcp_sock.ts';
import type { request_sock, tcp_options_received } from '../../include/net/tcp_sock.ts';
import { th_dest, th_flags, th_source } from '../../include/linux/tcp.ts';
import { RTAX_FEATURE_ECN, RTAX_INITRWND } from '../../include/linux/rtnetlink.ts';
import { dst_feature, dst_metric } from '../../include/net/dst.ts';
import type { dst_entry } from '../../include/net/dst.ts';
import { SOCK_RCVBUF_LOCK } from '../../include/net/sock.ts';
import type { sock } from '../../include/net/sock.ts';
import { TCPHDR_ACK, TCPHDR_RST } from '../../include/net/tcp.ts';
import { cookie_accecn_ok } from '../../include/net/tcp_ecn.ts';
import { tcp_ns_to_ts, tcp_ts_to_ns } from '../../include/net/tcp_inlines/clock.ts';
import { tcp_full_space } from '../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS } from '../../include/net/snmp.ts';
import { HZ, jiffies } from '../../kernel/time/jiffies.ts';
import { sk_skb_reason_drop } from '../core/skbuff/free.ts';
import { sock_hold, sock_put } from '../core/sock.ts';
import { inet_csk_reqsk_queue_add, inet_reqsk_alloc } from './inet_connection_sock/request.ts';
import { tcp_v6_init_req } from '../ipv6/tcp_ipv6/conn_request.ts';
import { ETH_P_IPV6 } from '../../include/linux/if_ether.ts';
import { ipv6_addr_hash } from '../../include/linux/in6.ts';
import { ipv6_daddr, ipv6_saddr } from '../../include/linux/ipv6.ts';
import { initSeqAndTsOff, routeReq, synRecvSock } from './tcp/af_ops.ts';
import { keyedHash, net_tx_rndhash } from './tcp_ipv4/hash.ts';
import { tcp_clear_options, tcp_parse_options } from './tcp_input/options.ts';
import { tcp_select_initial_window } from './tcp_output/window.ts';

const COOKIEBITS = 24;
const COOKIEMASK = 0xffffff;
/** Cookies of this and the last minute are good. */
const MAX_SYNCOOKIE_AGE = 2;
const TCP_SYNCOOKIE_PERIOD = 60 * HZ;
const TCP_SYNCOOKIE_VALID = MAX_SYNCOOKIE_AGE * TCP_SYNCOOKIE_PERIOD;

/** Low bits of the timestamp that bear options. */
const TSBITS = 6;
const TS_OPT_WSCALE_MASK = 0xf;
const TS_OPT_SACK = 0x10;
const TS_OPT_ECN = 0x20;

/** The MSS that a cookie can tell: two of its bits. */
const msstab = [536, 1300, 1440, 1460];
/** Over IPv6: MTUs of 1280, 1480, 1500 and 9000. */
const msstab6 = [1220, 1420, 1440, 8940];

const tableOf = (skb: sk_buff): readonly number[] => (skb.protocol === ETH_P_IPV6 ? msstab6 : msstab);

/** The addresses of a segment, of either family, as numbers to hash. @helper */
function saddrOf(skb: sk_buff): number {
  return skb.protocol === ETH_P_IPV6 ? ipv6_addr_hash(ipv6_saddr(skb)) : iph_saddr(skb);
}

/** @helper */
function daddrOf(skb: sk_buff): number {
  return skb.protocol === ETH_P_IPV6 ? ipv6_addr_hash(ipv6_daddr(skb)) : iph_daddr(skb);
}

/** Which of the two secrets a hash is made with; apart from keyedHash()'s other uses. */
const SECRETS = [11, 12];

function cookie_hash(cpu: Cpu, saddr: number, daddr: number, sport: number, dport: number, count: number, c: number): number {
  return keyedHash(cpu, SECRETS[c]! + (count << 5), saddr, daddr, sport, dport);
}

export function tcp_cookie_time(cpu: Cpu): number {
  return Math.floor(jiffies(cpu) / TCP_SYNCOOKIE_PERIOD);
}

/** The timestamp (ns) of a SYN-ACK with cookie: not after now, its lowest bits the options. */
export function cookie_init_timestamp(_cpu: Cpu, req: request_sock, now: number): number {
  let options = req.wscale_ok ? req.snd_wscale : TS_OPT_WSCALE_MASK;
  if (req.sack_ok !== 0) options |= TS_OPT_SACK;
  if (req.ecn_ok) options |= TS_OPT_ECN;
  const ts_now = tcp_ns_to_ts(now);
  const step = 1 << TSBITS;
  let ts = Math.floor(ts_now / step) * step + options;
  if (ts > ts_now) ts -= step;
  return tcp_ts_to_ns(ts);
}

function secure_tcp_syn_cookie(cpu: Cpu, saddr: number, daddr: number, sport: number, dport: number, sseq: number, data: number): number {
  const count = tcp_cookie_time(cpu);
  const low = (cookie_hash(cpu, saddr, daddr, sport, dport, count, 1) + data) & COOKIEMASK;
  return (cookie_hash(cpu, saddr, daddr, sport, dport, 0, 0) + sseq + ((count << COOKIEBITS) >>> 0) + low) >>> 0;
}

/** The data of a cookie that is not too old; else something that no cookie bears. */
function check_tcp_syn_cookie(cpu: Cpu, cookie: number, saddr: number, daddr: number, sport: number, dport: number, sseq: number): number {
  const rest = (cookie - (cookie_hash(cpu, saddr, daddr, sport, dport, 0, 0) + sseq)) >>> 0;
  const count = tcp_cookie_time(cpu);
  const diff = (count - (rest >>> COOKIEBITS)) & (0xffffffff >>> COOKIEBITS);
  if (diff >= MAX_SYNCOOKIE_AGE) return 0xffffffff;
  return (rest - cookie_hash(cpu, saddr, daddr, sport, dport, count - diff, 1)) & COOKIEMASK;
}

/** The ISN for the SYN `skb`; the request's MSS becomes the one that the cookie can tell. */
function cookie_v4_init_sequence(cpu: Cpu, skb: sk_buff, req: request_sock): number {
  const table = tableOf(skb);
  let mssind = table.length - 1;
  while (mssind > 0 && req.mss < table[mssind]!) mssind--;
  req.mss = table[mssind]!;
  return secure_tcp_syn_cookie(cpu, saddrOf(skb), daddrOf(skb), th_source(skb), th_dest(skb), TCP_SKB_CB(skb).seq, mssind);
}

/** The listener notes that its queue has overflowed (jiffies), at most once a second; only then are cookies looked for. */
function tcp_synq_overflow(cpu: Cpu, sk: sock): void {
  const rx_opt = sk.tcp!.rx_opt;
  const now = jiffies(cpu);
  if (rx_opt.ts_recent_stamp === 0 || now >= rx_opt.ts_recent_stamp + HZ) rx_opt.ts_recent_stamp = Math.max(now, 1);
}

function tcp_synq_no_recent_overflow(cpu: Cpu, sk: sock): boolean {
  const last_overflow = sk.tcp!.rx_opt.ts_recent_stamp;
  return last_overflow === 0 || jiffies(cpu) > last_overflow + TCP_SYNCOOKIE_VALID;
}

export function cookie_init_sequence(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock): number {
  tcp_synq_overflow(cpu, sk);
  NET_INC_STATS(cpu, 'SyncookiesSent');
  return cookie_v4_init_sequence(cpu, skb, req);
}

/** The MSS in the cookie that an ACK acknowledges; 0: it is none. */
export function __cookie_v4_check(cpu: Cpu, skb: sk_buff): number {
  const tcb = TCP_SKB_CB(skb);
  const cookie = (tcb.ack_seq - 1) >>> 0;
  const seq = (tcb.seq - 1) >>> 0;
  return tableOf(skb)[check_tcp_syn_cookie(cpu, cookie, saddrOf(skb), daddrOf(skb), th_source(skb), th_dest(skb), seq)] ?? 0;
}

/** Options out of the echoed timestamp; false when one of them is switched off here. */
export function cookie_timestamp_decode(cpu: Cpu, tcp_opt: tcp_options_received): boolean {
  const knobs = cpu.host.knobs;
  const options = tcp_opt.rcv_tsecr;
  if (!tcp_opt.saw_tstamp) {
    tcp_clear_options(cpu, tcp_opt);
    return true;
  }
  if (knobs.sysctl_tcp_timestamps === 0) return false;
  tcp_opt.sack_ok = (options & TS_OPT_SACK) !== 0 ? 1 : 0;
  if (tcp_opt.sack_ok !== 0 && knobs.sysctl_tcp_sack === 0) return false;
  if ((options & TS_OPT_WSCALE_MASK) === TS_OPT_WSCALE_MASK) return true;
  tcp_opt.wscale_ok = true;
  tcp_opt.snd_wscale = options & TS_OPT_WSCALE_MASK;
  return knobs.sysctl_tcp_window_scaling !== 0;
}

/** A request as the SYN would have made it, from the ACK `skb`. */
function cookie_tcp_reqsk_alloc(cpu: Cpu, sk: sock, skb: sk_buff, tcp_opt: tcp_options_received, mss: number, tsoff: number): request_sock {
  const req = inet_reqsk_alloc(cpu, sk);
  const tcb = TCP_SKB_CB(skb);
  req.snt_isn = (tcb.ack_seq - 1) >>> 0;
  req.rcv_isn = (tcb.seq - 1) >>> 0;
  req.rcv_nxt = tcb.seq;
  req.txhash = net_tx_rndhash(cpu);
  req.ir_num = th_dest(skb);
  req.ir_rmt_port = th_source(skb);
  req.ir_iif = sk.sk_bound_dev_if;
  if (skb.protocol === ETH_P_IPV6) tcp_v6_init_req(req, sk, skb);
  else {
    req.ir_loc_addr = iph_daddr(skb);
    req.ir_rmt_addr = iph_saddr(skb);
  }
  req.ir_mark = sk.sk_mark;
  req.mss = mss;
  req.snd_wscale = tcp_opt.snd_wscale;
  req.sack_ok = tcp_opt.sack_ok;
  req.wscale_ok = tcp_opt.wscale_ok;
  req.tstamp_ok = tcp_opt.saw_tstamp;
  req.ecn_ok = (tcp_opt.rcv_tsecr & TS_OPT_ECN) !== 0;
  req.ts_recent = tcp_opt.saw_tstamp ? tcp_opt.rcv_tsval : 0;
  req.ts_off = tsoff;
  return req;
}

/** The request behind an ACK whose cookie is good; null: it is none. */
function cookie_tcp_check(cpu: Cpu, sk: sock, skb: sk_buff): request_sock | null {
  if (tcp_synq_no_recent_overflow(cpu, sk)) return null;
  const mss = __cookie_v4_check(cpu, skb);
  if (mss === 0) {
    NET_INC_STATS(cpu, 'SyncookiesFailed');
    return null;
  }
  NET_INC_STATS(cpu, 'SyncookiesRecv');
  const tcp_opt = createTcpOptionsReceived();
  tcp_parse_options(cpu, skb, tcp_opt, false, null);
  let tsoff = 0;
  if (tcp_opt.saw_tstamp && tcp_opt.rcv_tsecr !== 0) {
    tsoff = initSeqAndTsOff(cpu, skb).ts_off;
    tcp_opt.rcv_tsecr = (tcp_opt.rcv_tsecr - tsoff) >>> 0;
  }
  return cookie_timestamp_decode(cpu, tcp_opt) ? cookie_tcp_reqsk_alloc(cpu, sk, skb, tcp_opt, mss, tsoff) : null;
}

/** The connection of a good cookie, in the accept queue; null when there is no room. */
export function tcp_get_cookie_sock(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock): sock | null {
  const { newsk: child } = synRecvSock(cpu, sk, skb, req, null);
  if (child === null) return null;
  sock_hold(sk);
  child.sk_rxhash = skb.hash;
  if (inet_csk_reqsk_queue_add(cpu, sk, req, child) !== null) return child;
  sock_put(cpu, sk);
  sock_put(cpu, child);
  return null;
}

/** @helper include/net/tcp.h */
function cookie_ecn_ok(cpu: Cpu, dst: dst_entry): boolean {
  return cpu.host.knobs.sysctl_tcp_ecn !== 0 || dst_feature(dst, RTAX_FEATURE_ECN);
}

/** An ACK for a listener: the new socket when it bears a good cookie, `sk` itself when it bears none, null when it was dropped. */
export function cookie_v4_check(cpu: Cpu, sk: sock, skb: sk_buff): sock | null {
  return checkCookie(cpu, sk, skb);
}

/** cookie_v4_check and cookie_v6_check. @helper */
export function checkCookie(cpu: Cpu, sk: sock, skb: sk_buff): sock | null {
  const flags = th_flags(skb);
  if (cpu.host.knobs.sysctl_tcp_syncookies === 0 || (flags & TCPHDR_ACK) === 0 || (flags & TCPHDR_RST) !== 0) return sk;
  const req = cookie_tcp_check(cpu, sk, skb);
  if (req === null) return sk;
  const dst = routeReq(cpu, sk, req);
  if (dst === null) return dropCookie(cpu, sk, skb, 'IP_OUTNOROUTES', 'IS_ERR(rt)');
  const full_space = tcp_full_space(sk);
  let clamp = sk.tcp!.window_clamp;
  if ((sk.sk_userlocks & SOCK_RCVBUF_LOCK) !== 0 && (clamp > full_space || clamp === 0)) clamp = full_space;
  const first = tcp_select_initial_window(cpu, sk, full_space, req.mss, clamp, req.wscale_ok, dst_metric(dst, RTAX_INITRWND));
  req.rsk_rcv_wnd = first.rcv_wnd;
  req.rsk_window_clamp = first.window_clamp;
  req.rcv_wscale = first.rcv_wscale;
  req.ecn_ok &&= cookie_ecn_ok(cpu, dst);
  req.accecn_ok = req.ecn_ok && cookie_accecn_ok(skb);
  return tcp_get_cookie_sock(cpu, sk, skb, req) ?? dropCookie(cpu, sk, skb, 'NO_SOCKET', 'tcp_get_cookie_sock(sk, skb, req, &rt->dst) == NULL');
}

/** @helper */
function dropCookie(cpu: Cpu, sk: sock, skb: sk_buff, reason: 'IP_OUTNOROUTES' | 'NO_SOCKET', condition: string): null {
  sk_skb_reason_drop(cpu, sk, skb, reason, { condition, values: { sk_ack_backlog: sk.sk_ack_backlog, sk_max_ack_backlog: sk.sk_max_ack_backlog } });
  return null;
}
