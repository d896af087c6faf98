/** Packets charged to their sender or receiver, and waiting for room to send (net/core/sock.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { TASK_INTERRUPTIBLE } from '../../../include/linux/sched.ts';
import type { Lineage, sk_buff } from '../../../include/linux/skbuff.ts';
import { SEND_SHUTDOWN } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { SOCK_NOSPACE } from '../../../include/net/tcp.ts';
import { EAGAIN, EPIPE } from '../../../include/uapi/asm-generic/errno.ts';
import { finish_wait, init_wait, prepare_to_wait } from '../../../kernel/sched/wait.ts';
import { schedule_timeout } from '../../../kernel/time/sleep_timeout.ts';
import { alloc_skb_with_frags } from '../skbuff/alloc.ts';
import { skb_orphan } from '../skbuff/destructors.ts';
import { skWriteSpace } from '../sock_callbacks.ts';
import { waitFor } from '../wait_reason.ts';
import { __sk_free } from './create.ts';
import { sock_def_write_space_wfree } from './callbacks.ts';
import { sk_mem_charge, sk_mem_uncharge } from './memory.ts';
import { sock_error, sock_sndtimeo } from './options.ts';

/** @helper sk_wmem_alloc counts one for the socket itself. */
export function sk_wmem_alloc_get(sk: sock): number {
  return sk.sk_wmem_alloc - 1;
}

/** @helper Whether less than half of the send buffer is in use. */
export function sock_writeable(sk: sock): boolean {
  return sk.sk_wmem_alloc < sk.sk_sndbuf >> 1;
}

/**
 * The device has sent the packet: its bytes leave the sender's account, and whoever waits for room may be woken. Nobody waits on the
 * kernel's own sockets (SOCK_USE_WRITE_QUEUE).
 */
export function sock_wfree(cpu: Cpu, skb: sk_buff): void {
  const sk = skb.sk!;
  const len = skb.truesize;
  if (sk.sk_prot === 'RAW') sk.sk_wmem_alloc -= len;
  else if (sk.udp !== null && sk.sk_write_space === 'sock_def_write_space') {
    sk.sk_wmem_alloc -= len;
    sock_def_write_space_wfree(cpu, sk);
  } else {
    sk.sk_wmem_alloc -= len - 1;
    skWriteSpace(cpu, sk);
    sk.sk_wmem_alloc--;
  }
  if (sk.sk_wmem_alloc === 0) __sk_free(cpu, sk);
}

/** For packets whose sender does not wait (pure ACKs of TCP). */
export function __sock_wfree(cpu: Cpu, skb: sk_buff): void {
  const sk = skb.sk!;
  sk.sk_wmem_alloc -= skb.truesize;
  if (sk.sk_wmem_alloc === 0) __sk_free(cpu, sk);
}

/** The packet is charged to its sender until it is freed. */
export function skb_set_owner_w(cpu: Cpu, skb: sk_buff, sk: sock): void {
  skb_orphan(cpu, skb);
  skb.sk = sk;
  skb.destructor = 'sock_wfree';
  skb_set_hash_from_sk(skb, sk);
  sk.sk_wmem_alloc += skb.truesize;
}

/** @helper */
export function skb_set_hash_from_sk(skb: sk_buff, sk: sock): void {
  if (sk.sk_txhash === 0) return;
  skb.l4_hash = true;
  skb.hash = sk.sk_txhash;
}

/** Read or dropped: its bytes leave the receiver's account. */
export function sock_rfree(cpu: Cpu, skb: sk_buff): void {
  const sk = skb.sk!;
  const len = skb.truesize;
  sk.sk_rmem_alloc -= len;
  sk_mem_uncharge(cpu, sk, len);
}

/** The packet is charged to its receiver until it is freed. */
export function skb_set_owner_r(cpu: Cpu, skb: sk_buff, sk: sock): void {
  skb_orphan(cpu, skb);
  skb.sk = sk;
  skb.destructor = 'sock_rfree';
  sk.sk_rmem_alloc += skb.truesize;
  sk_mem_charge(sk, skb.truesize);
}

/** Early demultiplexing held the socket. */
export function sock_efree(_cpu: Cpu, _skb: sk_buff): void {}

/** Early demultiplexing looked at the socket without holding it. */
export function sock_pfree(_cpu: Cpu, _skb: sk_buff): void {}

/** A sender has found the buffer full. Of a datagram socket nobody takes the flag back. @helper */
function setNospace(sk: sock): void {
  if (sk.sk_socket !== null) sk.sk_socket.flags |= SOCK_NOSPACE;
}

/** Sleeps until less than a send buffer is in use, or `timeo` jiffies have passed; answers what is left of them. */
export function* sock_wait_for_wmem(cpu: Cpu, sk: sock, timeo: number): Resumable<number> {
  const wait = init_wait(cpu, 'autoremove_wake_function');
  let left = timeo;
  while (left > 0) {
    setNospace(sk);
    prepare_to_wait(cpu, sk.sk_wq, wait, TASK_INTERRUPTIBLE);
    if (sk.sk_wmem_alloc < sk.sk_sndbuf) break;
    if ((sk.sk_shutdown & SEND_SHUTDOWN) !== 0) break;
    if (sk.sk_err !== 0) break;
    waitFor(cpu, `room in the send buffer (sk_wmem_alloc ${sk.sk_wmem_alloc}, sk_sndbuf ${sk.sk_sndbuf})`, left);
    left = yield* schedule_timeout(cpu, left);
    cpu.current.wait = null;
  }
  finish_wait(cpu, sk.sk_wq, wait);
  return left;
}

/** An skb charged to its sender, who waits while the send buffer is full; a negative errno when it may not. */
export function* sock_alloc_send_pskb(
  cpu: Cpu, sk: sock, header_len: number, data_len: number, noblock: boolean, max_page_order: number, from: Lineage | null,
): Resumable<sk_buff | number> {
  let timeo = sock_sndtimeo(sk, noblock);
  for (;;) {
    const err = sock_error(sk);
    if (err !== 0) return err;
    if ((sk.sk_shutdown & SEND_SHUTDOWN) !== 0) return -EPIPE;
    if (sk_wmem_alloc_get(sk) < sk.sk_sndbuf) break;
    setNospace(sk);
    if (timeo === 0) return -EAGAIN;
    timeo = yield* sock_wait_for_wmem(cpu, sk, timeo);
  }
  const skb = alloc_skb_with_frags(cpu, header_len, data_len, max_page_order, from);
  skb_set_owner_w(cpu, skb, sk);
  return skb;
}
