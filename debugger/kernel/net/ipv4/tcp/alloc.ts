/** Memory of a TCP socket's write queue (net/ipv4/tcp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { CHECKSUM_PARTIAL, SKB_TRUESIZE } from '../../../include/linux/skbuff.ts';
import type { Lineage, sk_buff } from '../../../include/linux/skbuff.ts';
import { PAGE_SHIFT } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { MAX_TCP_HEADER } from '../../../include/net/tcp.ts';
import { alloc_skb_fclone } from '../../core/skbuff/alloc.ts';
import { __kfree_skb } from '../../core/skbuff/free.ts';
import { sk_forced_mem_schedule, sk_wmem_schedule } from '../../core/sock.ts';

/** An skb for the write queue, with room for the headers in front; null when memory is short. `force`: it must be had. */
export function tcp_stream_alloc_skb(cpu: Cpu, sk: sock, force_schedule: boolean, from: Lineage | null): sk_buff | null {
  const skb = alloc_skb_fclone(cpu, MAX_TCP_HEADER, from);
  skb.truesize = SKB_TRUESIZE(skb.head.length);
  let mem_scheduled = true;
  if (force_schedule) sk_forced_mem_schedule(cpu, sk, skb.truesize);
  else mem_scheduled = sk_wmem_schedule(cpu, sk, skb.truesize);
  if (mem_scheduled) {
    skb.data = MAX_TCP_HEADER;
    skb.tail = MAX_TCP_HEADER;
    skb.ip_summed = CHECKSUM_PARTIAL;
    return skb;
  }
  __kfree_skb(cpu, skb);
  return null;
}

/** Memory for `copy` bytes of payload; the first of an empty queue come in any case. */
export function tcp_wmem_schedule(cpu: Cpu, sk: sock, copy: number): number {
  if (sk_wmem_schedule(cpu, sk, copy)) return copy;
  const left = cpu.host.knobs.sysctl_tcp_wmem_0! - sk.sk_wmem_queued;
  if (left > 0) sk_forced_mem_schedule(cpu, sk, Math.min(left, copy));
  return Math.min(copy, sk.sk_forward_alloc);
}

export const PAGE_FRAG_ORDER = 3;
export const PAGE_FRAG_SIZE = 1 << (PAGE_SHIFT + PAGE_FRAG_ORDER);
