/** Putting an ICMP message together and sending it (net/ipv4/icmp.c). */
import { perKib } from '../../../../machine/costs.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { put_unaligned_be16, put_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { SIZEOF_ICMPHDR } from '../../../include/linux/icmp.ts';
import { CHECKSUM_NONE } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { MSG_DONTWAIT } from '../../../include/linux/socket.ts';
import type { dst_entry, flowi4 } from '../../../include/net/dst.ts';
import type { sock } from '../../../include/net/sock.ts';
import { csum_add, csum_block_add, csum_fold, csum_partial } from '../../core/skbuff/checksum.ts';
import { skb_copy_bits } from '../../core/skbuff/data.ts';
import { nf_ct_attach } from '../../netfilter/core.ts';
import { icmpIsError } from './send.ts';
import { ip_append_data, ip_flush_pending_frames, ip_push_pending_frames } from '../ip_output/make_skb.ts';

/** struct icmp_bxm: the message to send. `offset` is where, from skb.data, the quoted packet begins. */
export interface icmp_bxm { skb: sk_buff; offset: number; data_len: number; type: number; code: number; rest: number }

/** Bytes of the packet that is answered or quoted. */
export function icmp_glue_bits(
  cpu: Cpu, bxm: icmp_bxm, to: Uint8Array, at: number, offset: number, len: number, odd: number, skb: sk_buff,
): number {
  spend(cpu, perKib(cpu.costs.csum_kib, len));
  copyQuoted(bxm.skb, bxm.offset + offset, to, at, len);
  skb.csum = csum_block_add(skb.csum, csum_partial(to, at, len, 0), odd);
  if (bxm.skb._nfct !== null && icmpIsError(bxm.type)) nf_ct_attach(cpu, skb, bxm.skb);
  return 0;
}

/** @helper The quoted packet's header may lie before skb.data. */
function copyQuoted(skb: sk_buff, offset: number, to: Uint8Array, at: number, len: number): void {
  const before = offset < 0 ? Math.min(-offset, len) : 0;
  for (let i = 0; i < before; i++) to[at + i] = skb.head[skb.data + offset + i]!;
  if (len > before) skb_copy_bits(skb, offset + before, to, at + before, len - before);
}

/** Header and data become a packet, with the checksum over both. */
export function icmp_push_reply(cpu: Cpu, sk: sock, bxm: icmp_bxm, fl4: flowi4, tos: number, rt: dst_entry): void {
  const err = ip_append_data(
    cpu, sk, fl4, 'icmp_glue_bits', bxm, bxm.skb.lineage, bxm.data_len + SIZEOF_ICMPHDR, SIZEOF_ICMPHDR, tos, rt, MSG_DONTWAIT,
  );
  if (err !== 0) {
    cpu.host.mib.Icmp.OutErrors++;
    ip_flush_pending_frames(cpu, sk);
    return;
  }
  const queue = sk.sk_write_queue;
  const skb = queue[0];
  if (skb === undefined) return;
  writeHeader(skb, bxm);
  let csum = csum_partial(skb.head, skb.transport_header, SIZEOF_ICMPHDR, 0);
  for (const part of queue) csum = csum_add(csum, part.csum);
  put_unaligned_be16(csum_fold(csum), skb.head, skb.transport_header + 2);
  skb.ip_summed = CHECKSUM_NONE;
  ip_push_pending_frames(cpu, sk, fl4);
}

/** @helper */
function writeHeader(skb: sk_buff, bxm: icmp_bxm): void {
  const at = skb.transport_header;
  skb.head[at] = bxm.type;
  skb.head[at + 1] = bxm.code;
  put_unaligned_be16(0, skb.head, at + 2);
  put_unaligned_be32(bxm.rest, skb.head, at + 4);
}
