/** AccECN's option: how many of its three counters fit, and their bytes (net/ipv4/tcp_output.c; RFC 9768 3.2.3). */
import { put_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import type { Cpu } from '../../../../machine/types.ts';
import {
  INET_ECN_CE, INET_ECN_ECT_0, INET_ECN_ECT_1, MAX_TCP_OPTION_SPACE, OPTION_ACCECN, OPTION_SACK_ADVERTISE, OPTION_TS, OPTION_WSCALE, TCPOLEN_ACCECN_BASE,
  TCPOLEN_ACCECN_PERFIELD, TCPOLEN_SACK_PERBLOCK, TCPOPT_ACCECN1, TCPOPT_NOP, TCP_ACCECN_MAXSIZE, TCP_ACCECN_NUMFIELDS,
} from '../../../include/net/tcp.ts';
import {
  TCP_ACCECN_CEB_INIT_OFFSET, TCP_ACCECN_E0B_INIT_OFFSET, TCP_ACCECN_E1B_INIT_OFFSET, TCP_ACCECN_OPTION_FULL, TCP_ACCECN_OPTION_PERSIST, TCP_ACCECN_OPT_FAIL_SEND,
  TCP_ACCECN_OPT_NOT_SEEN, tcp_accecn_option_beacon_check,
} from '../../../include/net/tcp_ecn.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';
import type { tcp_out_options } from './options.ts';

/** Two NOPs in the high bytes of an option word, into which the rest of this option may go instead. */
export const NOPS = (TCPOPT_NOP << 24) | (TCPOPT_NOP << 16);

/** Bytes of padding that other options of a SYN-ACK leave. */
function tcp_synack_options_combine_saving(_cpu: Cpu, opts: tcp_out_options): number {
  if ((opts.options & (OPTION_SACK_ADVERTISE | OPTION_TS)) === OPTION_SACK_ADVERTISE) return 2;
  return (opts.options & OPTION_WSCALE) !== 0 ? 1 : 0;
}

/** Puts in as many counters as fit into `remaining` bytes, at least `required`; a SACK block may have to go. Answers the bytes added to the options, less than 0 when that makes them shorter. */
export function tcp_options_fit_accecn(cpu: Cpu, opts: tcp_out_options, required: number, remaining: number): number {
  const max_combine_saving = opts.use_synack_ecn_bytes ? tcp_synack_options_combine_saving(cpu, opts) : opts.num_sack_blocks > 0 ? 2 : 0;
  let size = TCP_ACCECN_MAXSIZE;
  let fields = TCP_ACCECN_NUMFIELDS;
  let sack_blocks_reduce = 0;
  let rem = remaining;
  while (fields >= required) {
    const align_size = (size & 3) > max_combine_saving ? (size + 3) & ~3 : size & ~3;
    if (rem >= align_size) {
      size = align_size;
      break;
    }
    if (fields === required && opts.num_sack_blocks > 2 && required > 0) {
      opts.num_sack_blocks--;
      sack_blocks_reduce++;
      rem += TCPOLEN_SACK_PERBLOCK;
      fields = TCP_ACCECN_NUMFIELDS;
      size = TCP_ACCECN_MAXSIZE;
      continue;
    }
    fields--;
    size -= TCPOLEN_ACCECN_PERFIELD;
  }
  opts.num_accecn_fields = fields;
  if (fields < required) {
    opts.num_sack_blocks += sack_blocks_reduce;
    return 0;
  }
  opts.options |= OPTION_ACCECN;
  return size - sack_blocks_reduce * TCPOLEN_SACK_PERBLOCK;
}

/** The option of an established connection's segment, where one is due: always, on demand, or as a beacon. Answers the bytes added to `size`. @helper */
export function establishedAccEcn(cpu: Cpu, tp: tcp_sock, opts: tcp_out_options, size: number): number {
  const accecn = tp.accecn;
  const ecn_opt = cpu.host.knobs.sysctl_tcp_ecn_option!;
  if (ecn_opt === 0 || accecn.saw_accecn_opt === TCP_ACCECN_OPT_NOT_SEEN) return 0;
  if (ecn_opt < TCP_ACCECN_OPTION_PERSIST && (accecn.accecn_fail_mode & TCP_ACCECN_OPT_FAIL_SEND) !== 0) return 0;
  if (ecn_opt < TCP_ACCECN_OPTION_FULL && accecn.accecn_opt_demand === 0 && !tcp_accecn_option_beacon_check(cpu, tp)) return 0;
  return tcp_options_fit_accecn(cpu, opts, accecn.accecn_minlen, MAX_TCP_OPTION_SPACE - size);
}

/** The counters of ECT(1), CE, ECT(0) in this order, as far as they go. Answers what is left for the high bytes of the next word. @helper */
export function writeAccEcn(bytes: Uint8Array, at: number, tp: tcp_sock | null, opts: tcp_out_options): number {
  const counted = opts.use_synack_ecn_bytes || tp === null ? null : tp.accecn.received_ecn_bytes;
  const e1b = (counted === null ? 0 : counted[INET_ECN_ECT_1 - 1]!) + TCP_ACCECN_E1B_INIT_OFFSET;
  const ceb = (counted === null ? 0 : counted[INET_ECN_CE - 1]!) + TCP_ACCECN_CEB_INIT_OFFSET;
  const e0b = (counted === null ? 0 : counted[INET_ECN_ECT_0 - 1]!) + TCP_ACCECN_E0B_INIT_OFFSET;
  if (tp !== null) optionSent(tp);
  const fields = opts.num_accecn_fields;
  const len = TCPOLEN_ACCECN_BASE + fields * TCPOLEN_ACCECN_PERFIELD;
  if (fields === 0) return (TCPOPT_ACCECN1 << 24) | (len << 16);
  put_unaligned_be32((TCPOPT_ACCECN1 << 24) | (len << 16) | ((e1b >>> 8) & 0xffff), bytes, at);
  if (fields === 1) return (e1b << 24) | (TCPOPT_NOP << 16);
  put_unaligned_be32((e1b << 24) | (ceb & 0xffffff), bytes, at + 4);
  if (fields === 3) put_unaligned_be32((e0b << 8) | TCPOPT_NOP, bytes, at + 8);
  return NOPS;
}

/** Bytes of whole words that writeAccEcn() has written. @helper */
export function accEcnWords(fields: number): number {
  return 4 * fields;
}

/** @helper */
function optionSent(tp: tcp_sock): void {
  const accecn = tp.accecn;
  accecn.accecn_minlen = 0;
  accecn.accecn_opt_tstamp = tp.tcp_mstamp;
  accecn.accecn_opt_sent_w_dsack = tp.rx_opt.dsack;
  if (accecn.accecn_opt_demand > 0) accecn.accecn_opt_demand--;
}
