/** Reading a packet socket's queue, its options and ioctls (net/packet/af_packet.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import {
  PACKET_ADD_MEMBERSHIP, PACKET_DROP_MEMBERSHIP, PACKET_HDRLEN, PACKET_IGNORE_OUTGOING, PACKET_ORIGDEV, PACKET_QDISC_BYPASS,
  PACKET_RESERVE, PACKET_RX_RING, PACKET_STATISTICS, PACKET_VERSION, SIZEOF_TPACKET2_HDR, TPACKET_V1, TPACKET_V2,
} from '../../../include/linux/if_packet.ts';
import type { packet_mreq, tpacket_req, tpacket_stats } from '../../../include/linux/if_packet.ts';
import { SIOCINQ, SIOCOUTQ } from '../../../include/linux/sockios.ts';
import { MSG_DONTWAIT, MSG_PEEK, MSG_TRUNC, SOL_PACKET } from '../../../include/linux/socket.ts';
import type { sockopt_value } from '../../../include/linux/socket.ts';
import { sock_recv_cmsgs } from '../../socket/timestamp.ts';
import type { msghdr, sock, socket } from '../../../include/net/sock.ts';
import { EBUSY, EFAULT, EINVAL, ENOIOCTLCMD, ENOPROTOOPT } from '../../../include/uapi/asm-generic/errno.ts';
import { skb_copy_datagram_msg, skb_free_datagram, skb_recv_datagram } from '../../core/datagram.ts';
import { sk_wmem_alloc_get } from '../../core/sock/wmem.ts';
import { lock_sock_nested, release_sock } from '../../core/sock/lock.ts';
import { pkt_sk } from '../internal.ts';
import { packet_mc_add, packet_mc_drop } from './membership.ts';
import type { packet_skb_cb } from './rcv.ts';
import { packet_set_ring } from './ring.ts';

/** The next packet, as far as there is room (MSG_TRUNC tells); the address says of which device it is, whose, and from whom. */
export function* packet_recvmsg(cpu: Cpu, sock: socket, msg: msghdr, len: number, flags: number): Resumable<number> {
  if ((flags & ~(MSG_PEEK | MSG_DONTWAIT | MSG_TRUNC)) !== 0) return -EINVAL;
  const skb = yield* skb_recv_datagram(cpu, sock.sk!, flags);
  if (typeof skb === 'number') return skb;
  const length = skb.len;
  const copied = Math.min(length, len);
  msg.msg_flags &= ~MSG_TRUNC;
  if (copied < length) msg.msg_flags |= MSG_TRUNC;
  if (skb_copy_datagram_msg(cpu, skb, 0, msg, copied) !== 0) {
    skb_free_datagram(cpu, skb);
    return -EFAULT;
  }
  sock_recv_cmsgs(cpu, msg, sock.sk!, skb);
  if (msg.msg_name !== null) msg.msg_name.ll = (skb.cb as packet_skb_cb).ll;
  msg.read.push(skb.lineage);
  skb_free_datagram(cpu, skb);
  return (flags & MSG_TRUNC) !== 0 ? length : copied;
}

export function* packet_setsockopt(cpu: Cpu, sock: socket, level: number, optname: number, optval: sockopt_value): Resumable<number> {
  if (level !== SOL_PACKET) return -ENOPROTOOPT;
  yield* lock_sock_nested(cpu, sock.sk!);
  const ret = setLocked(cpu, sock.sk!, optname, optval);
  yield* release_sock(cpu, sock.sk!);
  return ret;
}

/** @helper The part of packet_setsockopt under the socket's lock. */
function setLocked(cpu: Cpu, sk: sock, optname: number, optval: sockopt_value): number {
  const po = pkt_sk(sk);
  const val = optval.words[0] ?? 0;
  switch (optname) {
    case PACKET_ADD_MEMBERSHIP:
      return optval.record === null ? -EINVAL : packet_mc_add(cpu, sk, optval.record as packet_mreq);
    case PACKET_DROP_MEMBERSHIP:
      return optval.record === null ? -EINVAL : packet_mc_drop(cpu, sk, optval.record as packet_mreq);
    case PACKET_RX_RING:
      return optval.record === null ? -EINVAL : packet_set_ring(cpu, sk, optval.record as tpacket_req, false);
    case PACKET_VERSION:
      if (val !== TPACKET_V1 && val !== TPACKET_V2) return -EINVAL;
      if (po.rx_ring.pg_vec !== null) return -EBUSY;
      po.tp_version = val;
      return 0;
    case PACKET_RESERVE:
      if (val < 0) return -EINVAL;
      if (po.rx_ring.pg_vec !== null) return -EBUSY;
      po.tp_reserve = val;
      return 0;
    case PACKET_ORIGDEV:
      po.origdev = val !== 0;
      return 0;
    case PACKET_IGNORE_OUTGOING:
      if (val < 0 || val > 1) return -EINVAL;
      po.prot_hook.ignore_outgoing = val !== 0;
      return 0;
    case PACKET_QDISC_BYPASS:
      po.direct_xmit = val !== 0;
      return 0;
    default:
      return -ENOPROTOOPT;
  }
}

/** PACKET_STATISTICS counts from its last reading on; packets that were lost are among tp_packets. */
export function packet_getsockopt(_cpu: Cpu, sock: socket, level: number, optname: number, optval: sockopt_value): number {
  if (level !== SOL_PACKET) return -ENOPROTOOPT;
  const po = pkt_sk(sock.sk!);
  switch (optname) {
    case PACKET_STATISTICS:
      optval.record = { tp_packets: po.tp_packets + po.tp_drops, tp_drops: po.tp_drops } satisfies tpacket_stats;
      po.tp_packets = 0;
      po.tp_drops = 0;
      return 0;
    case PACKET_VERSION:
      optval.words[0] = po.tp_version;
      return 0;
    case PACKET_HDRLEN:
      optval.words[0] = SIZEOF_TPACKET2_HDR;
      return 0;
    case PACKET_RESERVE:
      optval.words[0] = po.tp_reserve;
      return 0;
    case PACKET_ORIGDEV:
      optval.words[0] = Number(po.origdev);
      return 0;
    case PACKET_IGNORE_OUTGOING:
      optval.words[0] = Number(po.prot_hook.ignore_outgoing);
      return 0;
    case PACKET_QDISC_BYPASS:
      optval.words[0] = Number(po.direct_xmit);
      return 0;
    default:
      return -ENOPROTOOPT;
  }
}

/** Length of the packet that is first in the queue, or bytes on their way out. */
export function* packet_ioctl(_cpu: Cpu, sock: socket, cmd: number): Resumable<number> {
  const sk = sock.sk!;
  yield;
  if (cmd === SIOCOUTQ) return sk_wmem_alloc_get(sk);
  return cmd === SIOCINQ ? (sk.sk_receive_queue[0]?.len ?? 0) : -ENOIOCTLCMD;
}
