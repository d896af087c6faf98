/** Selective acknowledgements of what this side sent (RFC 2018, 2883; net/ipv4/tcp_input.c). */
import { get_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  FLAG_DSACKING_ACK, FLAG_DSACK_TLP, TCPOLEN_SACK_BASE, TCP_CA_Loss, TCP_DSACK_SEEN, TCP_FRAG_IN_RTX_QUEUE, TCP_NUM_SACKS, after, before,
} from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { tcp_sack_block, tcp_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_skb_timestamp_us } from '../../../include/net/tcp_inlines/clock.ts';
import {
  rtxPosition, seqPosition, tcp_advance_highest_sack, tcp_highest_sack_seq, tcp_skb_mss, tcp_skb_pcount,
} from '../../../include/net/tcp_inlines/queues.ts';
import { NET_ADD_STATS, NET_INC_STATS } from '../../../include/net/snmp.ts';
import { tcp_fragment } from '../tcp_output/fragment.ts';
import { tcp_current_mss } from '../tcp_output/mss.ts';
import { tcp_rate_skb_delivered } from '../tcp_rate.ts';
import { tcp_sacktag_one } from './sack_one.ts';
import { tcp_shift_skb_data } from './sack_shift.ts';
import type { tcp_sacktag_state } from './sack_state.ts';

/** A segment was delivered before ones sent earlier: the network reorders by so many segments. */
export function tcp_check_sack_reordering(cpu: Cpu, sk: sock, low_seq: number, ts: boolean): void {
  const tp = sk.tcp!;
  const fack = tcp_highest_sack_seq(tp);
  if (!before(low_seq, fack)) return;
  const metric = (fack - low_seq) >>> 0;
  const mss = tp.mss_cache;
  if (metric > tp.reordering * mss && mss !== 0) tp.reordering = Math.min(Math.floor((metric + mss - 1) / mss), cpu.host.knobs.sysctl_tcp_max_reordering!);
  tp.reord_seen++;
  NET_INC_STATS(cpu, ts ? 'TCPTSReorder' : 'TCPSACKReorder');
}

/** A block makes sense: it lies in what is outstanding, or (DSACK) not too far before. */
function tcp_is_sackblock_valid(_cpu: Cpu, tp: tcp_sock, is_dsack: boolean, start_seq: number, end_seq: number): boolean {
  if (after(end_seq, tp.snd_nxt) || !before(start_seq, end_seq)) return false;
  if (!before(start_seq, tp.snd_nxt)) return false;
  if (after(start_seq, tp.snd_una)) return true;
  if (!is_dsack || tp.undo_marker === 0) return false;
  if (after(end_seq, tp.snd_una)) return false;
  if (!before(start_seq, tp.undo_marker)) return true;
  if (!after(end_seq, tp.undo_marker)) return false;
  return !before(start_seq, (end_seq - tp.max_window) >>> 0);
}

/** Counts what a DSACK says arrived twice; 0 when it cannot be true. */
function tcp_dsack_seen(_cpu: Cpu, tp: tcp_sock, start_seq: number, end_seq: number, state: tcp_sacktag_state): number {
  let dup_segs = 1;
  if (!before(start_seq, end_seq)) return 0;
  const seq_len = (end_seq - start_seq) >>> 0;
  if (seq_len > tp.max_window) return 0;
  if (seq_len > tp.mss_cache) dup_segs = Math.floor((seq_len + tp.mss_cache - 1) / tp.mss_cache);
  else if (tp.tlp_high_seq !== 0 && tp.tlp_high_seq === end_seq) state.flag |= FLAG_DSACK_TLP;
  tp.dsack_dups += dup_segs;
  if (tp.dsack_dups > tp.total_retrans) return 0;
  tp.rx_opt.sack_ok |= TCP_DSACK_SEEN;
  if (tp.reord_seen !== 0 && (state.flag & FLAG_DSACK_TLP) === 0) tp.rack.dsack_seen = true;
  state.flag |= FLAG_DSACKING_ACK;
  state.sack_delivered += dup_segs;
  return dup_segs;
}

/** The first block may tell of a duplicate: it lies below the ACK, or inside the second. */
function tcp_check_dsack(cpu: Cpu, sk: sock, ack_skb: sk_buff, sp: readonly tcp_sack_block[], num_sacks: number, prior_snd_una: number, state: tcp_sacktag_state): boolean {
  const tp = sk.tcp!;
  const first = sp[0]!;
  if (before(first.start_seq, TCP_SKB_CB(ack_skb).ack_seq)) {
    NET_INC_STATS(cpu, 'TCPDSACKRecv');
  } else {
    if (num_sacks <= 1 || after(first.end_seq, sp[1]!.end_seq) || before(first.start_seq, sp[1]!.start_seq)) return false;
    NET_INC_STATS(cpu, 'TCPDSACKOfoRecv');
  }
  const dup_segs = tcp_dsack_seen(cpu, tp, first.start_seq, first.end_seq, state);
  if (dup_segs === 0) {
    NET_INC_STATS(cpu, 'TCPDSACKIgnoredDubious');
    return false;
  }
  NET_ADD_STATS(cpu, 'TCPDSACKRecvSegs', dup_segs);
  if (tp.undo_marker !== 0 && tp.undo_retrans > 0 && !after(first.end_seq, prior_snd_una) && after(first.end_seq, tp.undo_marker)) {
    tp.undo_retrans = Math.max(0, tp.undo_retrans - dup_segs);
  }
  return true;
}

/** 1: the block covers the skb (cut off, where it covers a part); 0: it does not; < 0: cutting failed. */
export function tcp_match_skb_to_sack(cpu: Cpu, sk: sock, skb: sk_buff, start_seq: number, end_seq: number): number {
  const tcb = TCP_SKB_CB(skb);
  let in_sack = !after(start_seq, tcb.seq) && !before(end_seq, tcb.end_seq);
  if (tcp_skb_pcount(skb) <= 1 || in_sack || !after(tcb.end_seq, start_seq)) return in_sack ? 1 : 0;
  const mss = tcp_skb_mss(skb);
  in_sack = !after(start_seq, tcb.seq);
  let pkt_len = in_sack ? (end_seq - tcb.seq) >>> 0 : (start_seq - tcb.seq) >>> 0;
  if (pkt_len < mss) {
    if (in_sack) return -22;
    pkt_len = mss;
  }
  if (pkt_len > mss) {
    let new_len = Math.floor(pkt_len / mss) * mss;
    if (!in_sack && new_len < pkt_len) new_len += mss;
    pkt_len = new_len;
  }
  if (pkt_len >= skb.len && !in_sack) return 0;
  const err = tcp_fragment(cpu, sk, TCP_FRAG_IN_RTX_QUEUE, skb, pkt_len, mss);
  if (err < 0) return err;
  return in_sack ? 1 : 0;
}

/** Tags what a block covers, from position `at` of the queue on. Answers the position where it stopped. */
function tcp_sacktag_walk(cpu: Cpu, at_: number, sk: sock, next_dup: tcp_sack_block | null, state: tcp_sacktag_state, start_seq: number, end_seq: number, dup_sack_in: boolean): number {
  const tp = sk.tcp!;
  const queue = sk.tcp_rtx_queue;
  let at = at_;
  while (at < queue.length) {
    const skb = queue[at]!;
    const tcb = TCP_SKB_CB(skb);
    let in_sack = 0;
    let dup_sack = dup_sack_in;
    if (!before(tcb.seq, end_seq)) break;
    if (next_dup !== null && before(tcb.seq, next_dup.end_seq)) {
      in_sack = tcp_match_skb_to_sack(cpu, sk, skb, next_dup.start_seq, next_dup.end_seq);
      if (in_sack > 0) dup_sack = true;
    }
    if (in_sack <= 0) {
      const merged = tcp_shift_skb_data(cpu, sk, skb, state, start_seq, end_seq, dup_sack);
      if (merged !== null && merged !== skb) {
        at = rtxPosition(sk, merged);
        if (queue[at] === merged) at++;
        continue;
      }
      in_sack = merged === null ? tcp_match_skb_to_sack(cpu, sk, skb, start_seq, end_seq) : 0;
    }
    if (in_sack < 0) break;
    if (in_sack > 0) {
      tcb.sacked = tcp_sacktag_one(cpu, sk, state, tcb.sacked, tcb.seq, tcb.end_seq, dup_sack, tcp_skb_pcount(skb), tcp_skb_timestamp_us(skb));
      tcp_rate_skb_delivered(cpu, sk, skb, state.rate);
      if (!before(tcb.seq, tcp_highest_sack_seq(tp))) tcp_advance_highest_sack(sk, skb);
    }
    at++;
  }
  return at;
}

/** Position to go on from: not before `at`. */
function tcp_sacktag_skip(_cpu: Cpu, at: number, sk: sock, skip_to_seq: number): number {
  return Math.max(at, seqPosition(sk.tcp_rtx_queue, skip_to_seq));
}

function tcp_maybe_skipping_dsack(cpu: Cpu, at: number, sk: sock, next_dup: tcp_sack_block | null, state: tcp_sacktag_state, skip_to_seq: number): number {
  if (next_dup === null || !before(next_dup.start_seq, skip_to_seq)) return at;
  const from = tcp_sacktag_skip(cpu, at, sk, next_dup.start_seq);
  return tcp_sacktag_walk(cpu, from, sk, null, state, next_dup.start_seq, next_dup.end_seq, true);
}

/** The valid blocks of the option, ascending; `dup` is the place of the DSACK among them, -1 none. @helper */
function readBlocks(cpu: Cpu, sk: sock, ack_skb: sk_buff, wire: readonly tcp_sack_block[], found_dup_sack: boolean, prior_snd_una: number): { sp: tcp_sack_block[]; dup: number } {
  const tp = sk.tcp!;
  const sp: tcp_sack_block[] = [];
  let dup: tcp_sack_block | null = null;
  for (let i = 0; i < wire.length; i++) {
    const block = wire[i]!;
    const dup_sack = i === 0 && found_dup_sack;
    if (!tcp_is_sackblock_valid(cpu, tp, dup_sack, block.start_seq, block.end_seq)) {
      if (dup_sack) NET_INC_STATS(cpu, tp.undo_marker === 0 ? 'TCPDSACKIgnoredNoUndo' : 'TCPDSACKIgnoredOld');
      else if (TCP_SKB_CB(ack_skb).ack_seq !== tp.snd_una && !after(block.end_seq, tp.snd_una)) continue;
      else NET_INC_STATS(cpu, 'TCPSACKDiscard');
      continue;
    }
    if (!after(block.end_seq, prior_snd_una)) continue;
    if (dup_sack) dup = block;
    sp.push(block);
  }
  for (let i = sp.length - 1; i > 0; i--) {
    for (let j = 0; j < i; j++) {
      if (!after(sp[j]!.start_seq, sp[j + 1]!.start_seq)) continue;
      const swap = sp[j]!;
      sp[j] = sp[j + 1]!;
      sp[j + 1] = swap;
    }
  }
  return { sp, dup: dup === null ? -1 : sp.indexOf(dup) };
}

/** @helper Blocks on the wire. */
function wireBlocks(ack_skb: sk_buff): tcp_sack_block[] {
  const at = ack_skb.transport_header + TCP_SKB_CB(ack_skb).sacked;
  const head = ack_skb.head;
  const count = Math.min(TCP_NUM_SACKS, (head[at + 1]! - TCPOLEN_SACK_BASE) >> 3);
  const blocks: tcp_sack_block[] = [];
  for (let i = 0; i < count; i++) blocks.push({ start_seq: get_unaligned_be32(head, at + 2 + 8 * i), end_seq: get_unaligned_be32(head, at + 6 + 8 * i) });
  return blocks;
}

/** Brings the SACK blocks of an ACK to the retransmission queue. Answers FLAG_*. */
export function tcp_sacktag_write_queue(cpu: Cpu, sk: sock, ack_skb: sk_buff, prior_snd_una: number, state: tcp_sacktag_state): number {
  const tp = sk.tcp!;
  state.flag = 0;
  state.reord = tp.snd_nxt;
  if (tp.sacked_out === 0) tp.highest_sack = sk.tcp_rtx_queue[0] ?? null;
  const wire = wireBlocks(ack_skb);
  const found_dup_sack = wire.length > 0 && tcp_check_dsack(cpu, sk, ack_skb, wire, wire.length, prior_snd_una, state);
  if (before(TCP_SKB_CB(ack_skb).ack_seq, (prior_snd_una - tp.max_window) >>> 0)) return 0;
  if (tp.packets_out !== 0) tagBlocks(cpu, sk, readBlocks(cpu, sk, ack_skb, wire, found_dup_sack, prior_snd_una), state);
  if (tp.packets_out !== 0 && (sk.icsk!.icsk_ca_state !== TCP_CA_Loss || tp.undo_marker !== 0)) tcp_check_sack_reordering(cpu, sk, state.reord, false);
  return state.flag;
}

/** The blocks one by one; what an earlier ACK brought of them already is skipped. @helper */
function tagBlocks(cpu: Cpu, sk: sock, blocks: { sp: tcp_sack_block[]; dup: number }, state: tcp_sacktag_state): void {
  const tp = sk.tcp!;
  const sp = blocks.sp;
  const old_cache = tp.recv_sack_cache;
  state.mss_now = tcp_current_mss(cpu, sk);
  let at = 0;
  let i = 0;
  let cache = tp.sacked_out === 0 ? old_cache.length : 0;
  while (cache < old_cache.length && old_cache[cache]!.start_seq === 0 && old_cache[cache]!.end_seq === 0) cache++;
  while (i < sp.length) {
    const start_seq = sp[i]!.start_seq;
    const end_seq = sp[i]!.end_seq;
    const dup_sack = blocks.dup === i;
    const next_dup = blocks.dup === i + 1 ? sp[i + 1]! : null;
    while (cache < old_cache.length && !before(start_seq, old_cache[cache]!.end_seq)) cache++;
    if (cache < old_cache.length && !dup_sack && after(end_seq, old_cache[cache]!.start_seq)) {
      const known = old_cache[cache]!;
      if (before(start_seq, known.start_seq)) {
        at = tcp_sacktag_skip(cpu, at, sk, start_seq);
        at = tcp_sacktag_walk(cpu, at, sk, next_dup, state, start_seq, known.start_seq, dup_sack);
      }
      if (!after(end_seq, known.end_seq)) {
        at = tcp_maybe_skipping_dsack(cpu, at, sk, next_dup, state, known.end_seq);
        i++;
        continue;
      }
      at = tcp_maybe_skipping_dsack(cpu, at, sk, next_dup, state, known.end_seq);
      if (tcp_highest_sack_seq(tp) === known.end_seq) {
        if (tp.highest_sack === null) break;
        at = rtxPosition(sk, tp.highest_sack);
        cache++;
      } else {
        at = tcp_sacktag_skip(cpu, at, sk, known.end_seq);
        cache++;
        continue;
      }
    } else if (!before(start_seq, tcp_highest_sack_seq(tp))) {
      if (tp.highest_sack === null) break;
      at = rtxPosition(sk, tp.highest_sack);
    }
    at = tcp_sacktag_skip(cpu, at, sk, start_seq);
    at = tcp_sacktag_walk(cpu, at, sk, next_dup, state, start_seq, end_seq, dup_sack);
    i++;
  }
  for (let j = 0; j < old_cache.length; j++) {
    const from = sp[j - (old_cache.length - sp.length)];
    old_cache[j]!.start_seq = from === undefined ? 0 : from.start_seq;
    old_cache[j]!.end_seq = from === undefined ? 0 : from.end_seq;
  }
}
