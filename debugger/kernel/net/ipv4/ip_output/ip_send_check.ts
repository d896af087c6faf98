/** The checksum of an IP header (net/ipv4/ip_output.c). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { put_unaligned_be16 } from '../../../include/asm-generic/unaligned.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { ip_fast_csum } from '../../core/skbuff/checksum.ts';

export function ip_send_check(cpu: Cpu, skb: sk_buff): void {
  spend(cpu, cpu.costs.ip_send_check);
  const head = skb.head;
  const at = skb.network_header;
  head[at + 10] = 0;
  head[at + 11] = 0;
  put_unaligned_be16(ip_fast_csum(head, at, head[at]! & 15), head, at + 10);
}
