/** IP_RECVERR: errors about a socket's datagrams, kept until they are asked for (net/ipv4/ip_sockglue.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { get_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { SKB_EXT_ERR, SO_EE_ORIGIN_ICMP, SO_EE_ORIGIN_LOCAL, SO_EE_ORIGIN_TIMESTAMPING, createExtendedErr } from '../../../include/linux/errqueue.ts';
import type { sock_exterr_skb } from '../../../include/linux/errqueue.ts';
import { SIZEOF_ICMPHDR } from '../../../include/linux/icmp.ts';
import { SIZEOF_IPHDR, iph_saddr } from '../../../include/linux/ip.ts';
import { SOF_TIMESTAMPING_OPT_CMSG } from '../../../include/linux/net_tstamp.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { MSG_CTRUNC, MSG_ERRQUEUE, MSG_TRUNC } from '../../../include/linux/socket.ts';
import { AF_INET } from '../../../include/net/sock.ts';
import type { msghdr, sock } from '../../../include/net/sock.ts';
import { EAGAIN, EFAULT } from '../../../include/uapi/asm-generic/errno.ts';
import { skb_copy_datagram_msg } from '../../core/datagram.ts';
import { alloc_skb } from '../../core/skbuff/alloc.ts';
import { skb_clone } from '../../core/skbuff/clone.ts';
import { __skb_pull } from '../../core/skbuff/data.ts';
import { notQueued, sock_dequeue_err_skb, sock_queue_err_skb } from '../../core/skbuff/errqueue.ts';
import { consume_skb, kfree_skb_reason } from '../../core/skbuff/free.ts';
import { sock_recv_timestamp } from '../../socket/timestamp.ts';
import { ip_cmsg_recv } from './cmsg.ts';

/** Where the destination stands in an IP header. */
const IPHDR_DADDR = 16;

/** Queues an ICMP error with what it quotes of the datagram from `payload` (an offset in skb.head) on; `port` is the destination's. */
export function ip_icmp_error(cpu: Cpu, sk: sock, skb: sk_buff, err: number, port: number, info: number, payload: number): void {
  const clone = skb_clone(cpu, skb);
  const icmph = clone.transport_header;
  const cb: sock_exterr_skb = {
    ee: createExtendedErr(err, SO_EE_ORIGIN_ICMP, clone.head[icmph]!, clone.head[icmph + 1]!, info),
    daddr: get_unaligned_be32(clone.head, icmph + SIZEOF_ICMPHDR + IPHDR_DADDR), port, opt_stats: false,
  };
  clone.cb = cb;
  let rc = -1;
  if (payload - clone.data <= clone.len) {
    __skb_pull(clone, payload - clone.data);
    clone.transport_header = clone.data;
    rc = sock_queue_err_skb(cpu, sk, clone);
  }
  if (rc !== 0) notQueued(cpu, sk, clone);
}

/** Queues an error that this host found itself, about a datagram to `daddr` that it has not sent. */
export function ip_local_error(cpu: Cpu, sk: sock, err: number, daddr: number, port: number, info: number): void {
  if (!sk.inet.recverr) return;
  const skb = alloc_skb(cpu, SIZEOF_IPHDR);
  const cb: sock_exterr_skb = { ee: createExtendedErr(err, SO_EE_ORIGIN_LOCAL, 0, 0, info), daddr, port, opt_stats: false };
  skb.cb = cb;
  if (sock_queue_err_skb(cpu, sk, skb) !== 0) notQueued(cpu, sk, skb);
}

/** @helper Whether the destination is known. */
function ipv4_datagram_support_addr({ ee, port }: sock_exterr_skb): boolean {
  return ee.ee_origin === SO_EE_ORIGIN_ICMP || ee.ee_origin === SO_EE_ORIGIN_LOCAL || port !== 0;
}

/** Whether the packet's own addresses can be told. */
function ipv4_datagram_support_cmsg(sk: sock, skb: sk_buff, ee_origin: number): boolean {
  if (ee_origin === SO_EE_ORIGIN_ICMP) return true;
  return ee_origin === SO_EE_ORIGIN_TIMESTAMPING && (sk.sk_tsflags & SOF_TIMESTAMPING_OPT_CMSG) !== 0 && skb.dev !== null;
}

/** recvmsg(MSG_ERRQUEUE): never waits. The bytes are those of the datagram, msg_name is where it went, the error is in the control message. */
export function ip_recv_error(cpu: Cpu, sk: sock, msg: msghdr, len: number): number {
  const skb = sock_dequeue_err_skb(cpu, sk);
  if (skb === null) return -EAGAIN;
  const copied = Math.min(skb.len, len);
  if (copied < skb.len) msg.msg_flags |= MSG_TRUNC;
  if (skb_copy_datagram_msg(cpu, skb, 0, msg, copied) !== 0) {
    kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: 'skb_copy_datagram_msg(skb, 0, msg, copied)', values: { copied } });
    return -EFAULT;
  }
  msg.read.push(skb.lineage);
  sock_recv_timestamp(cpu, msg, sk, skb);
  const serr = SKB_EXT_ERR(skb);
  const { ee, daddr, port } = serr;
  if (msg.msg_name !== null && ipv4_datagram_support_addr(serr)) {
    msg.msg_name.family = AF_INET;
    msg.msg_name.addr = daddr;
    msg.msg_name.port = port;
  }
  if (sk.inet.cmsg_flags !== 0 && ipv4_datagram_support_cmsg(sk, skb, ee.ee_origin)) ip_cmsg_recv(cpu, msg, sk, skb);
  if (msg.msg_controllen === 0) msg.msg_flags |= MSG_CTRUNC;
  else msg.cmsg.recverr = { ee, offender: ipv4_datagram_support_cmsg(sk, skb, ee.ee_origin) ? iph_saddr(skb) : 0 };
  msg.msg_flags |= MSG_ERRQUEUE;
  consume_skb(cpu, skb);
  return copied;
}
