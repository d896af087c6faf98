/** What a UDP socket is ready for (net/ipv4/udp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { O_NONBLOCK } from '../../../include/linux/fs.ts';
import type { file, poll_table } from '../../../include/linux/fs.ts';
import { EPOLLIN, EPOLLRDNORM } from '../../../include/linux/poll.ts';
import { RCV_SHUTDOWN } from '../../../include/net/sock.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock, socket } from '../../../include/net/sock.ts';
import { datagram_poll } from '../../core/datagram.ts';
import { skb_checksum_complete } from '../../core/skbuff/checksum.ts';
import { kfree_skb_reason } from '../../core/skbuff/free.ts';
import { skb_queue_splice_tail_init } from '../../core/skbuff/queue.ts';
import { udp_rmem_release } from './memory.ts';

/** A blocking reader must not be told of a datagram that its checksum will make vanish. */
export function udp_poll(cpu: Cpu, file: file, sock: socket, wait: poll_table | null): number {
  const sk = sock.sk!;
  let mask = datagram_poll(cpu, file, sock, wait);
  if (sk.udp!.reader_queue.length > 0) mask |= EPOLLIN | EPOLLRDNORM;
  if ((mask & EPOLLRDNORM) !== 0 && (file.f_flags & O_NONBLOCK) === 0 && (sk.sk_shutdown & RCV_SHUTDOWN) === 0
    && first_packet_length(cpu, sk) === -1) mask &= ~(EPOLLIN | EPOLLRDNORM);
  return mask;
}

/** The first good datagram of a queue, null when there is none; bad ones before it are dropped, `total` gets what they took. */
function __first_packet_length(cpu: Cpu, sk: sock, rcvq: sk_buff[], total: { size: number }): sk_buff | null {
  while (rcvq.length > 0 && skb_checksum_complete(cpu, rcvq[0]!) !== 0) {
    const skb = rcvq.shift()!;
    cpu.host.mib.Udp.InCsumErrors++;
    cpu.host.mib.Udp.InErrors++;
    sk.sk_drops++;
    total.size += skb.truesize;
    kfree_skb_reason(cpu, skb, 'UDP_CSUM', { condition: 'udp_lib_checksum_complete(skb)', values: { 'skb->len': skb.len } });
  }
  return rcvq[0] ?? null;
}

/** Length of the next good datagram, -1 when there is none. */
export function first_packet_length(cpu: Cpu, sk: sock): number {
  const rcvq = sk.udp!.reader_queue;
  const total = { size: 0 };
  let skb = __first_packet_length(cpu, sk, rcvq, total);
  if (skb === null && sk.sk_receive_queue.length > 0) {
    skb_queue_splice_tail_init(sk.sk_receive_queue, rcvq);
    skb = __first_packet_length(cpu, sk, rcvq, total);
  }
  if (total.size > 0) udp_rmem_release(cpu, sk, total.size, true);
  return skb === null ? -1 : skb.len;
}
