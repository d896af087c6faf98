/** What a UDP socket is ready for (net/ipv4/udp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { O_NONBLOCK } from '../../../include/linux/fs.ts';
import type { file, poll_table } from '../../../include/linux/fs.ts';
import { EPOLLIN, EPOLLRDNORM } from '../../../include/linux/poll.ts';
import { RCV_SHUTDOWN } from '../../../include/net/sock.ts';
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

/** Length of the next good datagram, -1 when there is none; bad ones are dropped on the way. */
export function first_packet_length(cpu: Cpu, sk: sock): number {
  const queue = sk.udp!.reader_queue;
  if (queue.length === 0) skb_queue_splice_tail_init(sk.sk_receive_queue, queue);
  let total = 0;
  while (queue.length > 0 && skb_checksum_complete(cpu, queue[0]!) !== 0) {
    const skb = queue.shift()!;
    total += skb.truesize;
    cpu.host.mib.Udp.InCsumErrors++;
    cpu.host.mib.Udp.InErrors++;
    sk.sk_drops++;
    kfree_skb_reason(cpu, skb, 'UDP_CSUM', { condition: 'udp_lib_checksum_complete(skb)', values: { 'skb->len': skb.len } });
  }
  if (total > 0) udp_rmem_release(cpu, sk, total, true);
  return queue.length === 0 ? -1 : queue[0]!.len;
}
