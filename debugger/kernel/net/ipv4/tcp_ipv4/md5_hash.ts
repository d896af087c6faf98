/**
 * The digest that signs a segment (net/ipv4/tcp_ipv4.c, net/ipv4/tcp.c; RFC 2385, 2.0). MD5 over, in this order:
 *
 *   | saddr | daddr | 0 | 6 | length |   TCP header, checksum 0, no options   |   data   |   key   |
 *     4       4       1   1   2          20
 */
import { put_unaligned_be16, put_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { perKib } from '../../../../machine/costs.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { tcp_hdrlen } from '../../../include/linux/tcp.ts';
import { IPPROTO_TCP } from '../../../include/net/sock.ts';
import { SIZEOF_TCPHDR } from '../../../include/net/tcp.ts';
import type { tcp_md5sig_key } from '../../../include/net/tcp_md5.ts';
import { md5 } from '../../../lib/crypto/md5.ts';
import { skb_copy_bits } from '../../core/skbuff/data.ts';

const SIZEOF_TCP4_PSEUDOHDR = 12;

/** The pseudo header for a segment of `nbytes`, and the header at `th` of `from`. */
export function tcp_v4_md5_hash_headers(_cpu: Cpu, daddr: number, saddr: number, from: Uint8Array, th: number, nbytes: number): Uint8Array {
  const block = new Uint8Array(SIZEOF_TCP4_PSEUDOHDR + SIZEOF_TCPHDR);
  put_unaligned_be32(saddr, block, 0);
  put_unaligned_be32(daddr, block, 4);
  block[9] = IPPROTO_TCP;
  put_unaligned_be16(nbytes, block, 10);
  block.set(from.subarray(th, th + SIZEOF_TCPHDR), SIZEOF_TCP4_PSEUDOHDR);
  put_unaligned_be16(0, block, SIZEOF_TCP4_PSEUDOHDR + 16);
  return block;
}

/** @helper The key's bytes, one a character. */
function tcp_md5_hash_key(key: tcp_md5sig_key): Uint8Array {
  return Uint8Array.from(key.key, (letter) => letter.charCodeAt(0));
}

/** What follows the header: linear bytes and pieces. */
export function tcp_md5_hash_skb_data(_cpu: Cpu, skb: sk_buff, header_len: number): Uint8Array {
  const data = new Uint8Array(skb.len - header_len);
  skb_copy_bits(skb, header_len, data, 0, data.length);
  return data;
}

/** @helper Whether `digest` is what the segment bears at `hash_location` of its head. */
export function bearsDigest(skb: sk_buff, hash_location: number, digest: Uint8Array): boolean {
  return digest.every((byte, i) => byte === skb.head[hash_location + i]);
}

/** Of an answer that has no skb: a header of `nbytes` with its options, nothing behind it. */
export function tcp_v4_md5_hash_hdr(cpu: Cpu, key: tcp_md5sig_key, daddr: number, saddr: number, th: Uint8Array, nbytes: number): Uint8Array {
  spend(cpu, perKib(cpu.costs.md5_kib, SIZEOF_TCP4_PSEUDOHDR + SIZEOF_TCPHDR + key.key.length));
  return md5([tcp_v4_md5_hash_headers(cpu, daddr, saddr, th, 0, nbytes), tcp_md5_hash_key(key)]);
}

/** Of a segment that goes from `saddr` to `daddr` and begins with its TCP header. */
export function tcp_v4_md5_hash_skb(cpu: Cpu, key: tcp_md5sig_key, daddr: number, saddr: number, skb: sk_buff): Uint8Array {
  spend(cpu, perKib(cpu.costs.md5_kib, SIZEOF_TCP4_PSEUDOHDR + skb.len + key.key.length));
  const headers = tcp_v4_md5_hash_headers(cpu, daddr, saddr, skb.head, skb.transport_header, skb.len);
  return md5([headers, tcp_md5_hash_skb_data(cpu, skb, tcp_hdrlen(skb)), tcp_md5_hash_key(key)]);
}
