/** Into the socket. */

import { spend } from '../world/spend.ts';
import type { Cpu, Sock, sk_buff } from '../world/types.ts';
import { kfree_skb } from './skbuff.ts';

export function icmp_rcv(cpu: Cpu, skb: sk_buff): number {
  kfree_skb(cpu, skb);
  return 0;
}

export function udp_rcv(cpu: Cpu, skb: sk_buff): number {
  const port = skb.data[37]!;
  const sk = cpu.world.socks.find((candidate) => is_bound(cpu, candidate, port));
  if (!sk) {
    kfree_skb(cpu, skb);
    return 1;
  }
  spend(cpu, 60);
  return sock_queue_rcv_skb(cpu, sk, skb);
}

/** @helper */
export function is_bound(_cpu: Cpu, sk: Sock, port: number): boolean {
  return sk.port === port;
}

export function sock_queue_rcv_skb(cpu: Cpu, sk: Sock, skb: sk_buff): number {
  if (sk.sk_rmem_alloc + skb.len > sk.sk_rcvbuf) {
    sk.sk_drops++;
    kfree_skb(cpu, skb);
    return -12;
  }
  skb.sk = sk;
  sk.sk_rmem_alloc += skb.len;
  sk.sk_receive_queue.push(skb);
  sock_def_readable(cpu, sk);
  return 0;
}

export function sock_def_readable(cpu: Cpu, sk: Sock): void {
  const task = sk.waiter;
  if (task === null) return;
  sk.waiter = null;
  task.runnable = true;
  spend(cpu, 25);
}
