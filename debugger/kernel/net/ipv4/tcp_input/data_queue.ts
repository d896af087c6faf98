/** Data that arrived (net/ipv4/tcp_input.c). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { tcp_hdrlen } from '../../../include/linux/tcp.ts';
import type { sock } from '../../../include/net/sock.ts';
import { ICSK_ACK_NOMEM, ICSK_ACK_NOW, TCPHDR_FIN, TCP_MAX_QUICKACKS, after, before } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { inet_csk_schedule_ack } from '../../../include/net/inet_connection_sock.ts';
import { tcp_epollin_ready, tcp_fast_path_check } from '../../../include/net/tcp_inlines/receive_path.ts';
import { tcp_receive_window } from '../../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { __kfree_skb, kfree_skb_partial } from '../../core/skbuff/free.ts';
import { memoryValues } from '../../core/sock/memory.ts';
import { sk_forced_mem_schedule, skDataReady, skb_set_owner_r } from '../../core/sock.ts';
import { tcp_event_data_recv } from './data_recv.ts';
import { segmentValues, tcp_drop_reason } from './drop.ts';
import { tcp_fin } from './fin.ts';
import { tcp_data_queue_ofo, tcp_ofo_queue, tcp_rcv_nxt_update, tcp_try_coalesce } from './ofo.ts';
import type { Coalesced } from './ofo.ts';
import { tcp_try_rmem_schedule } from './prune.ts';
import { tcp_enter_quickack_mode } from './rcv_mss.ts';
import { tcp_dsack_set, tcp_rcv_spurious_retrans, tcp_sack_remove } from './selective_acks.ts';

/** To the end of the receive queue; joined to the last segment where that is possible. */
export function tcp_queue_rcv(cpu: Cpu, sk: sock, skb: sk_buff): Coalesced | null {
  spend(cpu, cpu.costs.tcp_data_queue);
  const queue = sk.sk_receive_queue;
  const eaten = queue.length > 0 ? tcp_try_coalesce(cpu, sk, queue[queue.length - 1]!, skb) : null;
  tcp_rcv_nxt_update(cpu, sk.tcp!, TCP_SKB_CB(skb).end_seq);
  if (eaten === null) {
    queue.push(skb);
    skb_set_owner_r(cpu, skb, sk);
  }
  return eaten;
}

/** Wakes the reader when there is as much as it asked for. */
export function tcp_data_ready(cpu: Cpu, sk: sock): void {
  if (tcp_epollin_ready(sk, sk.sk_rcvlowat) || sk.sk_done) skDataReady(cpu, sk);
}

/** The segment's next bytes are expected. @helper */
function queueInOrder(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  const ack = sk.icsk!.icsk_ack;
  if (tcp_try_rmem_schedule(cpu, sk, skb, skb.truesize) !== 0) {
    ack.pending |= ICSK_ACK_NOMEM | ICSK_ACK_NOW;
    inet_csk_schedule_ack(sk.icsk!);
    skDataReady(cpu, sk);
    if (sk.sk_receive_queue.length > 0 && skb.len > 0) {
      NET_INC_STATS(cpu, 'TCPRcvQDrop');
      tcp_drop_reason(cpu, sk, skb, 'PROTO_MEM', 'tcp_try_rmem_schedule(sk, skb, skb->truesize)', {
        truesize: skb.truesize, sk_rmem_alloc: sk.sk_rmem_alloc, sk_rcvbuf: sk.sk_rcvbuf, ...memoryValues(sk),
      });
      return;
    }
    sk_forced_mem_schedule(cpu, sk, skb.truesize);
  }
  const fin = (TCP_SKB_CB(skb).tcp_flags & TCPHDR_FIN) !== 0;
  const eaten = tcp_queue_rcv(cpu, sk, skb);
  if (skb.len > 0) tcp_event_data_recv(cpu, sk, skb);
  if (fin) tcp_fin(cpu, sk);
  if (tp.out_of_order_queue.length > 0) {
    tcp_ofo_queue(cpu, sk);
    if (tp.out_of_order_queue.length === 0) ack.pending |= ICSK_ACK_NOW;
  }
  if (tp.rx_opt.num_sacks !== 0) tcp_sack_remove(cpu, tp);
  tcp_fast_path_check(sk);
  if (eaten !== null) kfree_skb_partial(cpu, skb, eaten.stolen);
  if (!sk.sk_dead) tcp_data_ready(cpu, sk);
}

/** Nothing of it can be used, and the sender should know at once. @helper */
function outOfWindow(cpu: Cpu, sk: sock, skb: sk_buff, reason: 'TCP_ZEROWINDOW' | 'TCP_OLD_DATA' | 'TCP_OVERWINDOW', condition: string): void {
  tcp_enter_quickack_mode(cpu, sk, TCP_MAX_QUICKACKS);
  inet_csk_schedule_ack(sk.icsk!);
  tcp_drop_reason(cpu, sk, skb, reason, condition, segmentValues(sk, skb));
}

/** To the receive queue, to the out-of-order queue, or away. */
export function tcp_data_queue(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  if (tcb.seq === tcb.end_seq) {
    __kfree_skb(cpu, skb);
    return;
  }
  const hdrlen = tcp_hdrlen(skb);
  skb.dst = null;
  skb.len -= hdrlen;
  skb.data += hdrlen;
  tp.rx_opt.dsack = false;
  if (tcb.seq === tp.rcv_nxt) {
    if (tcp_receive_window(tp) === 0 && !(skb.len === 0 && (tcb.tcp_flags & TCPHDR_FIN) !== 0)) {
      NET_INC_STATS(cpu, 'TCPZeroWindowDrop');
      outOfWindow(cpu, sk, skb, 'TCP_ZEROWINDOW', 'tcp_receive_window(tp) == 0');
      return;
    }
    queueInOrder(cpu, sk, skb);
    return;
  }
  if (!after(tcb.end_seq, tp.rcv_nxt)) {
    tcp_rcv_spurious_retrans(cpu, sk, skb);
    NET_INC_STATS(cpu, 'DelayedACKLost');
    tcp_dsack_set(cpu, sk, tcb.seq, tcb.end_seq);
    outOfWindow(cpu, sk, skb, 'TCP_OLD_DATA', '!after(end_seq, tp->rcv_nxt)');
    return;
  }
  if (!before(tcb.seq, (tp.rcv_nxt + tcp_receive_window(tp)) >>> 0)) {
    NET_INC_STATS(cpu, 'BeyondWindow');
    outOfWindow(cpu, sk, skb, 'TCP_OVERWINDOW', '!before(seq, tp->rcv_nxt + tcp_receive_window(tp))');
    return;
  }
  if (before(tcb.seq, tp.rcv_nxt)) {
    tcp_dsack_set(cpu, sk, tcb.seq, tp.rcv_nxt);
    if (tcp_receive_window(tp) === 0) {
      NET_INC_STATS(cpu, 'TCPZeroWindowDrop');
      outOfWindow(cpu, sk, skb, 'TCP_ZEROWINDOW', 'tcp_receive_window(tp) == 0');
      return;
    }
    queueInOrder(cpu, sk, skb);
    return;
  }
  tcp_data_queue_ofo(cpu, sk, skb);
}
