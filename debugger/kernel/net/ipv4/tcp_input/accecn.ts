/** What ACKs tell of congestion with Accurate ECN: marked segments modulo 8 in the flags, bytes in an option (net/ipv4/tcp_input.c; RFC 9768). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  FLAG_ECE, FLAG_FORWARD_PROGRESS, FLAG_SLOWPATH, FLAG_SYN_ACKED, FLAG_TS_PROGRESS, ICSK_ACK_NOW, INET_ECN_CE, TCPF_CA_CWR, TCPF_CA_Open,
  TCPOLEN_ACCECN_BASE, TCPOLEN_ACCECN_PERFIELD, TCPOPT_ACCECN1, TCP_ACCECN_NUMFIELDS,
} from '../../../include/net/tcp.ts';
import {
  TCP_ACCECN_ACE_MAX_DELTA, TCP_ACCECN_CEP_ACE_MASK, TCP_ACCECN_CEP_INIT_OFFSET, TCP_ACCECN_OPT_COUNTER_SEEN, TCP_ACCECN_OPT_FAIL_RECV, TCP_ACCECN_OPT_FAIL_SEEN,
  TCP_ACCECN_OPT_NOT_SEEN, TCP_ACCECN_SAFETY_SHIFT, get_unaligned_be24, tcp_accecn_ace, tcp_accecn_field_init_offset, tcp_accecn_optfield_to_ecnfield,
  tcp_accecn_option_init, tcp_accecn_saw_opt_fail_recv,
} from '../../../include/net/tcp_ecn.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_is_sack } from '../../../include/net/tcp_inlines/congestion.ts';
import { tcp_fast_path_on } from '../../../include/net/tcp_inlines/receive_path.ts';
import type { tcp_sacktag_state } from './sack_state.ts';

const PKTS_ACKED_WEIGHT = 6;
const PKTS_ACKED_PREC = 6;
/** Segments an ACK that on average tells that ACKs are thinned out on their way. */
const ACK_COMP_THRESH = 4;
/** Bytes sent after which a first option is of no use: its counters may have wrapped. */
const OPTION_TOO_LATE = (1 << 23) - 1;

/** An ACK without option: the byte counters follow from what is known. True when they can be used. @helper */
function estimateBytes(tp: tcp_sock, delivered_bytes: number): boolean {
  const accecn = tp.accecn;
  if (accecn.saw_accecn_opt === TCP_ACCECN_OPT_NOT_SEEN) {
    if (tp.bytes_sent >= OPTION_TOO_LATE) tcp_accecn_saw_opt_fail_recv(tp, TCP_ACCECN_OPT_FAIL_SEEN);
    return false;
  }
  if (accecn.est_ecnfield === 0) return false;
  const i = accecn.est_ecnfield - 1;
  accecn.delivered_ecn_bytes[i] = (accecn.delivered_ecn_bytes[i]! + delivered_bytes) >>> 0;
  return true;
}

/** By how much a counter of 24 bits has changed, as a signed number; `cnt` follows it. */
function tcp_update_ecn_bytes(_cpu: Cpu, cnt: number[], i: number, wire: number, init_offset: number): number {
  const delta = (((wire - init_offset - cnt[i]!) & 0xffffff) << 8) >> 8;
  cnt[i] = (cnt[i]! + delta) >>> 0;
  return delta;
}

/** The option's byte counters. True when they tell for certain how many bytes this ACK says were marked. */
function tcp_accecn_process_option(cpu: Cpu, tp: tcp_sock, skb: sk_buff, delivered_bytes: number, flag: number): boolean {
  const accecn = tp.accecn;
  if ((accecn.accecn_fail_mode & TCP_ACCECN_OPT_FAIL_RECV) !== 0) return false;
  if ((flag & FLAG_SLOWPATH) === 0 || tp.rx_opt.accecn === 0) return estimateBytes(tp, delivered_bytes);
  const estimate_ecnfield = accecn.est_ecnfield;
  let at = skb.transport_header + tp.rx_opt.accecn;
  const end = at + skb.head[at + 1]!;
  const order1 = skb.head[at] === TCPOPT_ACCECN1;
  if (accecn.saw_accecn_opt < TCP_ACCECN_OPT_COUNTER_SEEN) tcp_accecn_saw_opt_fail_recv(tp, tcp_accecn_option_init(cpu, skb, tp.rx_opt.accecn));
  at += TCPOLEN_ACCECN_BASE;
  let res = estimate_ecnfield !== 0;
  let ambiguous_ecn_bytes_incr = false;
  let first_changed = false;
  for (let i = 0; i < TCP_ACCECN_NUMFIELDS && at + TCPOLEN_ACCECN_PERFIELD <= end; i++) {
    const ecnfield = tcp_accecn_optfield_to_ecnfield(i, order1);
    const delta = tcp_update_ecn_bytes(cpu, accecn.delivered_ecn_bytes, ecnfield - 1, get_unaligned_be24(skb.head, at), tcp_accecn_field_init_offset(ecnfield));
    if (delta < 0) {
      res = false;
      ambiguous_ecn_bytes_incr = true;
    }
    if (delta !== 0 && ecnfield !== estimate_ecnfield) {
      if (first_changed) {
        res = false;
        ambiguous_ecn_bytes_incr = true;
      } else {
        accecn.est_ecnfield = ecnfield;
        first_changed = true;
      }
    }
    at += TCPOLEN_ACCECN_PERFIELD;
  }
  if (ambiguous_ecn_bytes_incr) accecn.est_ecnfield = 0;
  return res;
}

/** More segments were marked. */
export function tcp_count_delivered_ce(_cpu: Cpu, tp: tcp_sock, ecn_count: number): void {
  tp.delivered_ce += ecn_count;
}

/** How many segments an ACK covers, on average. @helper */
function averageAcked(tp: tcp_sock, delivered_pkts: number): void {
  const accecn = tp.accecn;
  const ewma = accecn.pkts_acked_ewma;
  const next = ewma === 0 ? delivered_pkts << PKTS_ACKED_PREC : ((ewma << PKTS_ACKED_WEIGHT) - ewma + (delivered_pkts << PKTS_ACKED_PREC)) >> PKTS_ACKED_WEIGHT;
  accecn.pkts_acked_ewma = Math.min(next, 0xffff);
}

/** Marked segments that this ACK tells of. Where the three bits may have wrapped, as many as the bytes and caution suggest. */
function __tcp_accecn_process(cpu: Cpu, sk: sock, skb: sk_buff, delivered_pkts: number, delivered_bytes: number, flag: number): number {
  const tp = sk.tcp!;
  const accecn = tp.accecn;
  if ((flag & (FLAG_FORWARD_PROGRESS | FLAG_TS_PROGRESS)) === 0) return 0;
  const old_ceb = accecn.delivered_ecn_bytes[INET_ECN_CE - 1]!;
  const opt_deltas_valid = tcp_accecn_process_option(cpu, tp, skb, delivered_bytes, flag);
  if (delivered_pkts !== 0) averageAcked(tp, delivered_pkts);
  if ((flag & FLAG_SLOWPATH) === 0 && delivered_pkts <= TCP_ACCECN_CEP_ACE_MASK) return 0;
  if ((flag & FLAG_SYN_ACKED) !== 0) return 0;
  if (accecn.received_ce_pending >= TCP_ACCECN_ACE_MAX_DELTA) sk.icsk!.icsk_ack.pending |= ICSK_ACK_NOW;
  const delta = (tcp_accecn_ace(skb) - TCP_ACCECN_CEP_INIT_OFFSET - tp.delivered_ce) & TCP_ACCECN_CEP_ACE_MASK;
  if (delivered_pkts <= TCP_ACCECN_CEP_ACE_MASK) return delta;
  const safe_delta = delivered_pkts - ((delivered_pkts - delta) & TCP_ACCECN_CEP_ACE_MASK);
  if (!opt_deltas_valid) return accecn.pkts_acked_ewma > ACK_COMP_THRESH << PKTS_ACKED_PREC ? delta : safe_delta;
  const d_ceb = (accecn.delivered_ecn_bytes[INET_ECN_CE - 1]! - old_ceb) >>> 0;
  if (d_ceb === 0) return delta;
  if (delivered_pkts >= (TCP_ACCECN_CEP_ACE_MASK + 1) * 2 && (tcp_is_sack(tp) || ((1 << sk.icsk!.icsk_ca_state) & (TCPF_CA_Open | TCPF_CA_CWR)) !== 0)) {
    if (delivered_bytes <= d_ceb) return safe_delta;
    const est_d_cep = Math.ceil((d_ceb * delivered_pkts) / delivered_bytes);
    return Math.min(safe_delta, delta + (est_d_cep & ~TCP_ACCECN_CEP_ACE_MASK));
  }
  if (d_ceb > delta * tp.mss_cache) return safe_delta;
  return d_ceb < (safe_delta * tp.mss_cache) >>> TCP_ACCECN_SAFETY_SHIFT ? delta : safe_delta;
}

/** Counts the marked segments that an ACK tells of; with any it is an ACK with ECE to congestion control. Answers their number. */
export function tcp_accecn_process(cpu: Cpu, sk: sock, skb: sk_buff, delivered_pkts: number, state: tcp_sacktag_state): number {
  const tp = sk.tcp!;
  const delta = __tcp_accecn_process(cpu, sk, skb, delivered_pkts, state.delivered_bytes, state.ack_flag);
  if (delta === 0) return 0;
  tcp_count_delivered_ce(cpu, tp, delta);
  state.ack_flag |= FLAG_ECE;
  if (tp.pred_flags !== 0) tcp_fast_path_on(tp);
  return delta;
}
