/** What conntrack reads of TCP's options (net/netfilter/nf_conntrack_proto_tcp.c). */
import { get_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { IP_CT_TCP_FLAG_BE_LIBERAL, IP_CT_TCP_FLAG_SACK_PERM, IP_CT_TCP_FLAG_WINDOW_SCALE } from '../../../include/net/netfilter/nf_conntrack_tcp.ts';
import type { ip_ct_tcp_state } from '../../../include/net/netfilter/nf_conntrack_tcp.ts';
import { TCP_MAX_WSCALE, after } from '../../../include/net/tcp.ts';

const TCPOPT_EOL = 0;
const TCPOPT_NOP = 1;
const TCPOPT_WINDOW = 3;
const TCPOPT_SACK_PERM = 4;
const TCPOPT_SACK = 5;

/** Where the option of a kind begins; -1: there is none, or the options are broken before it. @helper */
function findOption(options: Uint8Array, kind: number): number {
  let at = 0;
  while (at < options.length) {
    const opcode = options[at]!;
    if (opcode === TCPOPT_EOL) return -1;
    if (opcode === TCPOPT_NOP) {
      at++;
      continue;
    }
    const opsize = options[at + 1] ?? 0;
    if (opsize < 2 || at + opsize > options.length) return -1;
    if (opcode === kind) return at;
    at += opsize;
  }
  return -1;
}

/** A SYN's promises: window scale, and that SACK may be used. */
export function tcp_options(options: Uint8Array, state: ip_ct_tcp_state): void {
  if (options.length === 0) return;
  state.td_scale = 0;
  state.flags &= IP_CT_TCP_FLAG_BE_LIBERAL;
  const sack = findOption(options, TCPOPT_SACK_PERM);
  if (sack >= 0 && options[sack + 1] === 2) state.flags |= IP_CT_TCP_FLAG_SACK_PERM;
  const scale = findOption(options, TCPOPT_WINDOW);
  if (scale < 0 || options[scale + 1] !== 3) return;
  state.td_scale = Math.min(options[scale + 2]!, TCP_MAX_WSCALE);
  state.flags |= IP_CT_TCP_FLAG_WINDOW_SCALE;
}

/** The highest byte that SACK blocks speak of, or `ack`. */
export function tcp_sack(options: Uint8Array, ack: number): number {
  const at = findOption(options, TCPOPT_SACK);
  if (at < 0) return ack;
  const opsize = options[at + 1]!;
  if (opsize < 10 || (opsize - 2) % 8 !== 0) return ack;
  let sack = ack;
  for (let i = at + 2; i < at + opsize; i += 8) {
    const end = get_unaligned_be32(options, i + 4);
    if (after(end, sack)) sack = end;
  }
  return sack;
}
