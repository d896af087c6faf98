/** TCP options of received segments (net/ipv4/tcp_input.c). */
import { get_unaligned_be16, get_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { tcp_hdrlen, th_flags } from '../../../include/linux/tcp.ts';
import {
  SIZEOF_TCPHDR, TCPHDR_SYN, TCPOLEN_MSS, TCPOLEN_SACK_BASE, TCPOLEN_SACK_PERBLOCK, TCPOLEN_SACK_PERM, TCPOLEN_TIMESTAMP, TCPOLEN_TSTAMP_ALIGNED, TCPOLEN_WINDOW,
  TCPOPT_ACCECN0, TCPOPT_ACCECN1, TCPOPT_EOL, TCPOPT_MSS, TCPOPT_NOP, TCPOPT_SACK, TCPOPT_SACK_PERM, TCPOPT_TIMESTAMP, TCPOPT_WINDOW, TCP_MAX_WSCALE, TCP_SACK_SEEN,
} from '../../../include/net/tcp.ts';
import {
  TCPOLEN_EXP_FASTOPEN_BASE, TCPOLEN_FASTOPEN_BASE, TCPOPT_EXP, TCPOPT_FASTOPEN, TCPOPT_FASTOPEN_MAGIC, TCP_FASTOPEN_COOKIE_MAX, TCP_FASTOPEN_COOKIE_MIN,
} from '../../../include/net/tcp_fastopen.ts';
import type { tcp_fastopen_cookie } from '../../../include/net/tcp_fastopen.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { tcp_options_received, tcp_sock } from '../../../include/net/tcp_sock.ts';
import { ktime_get_seconds } from '../../../include/net/tcp_inlines/clock.ts';

export function tcp_sack_reset(_cpu: Cpu, rx_opt: tcp_options_received): void {
  rx_opt.dsack = false;
  rx_opt.num_sacks = 0;
}

export function tcp_clear_options(_cpu: Cpu, rx_opt: tcp_options_received): void {
  rx_opt.tstamp_ok = false;
  rx_opt.sack_ok = 0;
  rx_opt.wscale_ok = false;
  rx_opt.snd_wscale = 0;
}

/** Reads all options. On an established connection only those count that the handshake agreed on. `foc`: where a SYN's Fast Open option goes. */
export function tcp_parse_options(cpu: Cpu, skb: sk_buff, opt_rx: tcp_options_received, estab: boolean, foc: tcp_fastopen_cookie | null): void {
  const head = skb.head;
  const end = skb.transport_header + tcp_hdrlen(skb);
  let at = skb.transport_header + SIZEOF_TCPHDR;
  opt_rx.saw_tstamp = false;
  opt_rx.accecn = 0;
  opt_rx.saw_unknown = false;
  while (at < end) {
    const opcode = head[at]!;
    if (opcode === TCPOPT_EOL) return;
    if (opcode === TCPOPT_NOP) {
      at++;
      continue;
    }
    if (end - at < 2) return;
    const opsize = head[at + 1]!;
    if (opsize < 2 || at + opsize > end) return;
    parseOption(cpu, skb, opt_rx, estab, foc, opcode, opsize, at);
    at += opsize;
  }
}

/** @helper */
function parseOption(cpu: Cpu, skb: sk_buff, opt_rx: tcp_options_received, estab: boolean, foc: tcp_fastopen_cookie | null, opcode: number, opsize: number, at: number): void {
  const head = skb.head;
  const knobs = cpu.host.knobs;
  const handshake = !estab && (th_flags(skb) & TCPHDR_SYN) !== 0;
  switch (opcode) {
    case TCPOPT_MSS:
      if (opsize === TCPOLEN_MSS && handshake) {
        const in_mss = get_unaligned_be16(head, at + 2);
        if (in_mss !== 0) opt_rx.mss_clamp = opt_rx.user_mss !== 0 && opt_rx.user_mss < in_mss ? opt_rx.user_mss : in_mss;
      }
      break;
    case TCPOPT_WINDOW:
      if (opsize === TCPOLEN_WINDOW && handshake && knobs.sysctl_tcp_window_scaling! !== 0) {
        opt_rx.wscale_ok = true;
        opt_rx.snd_wscale = Math.min(head[at + 2]!, TCP_MAX_WSCALE);
      }
      break;
    case TCPOPT_TIMESTAMP:
      if (opsize === TCPOLEN_TIMESTAMP && (estab ? opt_rx.tstamp_ok : knobs.sysctl_tcp_timestamps! !== 0)) {
        opt_rx.saw_tstamp = true;
        opt_rx.rcv_tsval = get_unaligned_be32(head, at + 2);
        opt_rx.rcv_tsecr = get_unaligned_be32(head, at + 6);
      }
      break;
    case TCPOPT_SACK_PERM:
      if (opsize === TCPOLEN_SACK_PERM && handshake && knobs.sysctl_tcp_sack! !== 0) {
        opt_rx.sack_ok = TCP_SACK_SEEN;
        tcp_sack_reset(cpu, opt_rx);
      }
      break;
    case TCPOPT_SACK:
      if (opsize >= TCPOLEN_SACK_BASE + TCPOLEN_SACK_PERBLOCK && (opsize - TCPOLEN_SACK_BASE) % TCPOLEN_SACK_PERBLOCK === 0 && opt_rx.sack_ok !== 0) {
        TCP_SKB_CB(skb).sacked = at - skb.transport_header;
      }
      break;
    case TCPOPT_FASTOPEN:
      tcp_parse_fastopen_option(cpu, opsize - TCPOLEN_FASTOPEN_BASE, head, at + 2, th_flags(skb), foc, false);
      break;
    case TCPOPT_EXP:
      if (opsize >= TCPOLEN_EXP_FASTOPEN_BASE && get_unaligned_be16(head, at + 2) === TCPOPT_FASTOPEN_MAGIC) {
        tcp_parse_fastopen_option(cpu, opsize - TCPOLEN_EXP_FASTOPEN_BASE, head, at + 4, th_flags(skb), foc, true);
      } else {
        opt_rx.saw_unknown = true;
      }
      break;
    case TCPOPT_ACCECN0:
    case TCPOPT_ACCECN1:
      opt_rx.accecn = at - skb.transport_header;
      break;
    default:
      opt_rx.saw_unknown = true;
  }
}

/** A cookie, or the wish for one (length 0); counts in a SYN or SYN-ACK only. */
function tcp_parse_fastopen_option(_cpu: Cpu, len: number, bytes: Uint8Array, at: number, flags: number, foc: tcp_fastopen_cookie | null, exp_opt: boolean): void {
  if (foc === null || (flags & TCPHDR_SYN) === 0 || (len & 1) !== 0) return;
  const fits = len >= TCP_FASTOPEN_COOKIE_MIN && len <= TCP_FASTOPEN_COOKIE_MAX;
  if (fits) foc.val = Array.from(bytes.subarray(at, at + len));
  foc.len = fits || len === 0 ? len : -1;
  foc.exp = exp_opt;
}

const ALIGNED_TIMESTAMP = (TCPOPT_NOP << 24) | (TCPOPT_NOP << 16) | (TCPOPT_TIMESTAMP << 8) | TCPOLEN_TIMESTAMP;

/** The usual case: two NOPs and a timestamp, nothing else. */
export function tcp_parse_aligned_timestamp(_cpu: Cpu, tp: tcp_sock, skb: sk_buff): boolean {
  const at = skb.transport_header + SIZEOF_TCPHDR;
  if (get_unaligned_be32(skb.head, at) !== ALIGNED_TIMESTAMP) return false;
  const rx_opt = tp.rx_opt;
  rx_opt.saw_tstamp = true;
  rx_opt.rcv_tsval = get_unaligned_be32(skb.head, at + 4);
  const tsecr = get_unaligned_be32(skb.head, at + 8);
  rx_opt.rcv_tsecr = tsecr !== 0 ? (tsecr - tp.tsoffset) >>> 0 : 0;
  return true;
}

/** Options of a segment of an established connection; false when it has none. */
export function tcp_fast_parse_options(cpu: Cpu, skb: sk_buff, tp: tcp_sock): boolean {
  const hdrlen = tcp_hdrlen(skb);
  const rx_opt = tp.rx_opt;
  if (hdrlen === SIZEOF_TCPHDR) {
    rx_opt.saw_tstamp = false;
    rx_opt.accecn = 0;
    return false;
  }
  if (rx_opt.tstamp_ok && hdrlen === SIZEOF_TCPHDR + TCPOLEN_TSTAMP_ALIGNED && tcp_parse_aligned_timestamp(cpu, tp, skb)) {
    rx_opt.accecn = 0;
    return true;
  }
  tcp_parse_options(cpu, skb, rx_opt, true, null);
  if (rx_opt.saw_tstamp && rx_opt.rcv_tsecr !== 0) rx_opt.rcv_tsecr = (rx_opt.rcv_tsecr - tp.tsoffset) >>> 0;
  return true;
}

export function tcp_store_ts_recent(cpu: Cpu, tp: tcp_sock): void {
  tp.rx_opt.ts_recent = tp.rx_opt.rcv_tsval;
  tp.rx_opt.ts_recent_stamp = ktime_get_seconds(cpu);
}
