/** Where __ip_append_data takes its bytes from, by name: a user's buffer, or a packet that is quoted (getfrag). */
import { perKib } from '../../../../machine/costs.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { CHECKSUM_PARTIAL } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { void_p } from '../../../include/linux/void.ts';
import type { msghdr } from '../../../include/net/sock.ts';
import { copy_from_iter_full } from '../../../lib/iov_iter.ts';
import { EFAULT } from '../../../include/uapi/asm-generic/errno.ts';
import { csum_block_add, csum_partial } from '../../core/skbuff/checksum.ts';
import { icmp_glue_bits } from '../icmp/push.ts';
import { ip_reply_glue_bits } from './reply.ts';

type Getfrag = (cpu: Cpu, from: void_p, to: Uint8Array, at: number, offset: number, len: number, odd: number, skb: sk_buff) => number;

const getfrags = { ip_generic_getfrag, icmp_glue_bits, ip_reply_glue_bits } satisfies Record<string, Getfrag>;
export type GetfragName = keyof typeof getfrags;

/** @helper getfrag(from, to, offset, len, odd, skb): 0, or a negative errno. */
export function callGetfrag(
  cpu: Cpu, name: GetfragName, from: unknown, to: Uint8Array, at: number, offset: number, len: number, odd: number, skb: sk_buff,
): number {
  return (getfrags[name] as Getfrag)(cpu, from, to, at, offset, len, odd, skb);
}

/** From a user's buffer; summed on the way when no device will do that. */
export function ip_generic_getfrag(
  cpu: Cpu, msg: msghdr, to: Uint8Array, at: number, _offset: number, len: number, odd: number, skb: sk_buff,
): number {
  if (!copy_from_iter_full(cpu, msg.iter, len, to, at)) return -EFAULT;
  if (skb.ip_summed === CHECKSUM_PARTIAL) return 0;
  spend(cpu, perKib(cpu.costs.csum_kib, len));
  skb.csum = csum_block_add(skb.csum, csum_partial(to, at, len, 0), odd);
  return 0;
}
