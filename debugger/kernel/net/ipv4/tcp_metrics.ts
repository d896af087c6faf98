/** What a host remembers of those that it has been connected to (net/ipv4/tcp_metrics.c), for the connections to come. */
import type { IpAddress } from '../../include/linux/in6.ts';
import { hashedIn6 } from '../ipv6/inet6_hashtables.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { sock } from '../../include/net/sock.ts';
import { createFastopenCookie } from '../../include/net/tcp_fastopen.ts';
import type { tcp_fastopen_cookie, tcp_metrics_block } from '../../include/net/tcp_fastopen.ts';
import { TCP_CA_Open, TCP_INFINITE_SSTHRESH } from '../../include/net/tcp.ts';
import type { request_sock } from '../../include/net/tcp_sock.ts';
import { tcp_rto_min } from '../../include/net/tcp_inlines/timeouts.ts';
import { jiffies } from '../../kernel/time/jiffies.ts';

/** The first RTO where no round trip could be measured, jiffies: 3 s (RFC 6298, 5.7). */
const TCP_TIMEOUT_FALLBACK = 750;
/** After an hour what was measured is no longer believed. */
const TCP_METRICS_TIMEOUT = 3600 * 250;
/** Blocks that are kept; the oldest goes first (there: five of a hash bucket). */
const TCP_METRICS_MAX = 1024;

/** The block of the socket's two addresses; `create`: one is made if there is none. */
function tcp_get_metrics(cpu: Cpu, sk: sock, create: boolean): tcp_metrics_block | null {
  const in6 = hashedIn6(sk);
  const saddr = in6 ? sk.inet.pinet6!.saddr : sk.inet.inet_saddr;
  const daddr = in6 ? sk.sk_v6_daddr! : sk.inet.inet_daddr;
  const blocks = cpu.host.tfo.tcp_metrics;
  const found = findMetrics(blocks, saddr, daddr);
  if (found !== null) {
    tcpm_check_stamp(cpu, found);
    return found;
  }
  return create ? tcpm_new(cpu, blocks, saddr, daddr) : null;
}

/** @helper */
function findMetrics(blocks: readonly tcp_metrics_block[], saddr: IpAddress, daddr: IpAddress): tcp_metrics_block | null {
  for (const each of blocks) if (each.daddr === daddr && each.saddr === saddr) return each;
  return null;
}

function tcpm_check_stamp(cpu: Cpu, tm: tcp_metrics_block): void {
  if (jiffies(cpu) <= tm.stamp + TCP_METRICS_TIMEOUT) return;
  tm.stamp = jiffies(cpu);
  tm.rtt = tm.rttvar = tm.ssthresh = tm.cwnd = tm.reordering = 0;
}

function tcpm_new(cpu: Cpu, blocks: tcp_metrics_block[], saddr: IpAddress, daddr: IpAddress): tcp_metrics_block {
  const tm: tcp_metrics_block = { saddr, daddr, stamp: jiffies(cpu), rtt: 0, rttvar: 0, ssthresh: 0, cwnd: 0, reordering: 0, mss: 0, syn_loss: 0, try_exp: 0, last_syn_loss: 0, cookie: createFastopenCookie(0) };
  if (blocks.length >= TCP_METRICS_MAX) blocks.shift();
  blocks.push(tm);
  return tm;
}

/** Puts the server's cookie into `cookie`; answers its MSS, `mss` when that is not known. */
export function tcp_fastopen_cache_get(cpu: Cpu, sk: sock, mss: number, cookie: tcp_fastopen_cookie): number {
  const tm = tcp_get_metrics(cpu, sk, false);
  if (tm === null) return mss;
  cookie.len = tm.cookie.len;
  cookie.val = tm.cookie.val;
  cookie.exp = tm.cookie.exp || (tm.cookie.len <= 0 && tm.try_exp === 1);
  return tm.mss !== 0 ? tm.mss : mss;
}

/** What a SYN-ACK told. `try_exp`: 1 ask for the experimental option next time, 2 no more. */
export function tcp_fastopen_cache_set(cpu: Cpu, sk: sock, mss: number, cookie: tcp_fastopen_cookie, syn_lost: boolean, try_exp: number): void {
  if (sk.sk_dst_cache === null) return;
  const tm = tcp_get_metrics(cpu, sk, true)!;
  if (mss !== 0) tm.mss = mss;
  if (cookie.len > 0) tm.cookie = cookie;
  else if (try_exp > tm.try_exp && tm.cookie.len <= 0 && !tm.cookie.exp) tm.try_exp = try_exp;
  tm.syn_loss = syn_lost ? tm.syn_loss + 1 : 0;
  if (syn_lost) tm.last_syn_loss = jiffies(cpu);
}

/** A good connection has ended: its round trip and windows are remembered. Of the round trip a longer one counts at once, a shorter one slowly. */
export function tcp_update_metrics(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  sk.sk_dst_pending_confirm = true;
  if (cpu.host.knobs.sysctl_tcp_no_metrics_save! !== 0 || sk.sk_dst_cache === null) return;
  const failed = sk.icsk!.icsk_backoff !== 0 || tp.srtt_us === 0;
  const tm = tcp_get_metrics(cpu, sk, !failed);
  if (tm === null) return;
  if (failed) {
    tm.rtt = 0;
    return;
  }
  const m = tm.rtt - tp.srtt_us;
  tm.rtt = m <= 0 ? tp.srtt_us : tm.rtt - (m >> 3);
  const deviation = Math.max(Math.abs(m) >> 1, tp.mdev_us);
  tm.rttvar = deviation >= tm.rttvar ? deviation : tm.rttvar - ((tm.rttvar - deviation) >> 2);
  updateWindows(cpu, sk, tm);
  tm.stamp = jiffies(cpu);
}

/** Windows: of a connection in congestion avoidance they can be relied on. @helper */
function updateWindows(cpu: Cpu, sk: sock, tm: tcp_metrics_block): void {
  const tp = sk.tcp!;
  const knobs = cpu.host.knobs;
  const keepSsthresh = knobs.sysctl_tcp_no_ssthresh_metrics_save! === 0;
  const { snd_cwnd, snd_ssthresh } = tp;
  if (snd_ssthresh >= TCP_INFINITE_SSTHRESH) {
    if (keepSsthresh && tm.ssthresh !== 0 && snd_cwnd >> 1 > tm.ssthresh) tm.ssthresh = snd_cwnd >> 1;
    tm.cwnd = Math.max(tm.cwnd, snd_cwnd);
  } else if (snd_cwnd >= snd_ssthresh && sk.icsk!.icsk_ca_state === TCP_CA_Open) {
    if (keepSsthresh) tm.ssthresh = Math.max(snd_cwnd >> 1, snd_ssthresh);
    tm.cwnd = (tm.cwnd + snd_cwnd) >> 1;
  } else {
    tm.cwnd = (tm.cwnd + snd_ssthresh) >> 1;
    if (keepSsthresh && tm.ssthresh !== 0 && snd_ssthresh > tm.ssthresh) tm.ssthresh = snd_ssthresh;
    if (tm.reordering < tp.reordering && tp.reordering !== knobs.sysctl_tcp_reordering!) tm.reordering = tp.reordering;
  }
}

/** A connection begins: what the handshake's losses did to ssthresh is forgotten, and the first RTO is no shorter than the peer's round trip of old. */
export function tcp_init_metrics(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  sk.sk_dst_pending_confirm = true;
  tp.snd_ssthresh = TCP_INFINITE_SSTHRESH;
  const tm = sk.sk_dst_cache === null ? null : tcp_get_metrics(cpu, sk, false);
  if (tm !== null) {
    if (tm.ssthresh !== 0 && cpu.host.knobs.sysctl_tcp_no_ssthresh_metrics_save! === 0) tp.snd_ssthresh = Math.min(tm.ssthresh, tp.snd_cwnd_clamp);
    if (tm.reordering !== 0) tp.reordering = tm.reordering;
  }
  if (tm !== null && tm.rtt > tp.srtt_us) {
    const crtt = Math.floor(tm.rtt / 32_000);
    sk.icsk!.icsk_rto = crtt + Math.max(2 * crtt, tcp_rto_min(sk));
  } else if (tp.srtt_us === 0) {
    tp.rttvar_us = tp.mdev_us = tp.mdev_max_us = TCP_TIMEOUT_FALLBACK * 4000;
    sk.icsk!.icsk_rto = TCP_TIMEOUT_FALLBACK;
  }
}

/** The SYN's sender has completed a connection before: it is not forged. */
export function tcp_peer_is_proven(cpu: Cpu, req: request_sock): boolean {
  const tm = findMetrics(cpu.host.tfo.tcp_metrics, req.ir_v6_loc_addr ?? req.ir_loc_addr, req.ir_v6_rmt_addr ?? req.ir_rmt_addr);
  if (tm === null) return false;
  tcpm_check_stamp(cpu, tm);
  return tm.rtt !== 0;
}
