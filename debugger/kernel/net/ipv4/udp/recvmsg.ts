/** Reading datagrams (net/ipv4/udp.c). */
import { ETH_P_IPV6 } from '../../../include/linux/if_ether.ts';
import { ip6_datagram_recv_ctl, nameSender6 } from '../../ipv6/udp/cmsg.ts';
import { perKib } from '../../../../machine/costs.ts';
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { iph_saddr } from '../../../include/linux/ip.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { MSG_DONTWAIT, MSG_ERRQUEUE, MSG_PEEK, MSG_TRUNC } from '../../../include/linux/socket.ts';
import { sk_busy_loop, sk_can_busy_loop } from '../../../include/net/busy_poll.ts';
import { uh_source } from '../../../include/linux/udp.ts';
import { AF_INET } from '../../../include/net/sock.ts';
import type { msghdr, sock } from '../../../include/net/sock.ts';
import { faultIn, reachable } from '../../../lib/iov_iter.ts';
import { EAGAIN, EFAULT, EINVAL } from '../../../include/uapi/asm-generic/errno.ts';
import {
  WAIT_SHUTDOWN, __sk_queue_drop_skb, __skb_try_recv_from_queue, __skb_wait_for_more_packets, skb_copy_and_csum_datagram_msg, skb_copy_datagram_msg,
} from '../../core/datagram.ts';
import type { peek_offset } from '../../core/datagram.ts';
import { __skb_checksum_complete, skb_csum_unnecessary } from '../../core/skbuff/checksum.ts';
import { copyBytes, skb_is_nonlinear, skb_shared, skb_unref } from '../../core/skbuff/data.ts';
import { skb_attempt_defer_free } from '../../core/skbuff/defer.ts';
import { __consume_stateless_skb, kfree_skb_reason, skb_release_head_state } from '../../core/skbuff/free.ts';
import { skb_queue_splice_tail_init } from '../../core/skbuff/queue.ts';
import { sock_error, sock_rcvtimeo } from '../../core/sock/options.ts';
import { sock_recv_cmsgs } from '../../socket/timestamp.ts';
import { ip_cmsg_recv_offset } from '../ip_sockglue/cmsg.ts';
import { ip_recv_error } from '../ip_sockglue/recverr.ts';
import { udp_cmsg_recv } from './gso.ts';
import { udp_skb_destructor, udp_skb_dtor_locked } from './memory.ts';

/** The next datagram: of the reader's own queue, of the receive queue behind it, or after a sleep; 0 or a negative errno when none. */
export function* __skb_recv_udp(cpu: Cpu, sk: sock, flags: number, peek: peek_offset | null): Resumable<sk_buff | number> {
  const queue = sk.udp!.reader_queue;
  const sk_queue = sk.sk_receive_queue;
  let timeo = sock_rcvtimeo(sk, (flags & MSG_DONTWAIT) !== 0);
  for (;;) {
    const err = sock_error(sk);
    if (err !== 0) return err;
    do {
      let skb = __skb_try_recv_from_queue(cpu, queue, flags, peek);
      if (skb !== null) {
        if ((flags & MSG_PEEK) === 0) udp_skb_destructor(cpu, sk, skb);
        return skb;
      }
      if (sk_queue.length > 0) {
        skb_queue_splice_tail_init(sk_queue, queue);
        skb = __skb_try_recv_from_queue(cpu, queue, flags, peek);
        if (skb !== null) {
          if ((flags & MSG_PEEK) === 0) udp_skb_dtor_locked(cpu, sk, skb);
          return skb;
        }
      }
      if (!sk_can_busy_loop(sk)) break;
      yield* sk_busy_loop(cpu, sk, (flags & MSG_DONTWAIT) !== 0);
    } while (sk_queue.length > 0);
    if (timeo === 0) return -EAGAIN;
    timeo = yield* __skb_wait_for_more_packets(cpu, sk, sk_queue, timeo);
    if (timeo === WAIT_SHUTDOWN) return 0;
    if (timeo < 0) return timeo;
  }
}

/** Bytes go to msg.iter, what is left of a longer datagram is lost (MSG_TRUNC tells). Answers the bytes copied. */
export function* udp_recvmsg(cpu: Cpu, sk: sock, msg: msghdr, len: number, flags: number): Resumable<number> {
  if ((flags & MSG_ERRQUEUE) !== 0) return ip_recv_error(cpu, sk, msg, len);
  spend(cpu, cpu.costs.udp_recvmsg);
  for (;;) {
    const peek: peek_offset | null = (flags & MSG_PEEK) !== 0 ? { off: sk.sk_peek_off } : null;
    const skb = yield* __skb_recv_udp(cpu, sk, flags, peek);
    if (typeof skb === 'number') return skb;
    const copied = udpCopy(cpu, sk, skb, msg, len, flags, peek === null ? 0 : Math.max(peek.off, 0));
    if (copied !== -EAGAIN) return copied;
    msg.msg_flags &= ~MSG_TRUNC;
    yield;
  }
}

/** @helper The rest of udp_recvmsg with a datagram in hand, from its byte `off` on; -EAGAIN when its checksum was wrong and the next is to be tried. */
export function udpCopy(cpu: Cpu, sk: sock, skb: sk_buff, msg: msghdr, len: number, flags: number, off: number): number {
  const udp = skb.protocol === ETH_P_IPV6 ? cpu.host.mib.Udp6 : cpu.host.mib.Udp;
  const peeking = (flags & MSG_PEEK) !== 0;
  const ulen = skb.len;
  const copied = Math.min(len, ulen - off);
  if (len <= ulen - off && copied < ulen) msg.msg_flags |= MSG_TRUNC;
  let valid = skb_csum_unnecessary(skb);
  let bad = false;
  let err = 0;
  if (!valid && (copied < ulen || peeking)) {
    valid = __skb_checksum_complete(cpu, skb) === 0;
    bad = !valid;
  }
  if (!bad) {
    if (!valid) err = skb_copy_and_csum_datagram_msg(cpu, skb, off, msg);
    else if (skb_is_nonlinear(skb)) err = skb_copy_datagram_msg(cpu, skb, off, msg, copied);
    else err = copy_linear_skb(cpu, skb, copied, off, msg);
    bad = err === -EINVAL;
  }
  if (bad) {
    if (__sk_queue_drop_skb(cpu, sk, sk.udp!.reader_queue, skb, flags, udp_skb_destructor) === 0) {
      udp.InCsumErrors++;
      udp.InErrors++;
    }
    kfree_skb_reason(cpu, skb, 'UDP_CSUM', { condition: '__udp_lib_checksum_complete(skb)', values: { ulen } });
    return -EAGAIN;
  }
  if (err !== 0) {
    if (!peeking) {
      sk.sk_drops++;
      udp.InErrors++;
    }
    kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: 'skb_copy_datagram_msg(skb, off, msg, copied)', values: { ulen, copied } });
    return err;
  }
  if (!peeking) udp.InDatagrams++;
  sock_recv_cmsgs(cpu, msg, sk, skb);
  if (sk.inet.pinet6 !== null) nameSender6(msg, skb);
  else if (msg.msg_name !== null) {
    msg.msg_name.family = AF_INET;
    msg.msg_name.addr = iph_saddr(skb);
    msg.msg_name.port = uh_source(skb);
  }
  if (sk.udp!.gro_enabled) udp_cmsg_recv(msg, sk, skb);
  if (sk.inet.cmsg_flags !== 0 && skb.protocol !== ETH_P_IPV6) ip_cmsg_recv_offset(cpu, msg, sk, skb);
  if (sk.inet.pinet6 !== null) ip6_datagram_recv_ctl(cpu, msg, sk, skb);
  msg.read.push(skb.lineage);
  const ret = (flags & MSG_TRUNC) !== 0 ? ulen : copied;
  skb_consume_udp(cpu, sk, skb, peeking ? -ret : ret);
  return ret;
}

/** @helper The common case: all bytes in one piece. */
export function copy_linear_skb(cpu: Cpu, skb: sk_buff, len: number, off: number, msg: msghdr): number {
  const iter = msg.iter;
  if (reachable(iter, len) < len) return -EFAULT;
  spend(cpu, perKib(cpu.costs.copy_to_user_kib, len));
  faultIn(cpu, iter, len);
  copyBytes(skb.head, skb.data + off, iter.bytes, iter.offset, len);
  iter.offset += len;
  iter.count -= len;
  return 0;
}

/** SO_PEEK_OFF goes back by what was read, on by what was looked at (`val` < 0) (include/net/sock.h). @helper */
function sk_peek_offset_bwd(sk: sock, val: number): void {
  if (sk.sk_peek_off >= 0) sk.sk_peek_off = Math.max(sk.sk_peek_off - val, 0);
}

/** The datagram has been read: back to the CPU that it came from. `len`: bytes that were read, below 0 those that were looked at. */
export function skb_consume_udp(cpu: Cpu, sk: sock, skb: sk_buff, len: number): void {
  if (sk.udp!.peeking_with_offset) sk_peek_offset_bwd(sk, len);
  if (!skb_shared(skb)) {
    skb_attempt_defer_free(cpu, skb);
    return;
  }
  if (!skb_unref(skb)) return;
  skb_release_head_state(cpu, skb);
  __consume_stateless_skb(cpu, skb);
}
