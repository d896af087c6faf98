/** A datagram gets its UDP header and leaves (net/ipv4/udp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { put_unaligned_be16 } from '../../../include/asm-generic/unaligned.ts';
import { CHECKSUM_NONE, CHECKSUM_PARTIAL, SKB_GSO_UDP_L4 } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { CSUM_MANGLED_0, SIZEOF_UDPHDR } from '../../../include/linux/udp.ts';
import type { flowi4 } from '../../../include/net/dst.ts';
import { IPPROTO_UDP } from '../../../include/net/sock.ts';
import type { inet_cork, sock } from '../../../include/net/sock.ts';
import { EINVAL, EMSGSIZE, ENOBUFS } from '../../../include/uapi/asm-generic/errno.ts';
import { csum_add, csum_partial, csum_tcpudp_magic } from '../../core/skbuff/checksum.ts';
import { kfree_skb_reason } from '../../core/skbuff/free.ts';
import { __ip_make_skb, ip_flush_pending_frames, ip_send_skb } from '../ip_output/make_skb.ts';

const UDP_MAX_SEGMENTS = 128;

export function udp_send_skb(cpu: Cpu, sk: sock, skb: sk_buff, fl4: flowi4, gso_size: number, fragsize: number): number {
  const head = skb.head;
  const at = skb.transport_header;
  const len = skb.len - (at - skb.data);
  const datalen = len - SIZEOF_UDPHDR;
  put_unaligned_be16(sk.inet.inet_sport, head, at);
  put_unaligned_be16(fl4.fl4_dport, head, at + 2);
  put_unaligned_be16(len, head, at + 4);
  put_unaligned_be16(0, head, at + 6);
  let segmented = false;
  if (gso_size !== 0) {
    const err = checkGso(cpu, sk, skb, datalen, gso_size, fragsize);
    if (err !== 0) return err;
    segmented = skb.shinfo.gso_size !== 0;
  }
  if (sk.sk_no_check_tx && !segmented) skb.ip_summed = CHECKSUM_NONE;
  else if (skb.ip_summed === CHECKSUM_PARTIAL || segmented) udp4_hwcsum(skb, fl4.saddr, fl4.daddr);
  else {
    const check = csum_tcpudp_magic(fl4.saddr, fl4.daddr, len, IPPROTO_UDP, udp_csum(skb));
    put_unaligned_be16(check === 0 ? CSUM_MANGLED_0 : check, head, at + 6);
  }
  const err = ip_send_skb(cpu, skb);
  const mib = cpu.host.mib.Udp;
  if (err === 0) mib.OutDatagrams++;
  else if (err === -ENOBUFS && !sk.inet.recverr) {
    mib.SndbufErrors++;
    return 0;
  }
  return err;
}

/** @helper UDP_SEGMENT: one send, many datagrams of `gso_size` bytes, cut as late as possible. */
function checkGso(cpu: Cpu, sk: sock, skb: sk_buff, datalen: number, gso_size: number, fragsize: number): number {
  const hlen = skb.transport_header - skb.network_header + SIZEOF_UDPHDR;
  const first = Math.min(datalen, gso_size);
  if (hlen + first > fragsize) return gsoDrop(cpu, skb, -EMSGSIZE, 'hlen + min(datalen, cork->gso_size) > cork->fragsize', { hlen, first, fragsize });
  if (datalen > gso_size * UDP_MAX_SEGMENTS || sk.sk_no_check_tx) {
    return gsoDrop(cpu, skb, -EINVAL, 'datalen > cork->gso_size * UDP_MAX_SEGMENTS || sk->sk_no_check_tx', { datalen, gso_size });
  }
  if (datalen <= gso_size) return 0;
  skb.shinfo.gso_size = gso_size;
  skb.shinfo.gso_type = SKB_GSO_UDP_L4;
  skb.shinfo.gso_segs = Math.ceil(datalen / gso_size);
  return 0;
}

/** @helper */
function gsoDrop(cpu: Cpu, skb: sk_buff, err: number, condition: string, values: Record<string, number>): number {
  kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition, values });
  return err;
}

/** The device will sum, starting from the pseudo-header; a datagram in several pieces is summed here. */
export function udp4_hwcsum(skb: sk_buff, src: number, dst: number): void {
  const at = skb.transport_header;
  const len = skb.len - (at - skb.data);
  if (skb.shinfo.frag_list.length === 0) {
    skb.ip_summed = CHECKSUM_PARTIAL;
    skb.csum_start = at;
    skb.csum_offset = 6;
    put_unaligned_be16(~csum_tcpudp_magic(src, dst, len, IPPROTO_UDP, 0) & 0xffff, skb.head, at + 6);
    return;
  }
  skb.ip_summed = CHECKSUM_NONE;
  const check = csum_tcpudp_magic(src, dst, len, IPPROTO_UDP, udp_csum(skb));
  put_unaligned_be16(check === 0 ? CSUM_MANGLED_0 : check, skb.head, at + 6);
}

/** The sum of header and data, of all pieces; the data were summed while they were copied. */
export function udp_csum(skb: sk_buff): number {
  let csum = csum_partial(skb.head, skb.transport_header, SIZEOF_UDPHDR, skb.csum);
  for (const part of skb.shinfo.frag_list) csum = csum_add(csum, part.csum);
  return csum;
}

/** Off with what was corked. */
export function udp_push_pending_frames(cpu: Cpu, sk: sock): number {
  const up = sk.udp!;
  const cork: inet_cork = sk.inet.cork;
  const fl4 = cork.fl4!;
  const gso_size = cork.gso_size;
  const fragsize = cork.fragsize;
  const skb = __ip_make_skb(cpu, sk, fl4, sk.sk_write_queue, cork);
  const err = skb === null ? 0 : udp_send_skb(cpu, sk, skb, fl4, gso_size, fragsize);
  up.pending = false;
  return err;
}

export function udp_flush_pending_frames(cpu: Cpu, sk: sock): void {
  const up = sk.udp!;
  if (!up.pending) return;
  up.pending = false;
  ip_flush_pending_frames(cpu, sk);
  sk.inet.cork.fl6 = null;
}
