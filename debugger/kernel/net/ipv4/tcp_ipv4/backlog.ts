/** The socket is owned by a system call: its owner will process the segment (net/ipv4/tcp_ipv4.c tcp_add_backlog). */
import { put_unaligned_be16, put_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { tcp_hdrlen } from '../../../include/linux/tcp.ts';
import type { drop_cause } from '../../../include/net/dropreason.ts';
import type { sock } from '../../../include/net/sock.ts';
import { SIZEOF_TCPHDR, TCPHDR_ACK, TCPHDR_AE, TCPHDR_CWR, TCPHDR_ECE, TCPHDR_FIN, TCPHDR_RST, TCPHDR_SYN, TCPHDR_URG, after } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { NET_INC_STATS, TCP_INC_STATS } from '../../../include/net/snmp.ts';
import { skb_checksum_complete } from '../../core/skbuff/checksum.ts';
import { skb_condense, skb_try_coalesce } from '../../core/skbuff/coalesce.ts';
import { kfree_skb_partial } from '../../core/skbuff/free.ts';
import { sk_add_backlog } from '../../core/sock.ts';
import { mergeLineage } from '../../core/skbuff/lineage.ts';

/** Both segments bear the same options. @helper */
function sameOptions(a: sk_buff, b: sk_buff, hdrlen: number): boolean {
  if (tcp_hdrlen(a) !== hdrlen) return false;
  for (let i = SIZEOF_TCPHDR; i < hdrlen; i++) if (a.head[a.transport_header + i] !== b.head[b.transport_header + i]) return false;
  return true;
}

/** The segment continues the last one of the backlog, and may become a part of it. @helper */
function mayJoin(tail: sk_buff, skb: sk_buff, hdrlen: number): boolean {
  const last = TCP_SKB_CB(tail);
  const tcb = TCP_SKB_CB(skb);
  const either = last.tcp_flags | tcb.tcp_flags;
  const both = last.tcp_flags & tcb.tcp_flags;
  const differ = last.tcp_flags ^ tcb.tcp_flags;
  if (last.end_seq !== tcb.seq || last.ip_dsfield !== tcb.ip_dsfield) return false;
  if ((either & (TCPHDR_SYN | TCPHDR_RST | TCPHDR_URG)) !== 0 || (both & TCPHDR_ACK) === 0 || (differ & (TCPHDR_ECE | TCPHDR_CWR | TCPHDR_AE)) !== 0) return false;
  return tail.decrypted === skb.decrypted && sameOptions(tail, skb, hdrlen);
}

/** Joins the segment to the last of the backlog; false when that cannot be. @helper */
function joinTail(cpu: Cpu, sk: sock, tail: sk_buff, skb: sk_buff): boolean {
  const hdrlen = tcp_hdrlen(skb);
  if (!mayJoin(tail, skb, hdrlen)) return false;
  const last = TCP_SKB_CB(tail);
  const tcb = TCP_SKB_CB(skb);
  const gso_size = skb.shinfo.gso_size !== 0 ? skb.shinfo.gso_size : skb.len - hdrlen;
  const gso_segs = Math.max(1, skb.shinfo.gso_segs);
  const tail_size = tail.shinfo.gso_size !== 0 ? tail.shinfo.gso_size : tail.len - hdrlen;
  const tail_segs = Math.max(1, tail.shinfo.gso_segs);
  skb.len -= hdrlen;
  skb.data += hdrlen;
  const result = skb_try_coalesce(cpu, tail, skb);
  if (result === null) {
    skb.len += hdrlen;
    skb.data -= hdrlen;
    return false;
  }
  mergeLineage(cpu, tail, skb);
  last.end_seq = tcb.end_seq;
  if (!after(last.ack_seq, tcb.ack_seq)) {
    last.ack_seq = tcb.ack_seq;
    put_unaligned_be32(tcb.ack_seq, tail.head, tail.transport_header + 8);
    const o = skb.transport_header + 14;
    put_unaligned_be16((skb.head[o]! << 8) | skb.head[o + 1]!, tail.head, tail.transport_header + 14);
  }
  last.tcp_flags |= tcb.tcp_flags;
  tail.head[tail.transport_header + 13]! |= tcb.tcp_flags & TCPHDR_FIN;
  tail.shinfo.gso_size = Math.max(gso_size, tail_size);
  tail.shinfo.gso_segs = Math.min(gso_segs + tail_segs, 0xffff);
  sk.sk_backlog.len += result.delta;
  NET_INC_STATS(cpu, 'TCPBacklogCoalesce');
  kfree_skb_partial(cpu, skb, result.stolen);
  return true;
}

/**
 * Null: the segment waits, or has become a part of one that does; else why it is to be dropped. `len` of a backlog goes to zero only when all of it is
 * processed and so counts what the receive queue holds already: the limit has room for the receive buffer twice.
 */
export function tcp_add_backlog(cpu: Cpu, sk: sock, skb: sk_buff): drop_cause | null {
  skb_condense(skb);
  skb.dst = null;
  if (skb_checksum_complete(cpu, skb) !== 0) {
    TCP_INC_STATS(cpu, 'InCsumErrors');
    TCP_INC_STATS(cpu, 'InErrs');
    return { reason: 'TCP_CSUM', condition: 'tcp_checksum_complete(skb)', values: { len: skb.len } };
  }
  const queue = sk.sk_backlog.queue;
  if (queue.length > 0 && joinTail(cpu, sk, queue[queue.length - 1]!, skb)) return null;
  const limit = 2 * sk.sk_rcvbuf + (sk.sk_sndbuf >> 1) + 64 * 1024;
  if (sk_add_backlog(cpu, sk, skb, limit) === 0) return null;
  NET_INC_STATS(cpu, 'TCPBacklogDrop');
  return { reason: 'SOCKET_BACKLOG', condition: 'sk_add_backlog(sk, skb, limit)', values: { backlog: sk.sk_backlog.len, sk_rmem_alloc: sk.sk_rmem_alloc, limit } };
}
