/** A socket's error queue: ICMP errors and other news for recvmsg(MSG_ERRQUEUE) (net/core/skbuff.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { SKB_EXT_ERR, SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_ICMP6, SO_EE_ORIGIN_TIMESTAMPING, SO_EE_ORIGIN_ZEROCOPY } from '../../../include/linux/errqueue.ts';
import { PACKET_OUTGOING } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { ENOMEM } from '../../../include/uapi/asm-generic/errno.ts';
import { sk_error_report } from '../sock/callbacks.ts';
import { skb_orphan } from './destructors.ts';
import { kfree_skb_reason } from './free.ts';
import { skb_queue_purge } from './queue.ts';

/** An entry of the error queue has been read: its bytes leave the receiver's account. */
export function sock_rmem_free(_cpu: Cpu, skb: sk_buff): void {
  skb.sk!.sk_rmem_alloc -= skb.truesize;
}

/** Queues an entry and tells the socket's owner (POLLERR); -ENOMEM when the receive buffer is full. */
export function sock_queue_err_skb(cpu: Cpu, sk: sock, skb: sk_buff): number {
  if (sk.sk_rmem_alloc + skb.truesize >= sk.sk_rcvbuf) return -ENOMEM;
  skb_orphan(cpu, skb);
  skb.sk = sk;
  skb.destructor = 'sock_rmem_free';
  sk.sk_rmem_alloc += skb.truesize;
  skb.pkt_type = PACKET_OUTGOING;
  sk.sk_error_queue.push(skb);
  if (!sk.sk_dead) sk_error_report(cpu, sk);
  return 0;
}

/** @helper */
export function notQueued(cpu: Cpu, sk: sock, skb: sk_buff): void {
  kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: 'sock_queue_err_skb(sk, skb)', values: { rmem: sk.sk_rmem_alloc, truesize: skb.truesize, rcvbuf: sk.sk_rcvbuf } });
}

function is_icmp_err_skb(skb: sk_buff | null): boolean {
  if (skb === null) return false;
  const origin = SKB_EXT_ERR(skb).ee.ee_origin;
  return origin === SO_EE_ORIGIN_ICMP || origin === SO_EE_ORIGIN_ICMP6;
}

/** Takes the first entry. The socket's pending error becomes that of the next one; behind the last ICMP error there is none. */
export function sock_dequeue_err_skb(cpu: Cpu, sk: sock): sk_buff | null {
  const skb = sk.sk_error_queue.shift() ?? null;
  const skb_next = sk.sk_error_queue[0] ?? null;
  const icmp_next = is_icmp_err_skb(skb_next);
  if (skb_next !== null && icmp_next) sk.sk_err = SKB_EXT_ERR(skb_next).ee.ee_errno;
  if (is_icmp_err_skb(skb) && !icmp_next) sk.sk_err = 0;
  if (skb_next !== null) sk_error_report(cpu, sk);
  return skb;
}

/** IP_RECVERR is switched off: its entries go, those of MSG_ZEROCOPY and time stamps stay. */
export function skb_errqueue_purge(cpu: Cpu, list: sk_buff[]): void {
  const kill: sk_buff[] = [];
  const kept: sk_buff[] = [];
  for (const skb of list) {
    const { ee_origin } = SKB_EXT_ERR(skb).ee;
    (ee_origin === SO_EE_ORIGIN_ZEROCOPY || ee_origin === SO_EE_ORIGIN_TIMESTAMPING ? kept : kill).push(skb);
  }
  list.length = 0;
  for (const skb of kept) list.push(skb);
  skb_queue_purge(cpu, kill);
}
