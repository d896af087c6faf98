/** TCP options of outgoing segments: which fit, and their bytes (net/ipv4/tcp_output.c). */
import { put_unaligned_be16, put_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  MAX_TCP_OPTION_SPACE, OPTION_ACCECN, OPTION_FAST_OPEN_COOKIE, OPTION_MD5, OPTION_SACK_ADVERTISE, OPTION_TS, OPTION_WSCALE, TCPHDR_ACK, TCPOLEN_ACCECN_BASE, TCPOLEN_MSS, TCPOLEN_MSS_ALIGNED, TCPOLEN_SACKPERM_ALIGNED, TCPOLEN_SACK_BASE,
  TCPOLEN_SACK_BASE_ALIGNED, TCPOLEN_SACK_PERBLOCK, TCPOLEN_SACK_PERM, TCPOLEN_TIMESTAMP, TCPOLEN_TSTAMP_ALIGNED, TCPOLEN_WINDOW, TCPOLEN_WSCALE_ALIGNED,
  TCPOPT_MSS, TCPOPT_NOP, TCPOPT_SACK, TCPOPT_SACK_PERM, TCPOPT_TIMESTAMP, TCPOPT_WINDOW,
} from '../../../include/net/tcp.ts';
import { TCPOLEN_EXP_FASTOPEN_BASE, TCPOLEN_FASTOPEN_BASE, TCPOPT_EXP, TCPOPT_FASTOPEN, TCPOPT_FASTOPEN_MAGIC } from '../../../include/net/tcp_fastopen.ts';
import type { tcp_fastopen_cookie } from '../../../include/net/tcp_fastopen.ts';
import { TCPOLEN_MD5SIG, TCPOLEN_MD5SIG_ALIGNED, TCPOPT_MD5SIG } from '../../../include/net/tcp_md5.ts';
import type { tcp_md5sig_key } from '../../../include/net/tcp_md5.ts';
import { tcp_ecn_mode_accecn } from '../../../include/net/tcp_ecn.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { request_sock, tcp_sock, tcp_synack_type } from '../../../include/net/tcp_sock.ts';
import { tcp_skb_timestamp_ts } from '../../../include/net/tcp_inlines/clock.ts';
import { dst_metric_advmss } from '../../core/dst.ts';
import { NOPS, accEcnWords, establishedAccEcn, tcp_options_fit_accecn, writeAccEcn } from './accecn_option.ts';
import { layOut } from '../../../../machine/wide_fields.ts';

/** struct tcp_out_options. hash_location: where in the head the digest goes. */
export interface tcp_out_options {
  options: number; mss: number; ws: number; num_sack_blocks: number; num_accecn_fields: number; use_synack_ecn_bytes: boolean; tsval: number; tsecr: number;
  fastopen_cookie: tcp_fastopen_cookie | null; hash_location: number;
}

export function createTcpOutOptions(): tcp_out_options {
  return { options: 0, mss: 0, ws: 0, num_sack_blocks: 0, num_accecn_fields: 0, use_synack_ecn_bytes: false, tsval: 0, tsecr: 0, fastopen_cookie: null, hash_location: 0 };
}

layOut(createTcpOutOptions(), 'tsval', 'tsecr');

/** MSS to announce: what this side accepts, no more than the route allows. */
export function tcp_advertise_mss(cpu: Cpu, sk: sock): number {
  const tp = sk.tcp!;
  const dst = sk.sk_dst_cache;
  if (dst !== null) tp.advmss = Math.min(tp.advmss, dst_metric_advmss(cpu, dst));
  return tp.advmss;
}

/** Options of an established connection's segment: a signature if there is a `key`, timestamps, then as many SACK blocks as fit, AccECN's counters. Answers their length. */
export function tcp_established_options(cpu: Cpu, sk: sock, skb: sk_buff | null, opts: tcp_out_options, key: tcp_md5sig_key | null): number {
  const tp = sk.tcp!;
  let size = 0;
  opts.options = 0;
  if (key !== null) {
    opts.options |= OPTION_MD5;
    size += TCPOLEN_MD5SIG_ALIGNED;
  }
  if (tp.rx_opt.tstamp_ok) {
    opts.options |= OPTION_TS;
    opts.tsval = skb === null ? 0 : (tcp_skb_timestamp_ts(skb) + tp.tsoffset) >>> 0;
    opts.tsecr = tp.rx_opt.ts_recent;
    size += TCPOLEN_TSTAMP_ALIGNED;
  }
  const eff_sacks = tp.rx_opt.num_sacks + (tp.rx_opt.dsack ? 1 : 0);
  opts.num_sack_blocks = 0;
  if (eff_sacks > 0) {
    const remaining = MAX_TCP_OPTION_SPACE - size;
    opts.num_sack_blocks = Math.min(eff_sacks, Math.floor((remaining - TCPOLEN_SACK_BASE_ALIGNED) / TCPOLEN_SACK_PERBLOCK));
    size += TCPOLEN_SACK_BASE_ALIGNED + opts.num_sack_blocks * TCPOLEN_SACK_PERBLOCK;
  }
  if (tcp_ecn_mode_accecn(tp)) size += establishedAccEcn(cpu, tp, opts, size);
  return size;
}

/** Options of a SYN: all that this host is willing to use. A signed one has no room for timestamps. */
export function tcp_syn_options(cpu: Cpu, sk: sock, skb: sk_buff, opts: tcp_out_options, key: tcp_md5sig_key | null): number {
  const tp = sk.tcp!;
  const knobs = cpu.host.knobs;
  let size = TCPOLEN_MSS_ALIGNED;
  opts.options = 0;
  opts.mss = tcp_advertise_mss(cpu, sk);
  if (key !== null) {
    opts.options |= OPTION_MD5;
    size += TCPOLEN_MD5SIG_ALIGNED;
  } else if (knobs.sysctl_tcp_timestamps! !== 0) {
    opts.options |= OPTION_TS;
    opts.tsval = (tcp_skb_timestamp_ts(skb) + tp.tsoffset) >>> 0;
    opts.tsecr = tp.rx_opt.ts_recent;
    size += TCPOLEN_TSTAMP_ALIGNED;
  }
  if (knobs.sysctl_tcp_window_scaling! !== 0) {
    opts.ws = tp.rx_opt.rcv_wscale;
    opts.options |= OPTION_WSCALE;
    size += TCPOLEN_WSCALE_ALIGNED;
  }
  if (knobs.sysctl_tcp_sack! !== 0) {
    opts.options |= OPTION_SACK_ADVERTISE;
    if ((opts.options & OPTION_TS) === 0) size += TCPOLEN_SACKPERM_ALIGNED;
  }
  const fastopen = tp.tfo.fastopen_req;
  const need = fastopen === null ? 0 : fastopenOption(fastopen.cookie, size, opts);
  if (need > 0) {
    tp.tfo.syn_fastopen = true;
    tp.tfo.syn_fastopen_exp = fastopen!.cookie.exp;
    size += need;
  }
  if ((TCP_SKB_CB(skb).tcp_flags & TCPHDR_ACK) !== 0 && tcp_ecn_mode_accecn(tp) && sk.icsk!.icsk_retransmits < 2 && knobs.sysctl_tcp_ecn_option! !== 0) {
    opts.use_synack_ecn_bytes = true;
    size += tcp_options_fit_accecn(cpu, opts, 0, MAX_TCP_OPTION_SPACE - size);
  }
  return size;
}

/** Bytes of the Fast Open option, 0 when it is not wanted or finds no room. @helper */
function fastopenOption(foc: tcp_fastopen_cookie, size: number, opts: tcp_out_options): number {
  if (foc.len < 0) return 0;
  const need = (foc.len + (foc.exp ? TCPOLEN_EXP_FASTOPEN_BASE : TCPOLEN_FASTOPEN_BASE) + 3) & ~3;
  if (MAX_TCP_OPTION_SPACE - size < need) return 0;
  opts.options |= OPTION_FAST_OPEN_COOKIE;
  opts.fastopen_cookie = foc;
  return need;
}

/** Options of a SYN-ACK: what both sides are willing to use; beside a signature SACK blocks and timestamps would not fit, so SACK it is. One that is sent again goes without AccECN's: it may be what is dropped. */
export function tcp_synack_options(
  cpu: Cpu, req: request_sock, mss: number, skb: sk_buff, opts: tcp_out_options, foc: tcp_fastopen_cookie | null, synack_type: tcp_synack_type, key: tcp_md5sig_key | null,
): number {
  let size = TCPOLEN_MSS_ALIGNED;
  opts.mss = mss;
  if (key !== null) {
    opts.options |= OPTION_MD5;
    size += TCPOLEN_MD5SIG_ALIGNED;
    if (synack_type !== 'TCP_SYNACK_COOKIE' && req.sack_ok !== 0) req.tstamp_ok = false;
  }
  if (req.wscale_ok) {
    opts.ws = req.rcv_wscale;
    opts.options |= OPTION_WSCALE;
    size += TCPOLEN_WSCALE_ALIGNED;
  }
  if (req.tstamp_ok) {
    opts.options |= OPTION_TS;
    opts.tsval = (tcp_skb_timestamp_ts(skb) + req.ts_off) >>> 0;
    if (req.snt_tsval_first === 0) req.snt_tsval_first = opts.tsval;
    req.snt_tsval_last = opts.tsval;
    opts.tsecr = req.ts_recent;
    size += TCPOLEN_TSTAMP_ALIGNED;
  }
  if (req.sack_ok !== 0) {
    opts.options |= OPTION_SACK_ADVERTISE;
    if (!req.tstamp_ok) size += TCPOLEN_SACKPERM_ALIGNED;
  }
  if (foc !== null) size += fastopenOption(foc, size, opts);
  if (req.accecn_ok && cpu.host.knobs.sysctl_tcp_ecn_option! !== 0 && synack_type !== 'TCP_SYNACK_RETRANS' && MAX_TCP_OPTION_SPACE - size >= TCPOLEN_ACCECN_BASE) {
    opts.use_synack_ecn_bytes = true;
    size += tcp_options_fit_accecn(cpu, opts, 0, MAX_TCP_OPTION_SPACE - size);
  }
  return size;
}

/** Writes the options at `at`, in the order in which the kernel has always written them; a digest gets its room. */
export function tcp_options_write(_cpu: Cpu, bytes: Uint8Array, at: number, tp: tcp_sock | null, opts: tcp_out_options): void {
  let o = at;
  let options = opts.options;
  if ((options & OPTION_MD5) !== 0) {
    put_unaligned_be32((TCPOPT_NOP << 24) | (TCPOPT_NOP << 16) | (TCPOPT_MD5SIG << 8) | TCPOLEN_MD5SIG, bytes, o);
    opts.hash_location = o + 4;
    o += TCPOLEN_MD5SIG_ALIGNED;
  }
  if (opts.mss !== 0) {
    put_unaligned_be32((TCPOPT_MSS << 24) | (TCPOLEN_MSS << 16) | opts.mss, bytes, o);
    o += 4;
  }
  if ((options & OPTION_TS) !== 0) {
    if ((options & OPTION_SACK_ADVERTISE) !== 0) {
      put_unaligned_be32((TCPOPT_SACK_PERM << 24) | (TCPOLEN_SACK_PERM << 16) | (TCPOPT_TIMESTAMP << 8) | TCPOLEN_TIMESTAMP, bytes, o);
      options &= ~OPTION_SACK_ADVERTISE;
    } else {
      put_unaligned_be32((TCPOPT_NOP << 24) | (TCPOPT_NOP << 16) | (TCPOPT_TIMESTAMP << 8) | TCPOLEN_TIMESTAMP, bytes, o);
    }
    put_unaligned_be32(opts.tsval, bytes, o + 4);
    put_unaligned_be32(opts.tsecr, bytes, o + 8);
    o += 12;
  }
  let leftover = NOPS;
  if ((options & OPTION_ACCECN) !== 0) {
    leftover = writeAccEcn(bytes, o, tp, opts);
    o += accEcnWords(opts.num_accecn_fields);
  } else if (tp?.accecn.accecn_opt_sent_w_dsack) {
    tp.accecn.accecn_opt_sent_w_dsack = false;
  }
  if ((options & OPTION_SACK_ADVERTISE) !== 0) {
    put_unaligned_be32(leftover | (TCPOPT_SACK_PERM << 8) | TCPOLEN_SACK_PERM, bytes, o);
    leftover = NOPS;
    o += 4;
  }
  if ((options & OPTION_WSCALE) !== 0) {
    let highbyte = TCPOPT_NOP << 24;
    if (leftover !== NOPS && ((leftover >> 16) & 0xff) === TCPOPT_NOP) {
      highbyte = leftover & 0xff000000;
      leftover = NOPS;
    }
    put_unaligned_be32(highbyte | (TCPOPT_WINDOW << 16) | (TCPOLEN_WINDOW << 8) | opts.ws, bytes, o);
    o += 4;
  }
  if (opts.num_sack_blocks > 0) {
    writeSackBlocks(bytes, o, tp!, opts.num_sack_blocks, leftover);
  } else if (leftover !== NOPS) {
    put_unaligned_be32(leftover | (TCPOPT_NOP << 8) | TCPOPT_NOP, bytes, o);
    o += 4;
  }
  if ((options & OPTION_FAST_OPEN_COOKIE) !== 0) writeFastopen(bytes, o, opts.fastopen_cookie!);
}

/** Fast Open's option, filled up to four bytes. @helper */
function writeFastopen(bytes: Uint8Array, at: number, foc: tcp_fastopen_cookie): void {
  const base = foc.exp ? TCPOLEN_EXP_FASTOPEN_BASE : TCPOLEN_FASTOPEN_BASE;
  const len = base + foc.len;
  bytes[at] = foc.exp ? TCPOPT_EXP : TCPOPT_FASTOPEN;
  bytes[at + 1] = len;
  if (foc.exp) put_unaligned_be16(TCPOPT_FASTOPEN_MAGIC, bytes, at + 2);
  for (let i = 0; i < foc.len; i++) bytes[at + base + i] = foc.val[i]!;
  for (let i = len; (i & 3) !== 0; i++) bytes[at + i] = TCPOPT_NOP;
}

/** The SACK option, after the `leftover` of the one before: a duplicate first, if there is one to report (RFC 2883). @helper */
function writeSackBlocks(bytes: Uint8Array, at: number, tp: tcp_sock, count: number, leftover: number): void {
  let o = at;
  put_unaligned_be32(leftover | (TCPOPT_SACK << 8) | (TCPOLEN_SACK_BASE + count * TCPOLEN_SACK_PERBLOCK), bytes, o);
  const first = tp.rx_opt.dsack ? 1 : 0;
  for (let i = 0; i < count; i++) {
    const block = i < first ? tp.duplicate_sack[0]! : tp.selective_acks[i - first]!;
    put_unaligned_be32(block.start_seq, bytes, o + 4);
    put_unaligned_be32(block.end_seq, bytes, o + 8);
    o += 8;
  }
  tp.rx_opt.dsack = false;
}
