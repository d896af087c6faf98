/** The SACK blocks that this side reports (RFC 2018, 2883; net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCP_MAX_QUICKACKS, TCP_NUM_SACKS, after, before } from '../../../include/net/tcp.ts';
import { TCP_ACCECN_OPT_FAIL_SEND, tcp_accecn_fail_mode_set, tcp_ecn_mode_accecn } from '../../../include/net/tcp_ecn.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { tcp_sack_block, tcp_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_is_sack } from '../../../include/net/tcp_inlines/congestion.ts';
import { NET_ADD_STATS, NET_INC_STATS } from '../../../include/net/snmp.ts';
import { hrtimer_cancel } from '../../../kernel/time/hrtimer.ts';
import { __sock_put } from '../../core/sock.ts';
import { tcp_send_ack } from '../tcp_output/ack.ts';
import { tcp_enter_quickack_mode } from './rcv_mss.ts';

/** Enough blocks for a good answer: a fourth one may be lost without harm. */
const TCP_SACK_BLOCKS_EXPECTED = 2;

/** The block takes up a range that touches it. */
function tcp_sack_extend(_cpu: Cpu, sp: tcp_sack_block, seq: number, end_seq: number): boolean {
  if (after(seq, sp.end_seq) || after(sp.start_seq, end_seq)) return false;
  if (before(seq, sp.start_seq)) sp.start_seq = seq;
  if (after(end_seq, sp.end_seq)) sp.end_seq = end_seq;
  return true;
}

/** The next ACK reports that this range came twice. */
export function tcp_dsack_set(cpu: Cpu, sk: sock, seq: number, end_seq: number): void {
  const tp = sk.tcp!;
  if (!tcp_is_sack(tp) || cpu.host.knobs.sysctl_tcp_dsack! === 0) return;
  NET_INC_STATS(cpu, before(seq, tp.rcv_nxt) ? 'TCPDSACKOldSent' : 'TCPDSACKOfoSent');
  tp.rx_opt.dsack = true;
  tp.duplicate_sack[0]!.start_seq = seq;
  tp.duplicate_sack[0]!.end_seq = end_seq;
}

export function tcp_dsack_extend(cpu: Cpu, sk: sock, seq: number, end_seq: number): void {
  const tp = sk.tcp!;
  if (!tp.rx_opt.dsack) tcp_dsack_set(cpu, sk, seq, end_seq);
  else tcp_sack_extend(cpu, tp.duplicate_sack[0]!, seq, end_seq);
}

/** Data that came before come again. When the ACK that told so with a D-SACK bore AccECN's option, something drops ACKs with it: no more of them. */
export function tcp_rcv_spurious_retrans(_cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  if (!tcp_ecn_mode_accecn(tp) || !tp.accecn.accecn_opt_sent_w_dsack) return;
  if (TCP_SKB_CB(skb).seq === tp.duplicate_sack[0]!.start_seq) tcp_accecn_fail_mode_set(tp, TCP_ACCECN_OPT_FAIL_SEND);
}

/** A segment outside of the window is answered: its sender has missed something. */
export function tcp_send_dupack(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  if (tcb.end_seq !== tcb.seq && before(tcb.seq, tp.rcv_nxt)) {
    NET_INC_STATS(cpu, 'DelayedACKLost');
    tcp_enter_quickack_mode(cpu, sk, TCP_MAX_QUICKACKS);
    if (tcp_is_sack(tp) && cpu.host.knobs.sysctl_tcp_dsack! !== 0) {
      tcp_rcv_spurious_retrans(cpu, sk, skb);
      tcp_dsack_set(cpu, sk, tcb.seq, after(tcb.end_seq, tp.rcv_nxt) ? tp.rcv_nxt : tcb.end_seq);
    }
  }
  tcp_send_ack(cpu, sk);
}

/** The first block may have grown into others. */
function tcp_sack_maybe_coalesce(cpu: Cpu, tp: tcp_sock): void {
  const sp = tp.selective_acks;
  for (let i = 1; i < tp.rx_opt.num_sacks; ) {
    if (!tcp_sack_extend(cpu, sp[0]!, sp[i]!.start_seq, sp[i]!.end_seq)) {
      i++;
      continue;
    }
    tp.rx_opt.num_sacks--;
    for (let j = i; j < tp.rx_opt.num_sacks; j++) copyBlock(sp[j]!, sp[j + 1]!);
  }
}

/** @helper */
function copyBlock(to: tcp_sack_block, from: tcp_sack_block): void {
  to.start_seq = from.start_seq;
  to.end_seq = from.end_seq;
}

/** ACKs that were held back go as one, now. */
export function tcp_sack_compress_send_ack(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  if (tp.compressed_ack === 0) return;
  if (hrtimer_cancel(cpu, tp.compressed_ack_timer)) __sock_put(sk);
  NET_ADD_STATS(cpu, 'TCPAckCompressed', tp.compressed_ack - 1);
  tp.compressed_ack = 0;
  tcp_send_ack(cpu, sk);
}

/** A segment out of order: its block becomes the first. */
export function tcp_sack_new_ofo_skb(cpu: Cpu, sk: sock, seq: number, end_seq: number): void {
  const tp = sk.tcp!;
  const sp = tp.selective_acks;
  const cur_sacks = tp.rx_opt.num_sacks;
  for (let i = 0; i < cur_sacks; i++) {
    if (!tcp_sack_extend(cpu, sp[i]!, seq, end_seq)) continue;
    if (i >= TCP_SACK_BLOCKS_EXPECTED) tcp_sack_compress_send_ack(cpu, sk);
    const block = sp[i]!;
    for (let j = i; j > 0; j--) sp[j] = sp[j - 1]!;
    sp[0] = block;
    if (cur_sacks > 1) tcp_sack_maybe_coalesce(cpu, tp);
    return;
  }
  if (cur_sacks >= TCP_SACK_BLOCKS_EXPECTED) tcp_sack_compress_send_ack(cpu, sk);
  const last = Math.min(cur_sacks, TCP_NUM_SACKS - 1);
  for (let j = last; j > 0; j--) copyBlock(sp[j]!, sp[j - 1]!);
  sp[0]!.start_seq = seq;
  sp[0]!.end_seq = end_seq;
  tp.rx_opt.num_sacks = last + 1;
}

/** rcv_nxt has passed blocks: they are no news any more. */
export function tcp_sack_remove(_cpu: Cpu, tp: tcp_sock): void {
  const sp = tp.selective_acks;
  if (tp.out_of_order_queue.length === 0) {
    tp.rx_opt.num_sacks = 0;
    return;
  }
  let kept = 0;
  for (let i = 0; i < tp.rx_opt.num_sacks; i++) {
    if (!before(tp.rcv_nxt, sp[i]!.start_seq)) continue;
    if (kept !== i) copyBlock(sp[kept]!, sp[i]!);
    kept++;
  }
  tp.rx_opt.num_sacks = kept;
}
