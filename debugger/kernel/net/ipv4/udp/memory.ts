/** Receive memory of UDP sockets (net/ipv4/udp.c): taken by the sender's softirq, given back by the reader in larger pieces. */
import { ETH_P_IPV6 } from '../../../include/linux/if_ether.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { SOCK_RXQ_OVFL } from '../../../include/linux/net_tstamp.ts';
import { SOCK_SKB_CB } from '../../../include/linux/sock_skb_cb.ts';
import { PAGE_SHIFT, PAGE_SIZE, SK_MEM_RECV } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { ENOBUFS, ENOMEM } from '../../../include/uapi/asm-generic/errno.ts';
import { skb_condense } from '../../core/skbuff/coalesce.ts';
import { sk_skb_reason_drop } from '../../core/skbuff/free.ts';
import { skb_queue_splice_tail_init } from '../../core/skbuff/queue.ts';
import { __sk_mem_reduce_allocated, __sk_mem_schedule, memoryValues } from '../../core/sock/memory.ts';
import { sock_flag } from '../../core/sock/timestamping.ts';
import { skDataReady } from '../../core/sock_callbacks.ts';

const INT_MAX = 0x7fffffff;

/** Pages for `size` bytes more; the protocol's limits (udp_mem) may refuse. */
export function udp_rmem_schedule(cpu: Cpu, sk: sock, size: number): number {
  const delta = size - sk.sk_forward_alloc;
  if (delta > 0 && !__sk_mem_schedule(cpu, sk, delta, SK_MEM_RECV)) return -ENOBUFS;
  return 0;
}

/**
 * Gives back what a datagram took. `partial`: one of many was read, so small amounts wait (forward_deficit) until a quarter of the
 * receive buffer has come together or the reader queue is empty. Refills the reader queue on the way.
 */
export function udp_rmem_release(cpu: Cpu, sk: sock, bytes: number, partial: boolean): void {
  const up = sk.udp!;
  const size = bytes + up.forward_deficit;
  if (partial && size < up.forward_threshold && up.reader_queue.length > 0) {
    up.forward_deficit = size;
    return;
  }
  up.forward_deficit = 0;
  const amt = (size + sk.sk_forward_alloc - (partial ? 1 : 0)) & ~(PAGE_SIZE - 1);
  sk.sk_forward_alloc += size - amt;
  if (amt !== 0) __sk_mem_reduce_allocated(cpu, sk, amt >> PAGE_SHIFT);
  sk.sk_rmem_alloc -= size;
  skb_queue_splice_tail_init(sk.sk_receive_queue, up.reader_queue);
}

/** A datagram was taken off the reader queue. */
export function udp_skb_destructor(cpu: Cpu, sk: sock, skb: sk_buff): void {
  udp_rmem_release(cpu, sk, skb.truesize, true);
}

/** The same while the receive queue is locked as well. */
export function udp_skb_dtor_locked(cpu: Cpu, sk: sock, skb: sk_buff): void {
  udp_rmem_release(cpu, sk, skb.truesize, true);
}

/** The protocol's limits have refused the datagram. @helper */
function dropForMemory(cpu: Cpu, sk: sock, skb: sk_buff): void {
  sk_skb_reason_drop(cpu, sk, skb, 'PROTO_MEM', {
    condition: '!__sk_mem_schedule(sk, delta, SK_MEM_RECV)',
    values: { size: skb.truesize, rmem: sk.sk_rmem_alloc, forward_alloc: sk.sk_forward_alloc, ...memoryValues(sk) },
  });
  sk.sk_drops++;
  const mib = skb.protocol === ETH_P_IPV6 ? cpu.host.mib.Udp6 : cpu.host.mib.Udp;
  mib.MemErrors++;
  mib.InErrors++;
}

/**
 * Queues a datagram and tells the reader, or drops it when UDP has no memory; -ENOMEM when the receive buffer is full: then the caller drops it. One
 * datagram always fits an empty buffer. (The kernel passes it through a queue per NUMA node first, so that producers do not fight for the lock.)
 */
export function __udp_enqueue_schedule_skb(cpu: Cpu, sk: sock, skb: sk_buff): number {
  const rmem = sk.sk_rmem_alloc;
  const rcvbuf = sk.sk_rcvbuf;
  if (rmem + skb.truesize > rcvbuf && (rmem !== 0 || rcvbuf > INT_MAX >> 1)) {
    sk.sk_drops++;
    return -ENOMEM;
  }
  if (rmem > rcvbuf >> 1) skb_condense(skb);
  const size = skb.truesize;
  if (udp_rmem_schedule(cpu, sk, size) !== 0) {
    dropForMemory(cpu, sk, skb);
    return 0;
  }
  sk.sk_forward_alloc -= size;
  if (sock_flag(sk, SOCK_RXQ_OVFL)) SOCK_SKB_CB(skb).dropcount = sk.sk_drops;
  sk.sk_rmem_alloc += size;
  sk.sk_receive_queue.push(skb);
  if (!sk.sk_dead) skDataReady(cpu, sk);
  return 0;
}
