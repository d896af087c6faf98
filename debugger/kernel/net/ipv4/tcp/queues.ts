/** The write and retransmission queues as containers (include/net/tcp.h, net/ipv4/tcp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { SKB_TRUESIZE } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCPHDR_ACK, TCP_CHRONO_BUSY, TCP_NAGLE_PUSH } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB, createTcpSkbCb } from '../../../include/net/tcp_sock.ts';
import { rtxPosition, tcp_clear_all_retrans_hints, tcp_write_queue_empty } from '../../../include/net/tcp_inlines/queues.ts';
import { __kfree_skb } from '../../core/skbuff/free.ts';
import { skb_zcopy_pure } from '../../core/skbuff/zerocopy.ts';
import { sk_mem_charge, sk_mem_uncharge } from '../../core/sock.ts';
import { tcp_chrono_start, tcp_chrono_stop } from '../tcp_output/chrono.ts';
import { tcp_slow_start_after_idle_check } from '../tcp_output/idle.ts';

/** Frees an skb of the write or retransmission queue, with the memory charged for it. */
export function tcp_wmem_free_skb(cpu: Cpu, sk: sock, skb: sk_buff): void {
  sk.sk_wmem_queued -= skb.truesize;
  sk_mem_uncharge(cpu, sk, skb_zcopy_pure(skb) ? SKB_TRUESIZE(skb.head.length) : skb.truesize);
  __kfree_skb(cpu, skb);
}

export function tcp_rtx_queue_unlink(_cpu: Cpu, skb: sk_buff, sk: sock): void {
  const queue = sk.tcp_rtx_queue;
  if (queue[0] === skb) queue.shift();
  else queue.splice(rtxPosition(sk, skb), 1);
}

export function tcp_rtx_queue_unlink_and_free(cpu: Cpu, skb: sk_buff, sk: sock): void {
  tcp_rtx_queue_unlink(cpu, skb, sk);
  tcp_wmem_free_skb(cpu, sk, skb);
}

/** A new skb takes its place at the end of the write queue; its sequence number is the next to be written. */
export function tcp_skb_entail(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  skb.cb = createTcpSkbCb(tp.write_seq, tp.write_seq, TCPHDR_ACK);
  tcp_add_write_queue_tail(cpu, sk, skb);
  sk.sk_wmem_queued += skb.truesize;
  sk_mem_charge(sk, skb.truesize);
  if ((tp.nonagle & TCP_NAGLE_PUSH) !== 0) tp.nonagle &= ~TCP_NAGLE_PUSH;
  tcp_slow_start_after_idle_check(cpu, sk);
}

export function tcp_add_write_queue_tail(cpu: Cpu, sk: sock, skb: sk_buff): void {
  sk.sk_write_queue.push(skb);
  if (sk.sk_write_queue[0] === skb) tcp_chrono_start(cpu, sk, TCP_CHRONO_BUSY);
}

/** The last skb is empty after all: nothing could be copied into it. */
export function tcp_remove_empty_skb(cpu: Cpu, sk: sock): void {
  const queue = sk.sk_write_queue;
  const skb = queue[queue.length - 1];
  if (skb === undefined || TCP_SKB_CB(skb).seq !== TCP_SKB_CB(skb).end_seq) return;
  queue.pop();
  if (tcp_write_queue_empty(sk)) tcp_chrono_stop(cpu, sk, TCP_CHRONO_BUSY);
  tcp_wmem_free_skb(cpu, sk, skb);
}

/** All that was written goes, sent or not. */
export function tcp_write_queue_purge(cpu: Cpu, sk: sock): void {
  tcp_chrono_stop(cpu, sk, TCP_CHRONO_BUSY);
  const queue = sk.sk_write_queue;
  while (queue.length > 0) tcp_wmem_free_skb(cpu, sk, queue.shift()!);
  tcp_rtx_queue_purge(cpu, sk);
  tcp_clear_all_retrans_hints(sk.tcp!);
  sk.tcp!.packets_out = 0;
  sk.icsk!.icsk_backoff = 0;
}

export function tcp_rtx_queue_purge(cpu: Cpu, sk: sock): void {
  sk.tcp!.highest_sack = null;
  const queue = sk.tcp_rtx_queue;
  while (queue.length > 0) tcp_wmem_free_skb(cpu, sk, queue.shift()!);
}
