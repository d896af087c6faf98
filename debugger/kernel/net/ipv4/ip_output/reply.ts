/** Answers of the kernel to packets that belong to no socket: TCP resets and ACKs (net/ipv4/ip_output.c ip_send_unicast_reply). */
import type { Cpu } from '../../../../machine/types.ts';
import { iph_protocol } from '../../../include/linux/ip.ts';
import { CHECKSUM_NONE } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { MSG_DONTWAIT } from '../../../include/linux/socket.ts';
import type { sock } from '../../../include/net/sock.ts';
import { put_unaligned_be16 } from '../../../include/asm-generic/unaligned.ts';
import { csum_add, csum_block_add, csum_fold, csum_partial } from '../../core/skbuff/checksum.ts';
import { copyBytes } from '../../core/skbuff/data.ts';
import { createFlowi4, ip_route_output_flow } from '../route/output.ts';
import { ip_append_data, ip_flush_pending_frames, ip_push_pending_frames } from './make_skb.ts';

/** struct ip_reply_arg: the bytes to send, and the pseudo-header's sum. `csumoffset`: of the checksum, -1: none. */
export interface ip_reply_arg { bytes: Uint8Array; len: number; csum: number; csumoffset: number; tos: number; bound_dev_if: number }

export function ip_reply_glue_bits(_cpu: Cpu, arg: ip_reply_arg, to: Uint8Array, at: number, offset: number, len: number, odd: number, skb: sk_buff): number {
  copyBytes(arg.bytes, offset, to, at, len);
  skb.csum = csum_block_add(skb.csum, csum_partial(to, at, len, 0), odd);
  return 0;
}

/** Sends arg.bytes (a transport header, mostly) to `daddr` from `saddr` in answer to `skb`, by the CPU's control socket `sk`. */
export function ip_send_unicast_reply(cpu: Cpu, sk: sock, skb: sk_buff, daddr: number, saddr: number, arg: ip_reply_arg, txhash: number): void {
  const fl4 = createFlowi4(iph_protocol(skb), arg.bound_dev_if, arg.tos, saddr, daddr, 0, 0);
  const rt = ip_route_output_flow(cpu, fl4, sk);
  if (typeof rt === 'number') return;
  sk.sk_protocol = iph_protocol(skb);
  sk.sk_bound_dev_if = arg.bound_dev_if;
  sk.sk_sndbuf = cpu.host.knobs.sysctl_wmem_default!;
  sk.inet.tos = arg.tos;
  fl4.saddr = saddr;
  const err = ip_append_data(cpu, sk, fl4, 'ip_reply_glue_bits', arg, skb.lineage, arg.len, 0, arg.tos, rt, MSG_DONTWAIT);
  if (err !== 0) {
    ip_flush_pending_frames(cpu, sk);
    return;
  }
  const nskb = sk.sk_write_queue[0];
  if (nskb === undefined) return;
  if (arg.csumoffset >= 0) put_unaligned_be16(csum_fold(csum_add(nskb.csum, arg.csum)), nskb.head, nskb.transport_header + arg.csumoffset);
  nskb.ip_summed = CHECKSUM_NONE;
  if (txhash !== 0) {
    nskb.hash = txhash;
    nskb.l4_hash = true;
  }
  ip_push_pending_frames(cpu, sk, fl4);
}
