/**
 * Explicit congestion notification as both ends keep it: RFC 3168, where a mark is echoed once a round trip, and Accurate ECN (RFC 9768), where
 * the three flag bits count marked segments modulo 8 and an option counts the bytes (include/net/tcp_ecn.h, linux/tcp.h).
 */
import type { Cpu } from '../../../machine/types.ts';
import { get_unaligned_be16 } from '../asm-generic/unaligned.ts';
import type { sk_buff } from '../linux/skbuff.ts';
import { tcp_hdrlen, th_flags } from '../linux/tcp.ts';
import type { sock } from './sock.ts';
import {
  ICSK_ACK_NOW, INET_ECN_CE, INET_ECN_ECT_0, INET_ECN_ECT_1, INET_ECN_MASK, INET_ECN_NOT_ECT, TCPHDR_ACE, TCPOLEN_ACCECN_BASE, TCPOLEN_ACCECN_PERFIELD,
  TCP_ECN_MODE_ACCECN, TCP_ECN_MODE_ANY, TCP_ECN_MODE_PENDING, TCP_ECN_MODE_RFC3168, TCP_ECN_SEEN,
} from './tcp.ts';
import { TCP_SKB_CB } from './tcp_sock.ts';
import type { tcp_sock } from './tcp_sock.ts';

/** net.ipv4.tcp_ecn: what is asked for, and what is granted to those who ask. */
export const TCP_ECN_IN_ECN_OUT_ECN = 1;
export const TCP_ECN_IN_ACCECN_OUT_ACCECN = 3;
export const TCP_ECN_IN_ACCECN_OUT_ECN = 4;

/** net.ipv4.tcp_ecn_option: 0 never, 1 as rarely as RFC 9768 allows, 2 always, 3 even where something seems to drop it. */
export const TCP_ACCECN_OPTION_FULL = 2;
export const TCP_ACCECN_OPTION_PERSIST = 3;

/** accecn_fail_mode: what of AccECN does not get through. */
export const TCP_ACCECN_ACE_FAIL_SEND = 1;
export const TCP_ACCECN_ACE_FAIL_RECV = 2;
export const TCP_ACCECN_OPT_FAIL_SEND = 4;
export const TCP_ACCECN_OPT_FAIL_RECV = 8;

/** saw_accecn_opt. */
export const TCP_ACCECN_OPT_NOT_SEEN = 0;
export const TCP_ACCECN_OPT_EMPTY_SEEN = 1;
export const TCP_ACCECN_OPT_COUNTER_SEEN = 2;
export const TCP_ACCECN_OPT_FAIL_SEEN = 3;

/** Where the counters begin, so that zeroed fields are noticed. */
export const TCP_ACCECN_CEP_INIT_OFFSET = 5;
export const TCP_ACCECN_E1B_INIT_OFFSET = 1;
export const TCP_ACCECN_E0B_INIT_OFFSET = 1;
export const TCP_ACCECN_CEB_INIT_OFFSET = 0;
export const TCP_ACCECN_CEP_ACE_MASK = 7;
/** Marks not told of yet at which an ACK must go: with 8 the counter would look unchanged. */
export const TCP_ACCECN_ACE_MAX_DELTA = 6;
export const TCP_ACCECN_SAFETY_SHIFT = 1;

const ACE_SHIFT = 6;

/** @helper */
export function tcp_ecn_mode_any(tp: tcp_sock): boolean {
  return (tp.ecn_flags & TCP_ECN_MODE_ANY) !== 0;
}

/** @helper */
export function tcp_ecn_mode_rfc3168(tp: tcp_sock): boolean {
  return (tp.ecn_flags & TCP_ECN_MODE_ANY) === TCP_ECN_MODE_RFC3168;
}

/** @helper */
export function tcp_ecn_mode_accecn(tp: tcp_sock): boolean {
  return (tp.ecn_flags & TCP_ECN_MODE_ANY) === TCP_ECN_MODE_ACCECN;
}

/** @helper */
export function tcp_ecn_mode_pending(tp: tcp_sock): boolean {
  return (tp.ecn_flags & TCP_ECN_MODE_ANY) === TCP_ECN_MODE_PENDING;
}

/** @helper */
export function tcp_ecn_mode_set(tp: tcp_sock, mode: number): void {
  tp.ecn_flags = (tp.ecn_flags & ~TCP_ECN_MODE_ANY) | mode;
}

/** Bits of TCP_ACCECN_*_FAIL_*. @helper */
export function tcp_accecn_fail_mode_set(tp: tcp_sock, mode: number): void {
  tp.accecn.accecn_fail_mode |= mode;
}

/** The three flag bits as a number. @helper */
export function tcp_accecn_ace(skb: sk_buff): number {
  return (th_flags(skb) & TCPHDR_ACE) >> ACE_SHIFT;
}

/** A SYN whose three bits ask for AccECN: all but none and the two of RFC 3168. @helper */
export function tcp_accecn_syn_requested(skb: sk_buff): boolean {
  const ace = tcp_accecn_ace(skb);
  return ace !== 0 && ace !== 3;
}

/** What an ACK of the handshake says of a listener that has kept nothing: AccECN was agreed on. @helper */
export function cookie_accecn_ok(skb: sk_buff): boolean {
  return tcp_accecn_ace(skb) > 1;
}

/** ECN field of a SYN (or SYN-ACK) by the bits of the answer that tell of it (RFC 9768, tables 2 and 4). */
const ACE_TO_ECN = [
  INET_ECN_ECT_0, INET_ECN_ECT_1, INET_ECN_NOT_ECT, INET_ECN_ECT_1, INET_ECN_ECT_0, INET_ECN_ECT_1, INET_ECN_CE, INET_ECN_ECT_1,
];

/** The reverse. */
const ECN_TO_ACE = [2, 3, 4, 6];

/** @helper */
export function tcp_accecn_extract_syn_ect(ace: number): number {
  return ACE_TO_ECN[ace & 7]!;
}

/** Flag bits that tell with which ECN field a SYN or SYN-ACK came. @helper */
export function tcp_accecn_reflector_flags(ect: number): number {
  return ECN_TO_ACE[ect & INET_ECN_MASK]! << ACE_SHIFT;
}

/** A path may mark what is ECN-capable, nothing else. @helper */
export function tcp_ect_transition_valid(snt: number, rcv: number): boolean {
  if (rcv === snt) return true;
  return snt !== INET_ECN_NOT_ECT && rcv !== INET_ECN_NOT_ECT && snt !== INET_ECN_CE;
}

/** The ECN field that the peer has seen may have become of the one that was sent; else this connection sends no ECT any more. */
export function tcp_accecn_validate_syn_feedback(cpu: Cpu, tp: tcp_sock, ace: number, sent_ect: number): boolean {
  if (cpu.host.knobs.sysctl_tcp_ecn_fallback! === 0 || tcp_ect_transition_valid(sent_ect, tcp_accecn_extract_syn_ect(ace))) return true;
  tcp_accecn_fail_mode_set(tp, TCP_ACCECN_ACE_FAIL_RECV);
  return false;
}

/** The ACK that completes the handshake tells with which ECN field the SYN-ACK came. */
export function tcp_accecn_third_ack(cpu: Cpu, tp: tcp_sock, skb: sk_buff, sent_ect: number): void {
  const ace = tcp_accecn_ace(skb);
  const tcb = TCP_SKB_CB(skb);
  if (ace === 0) {
    if (tcb.sacked === 0) tcp_accecn_fail_mode_set(tp, TCP_ACCECN_ACE_FAIL_RECV | TCP_ACCECN_OPT_FAIL_RECV);
    return;
  }
  if (ace === 7 || ace === 5 || ace === 1 || tcb.seq !== tcb.end_seq || tcb.sacked !== 0) return;
  if (tcp_accecn_validate_syn_feedback(cpu, tp, ace, sent_ect) && tcp_accecn_extract_syn_ect(ace) === INET_ECN_CE && tp.delivered_ce === 0) tp.delivered_ce = 1;
}

/** The next `min` ACKs must bear the option. @helper */
export function tcp_accecn_opt_demand_min(tp: tcp_sock, min: number): void {
  tp.accecn.accecn_opt_demand = Math.max(min, tp.accecn.accecn_opt_demand);
}

/** Which field of the option, ECT(1) first, counts packets of this ECN field: so many fields tell of it. @helper */
function tcp_ecnfield_to_accecn_optfield(ecnfield: number): number {
  return ecnfield === INET_ECN_CE ? 2 : ecnfield === INET_ECN_ECT_1 ? 1 : ecnfield === INET_ECN_ECT_0 ? 3 : 0;
}

/** At which number the option's counter for this ECN field begins. @helper */
export function tcp_accecn_field_init_offset(ecnfield: number): number {
  if (ecnfield === INET_ECN_CE) return TCP_ACCECN_CEB_INIT_OFFSET;
  return ecnfield === INET_ECN_ECT_1 ? TCP_ACCECN_E1B_INIT_OFFSET : TCP_ACCECN_E0B_INIT_OFFSET;
}

const OPTFIELDS = [
  [INET_ECN_ECT_0, INET_ECN_CE, INET_ECN_ECT_1],
  [INET_ECN_ECT_1, INET_ECN_CE, INET_ECN_ECT_0],
];

/** Which ECN field the option's i-th counter is of. @helper */
export function tcp_accecn_optfield_to_ecnfield(i: number, order1: boolean): number {
  return OPTFIELDS[order1 ? 1 : 0]![i]!;
}

/** Notes the ECN field of a segment with `len` bytes of data. Of interest only where that is not 0 or not as in the segment before. */
export function tcp_ecn_received_counters(_cpu: Cpu, sk: sock, skb: sk_buff, len: number): void {
  const tp = sk.tcp!;
  const ecnfield = TCP_SKB_CB(skb).ip_dsfield & INET_ECN_MASK;
  if (ecnfield !== INET_ECN_NOT_ECT) countEct(tp, ecnfield, Math.max(1, skb.shinfo.gso_segs), len);
  const ecn_edge = tp.prev_ecnfield !== ecnfield;
  if (!ecn_edge && ecnfield !== INET_ECN_CE) return;
  tp.prev_ecnfield = ecnfield;
  if (!tcp_ecn_mode_accecn(tp)) return;
  if (ecn_edge) sk.icsk!.icsk_ack.pending |= ICSK_ACK_NOW;
  tp.accecn.accecn_opt_demand = 2;
}

/** Marked segments and bytes by ECN field. @helper */
function countEct(tp: tcp_sock, ecnfield: number, segs: number, len: number): void {
  const accecn = tp.accecn;
  if (!tcp_ecn_mode_rfc3168(tp)) tp.ecn_flags |= TCP_ECN_SEEN;
  if (ecnfield === INET_ECN_CE) {
    accecn.received_ce = (accecn.received_ce + segs) >>> 0;
    accecn.received_ce_pending = Math.min(accecn.received_ce_pending + segs, 15);
  }
  if (len === 0) return;
  const old = accecn.received_ecn_bytes[ecnfield - 1]!;
  const bytes = (old + len) >>> 0;
  accecn.received_ecn_bytes[ecnfield - 1] = bytes;
  accecn.accecn_minlen = Math.max(accecn.accecn_minlen, tcp_ecnfield_to_accecn_optfield(ecnfield));
  if ((bytes ^ old) >>> 22 !== 0) tcp_accecn_opt_demand_min(tp, 1);
}

/** The same for a segment that still has its TCP header. */
export function tcp_ecn_received_counters_payload(cpu: Cpu, sk: sock, skb: sk_buff): void {
  tcp_ecn_received_counters(cpu, sk, skb, skb.len - tcp_hdrlen(skb));
}

/** Whether a segment has an ECN field to note, or is the first without one. @helper */
export function ecnFieldMatters(tp: tcp_sock, skb: sk_buff): boolean {
  return ((TCP_SKB_CB(skb).ip_dsfield & INET_ECN_MASK) | tp.prev_ecnfield) !== 0;
}

/** The first option seen: TCP_ACCECN_OPT_*; a counter that is 0 was zeroed on the way. `opt_offset`: from the TCP header on. */
export function tcp_accecn_option_init(_cpu: Cpu, skb: sk_buff, opt_offset: number): number {
  const at = skb.transport_header + opt_offset;
  const optlen = skb.head[at + 1]! - TCPOLEN_ACCECN_BASE;
  if (optlen < TCPOLEN_ACCECN_PERFIELD) return TCP_ACCECN_OPT_EMPTY_SEEN;
  if (get_unaligned_be24(skb.head, at + 2) === 0) return TCP_ACCECN_OPT_FAIL_SEEN;
  if (optlen < TCPOLEN_ACCECN_PERFIELD * 3) return TCP_ACCECN_OPT_COUNTER_SEEN;
  return get_unaligned_be24(skb.head, at + 2 + 2 * TCPOLEN_ACCECN_PERFIELD) === 0 ? TCP_ACCECN_OPT_FAIL_SEEN : TCP_ACCECN_OPT_COUNTER_SEEN;
}

/** @helper */
export function get_unaligned_be24(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 16) | get_unaligned_be16(bytes, at + 1);
}

/** Takes note of an option of the handshake. @helper */
export function tcp_accecn_saw_opt_fail_recv(tp: tcp_sock, saw_opt: number): void {
  tp.accecn.saw_accecn_opt = saw_opt;
  if (saw_opt === TCP_ACCECN_OPT_FAIL_SEEN) tcp_accecn_fail_mode_set(tp, TCP_ACCECN_OPT_FAIL_RECV);
}

/** The option is due although nothing demands it: net.ipv4.tcp_ecn_option_beacon times a round trip. @helper */
export function tcp_accecn_option_beacon_check(cpu: Cpu, tp: tcp_sock): boolean {
  const beacon = cpu.host.knobs.sysctl_tcp_ecn_option_beacon!;
  return beacon !== 0 && Math.max(0, tp.tcp_mstamp - tp.accecn.accecn_opt_tstamp) * beacon >= tp.srtt_us >> 3;
}
