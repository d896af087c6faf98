/** Urgent data (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { tcp_hdrlen, th_flags, th_seq, th_urg_ptr } from '../../../include/linux/tcp.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCPHDR_SYN, TCPHDR_URG, TCP_URG_NOTYET, TCP_URG_VALID, after, before } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { skb_copy_bits } from '../../core/skbuff/data.ts';
import { __kfree_skb } from '../../core/skbuff/free.ts';
import { skDataReady } from '../../core/sock.ts';

/** A new urgent pointer. */
function tcp_check_urg(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  let ptr = th_urg_ptr(skb);
  if (ptr !== 0 && cpu.host.knobs.sysctl_tcp_stdurg! === 0) ptr--;
  ptr = (ptr + th_seq(skb)) >>> 0;
  if (after(tp.copied_seq, ptr) || before(ptr, tp.rcv_nxt)) return;
  if (tp.urg_data !== 0 && !after(ptr, tp.urg_seq)) return;
  if (tp.urg_seq === tp.copied_seq && tp.urg_data !== 0 && !sk.sk_urginline && tp.copied_seq !== tp.rcv_nxt) {
    tp.copied_seq = (tp.copied_seq + 1) >>> 0;
    const first = sk.sk_receive_queue[0];
    if (first !== undefined && !before(tp.copied_seq, TCP_SKB_CB(first).end_seq)) {
      sk.sk_receive_queue.shift();
      __kfree_skb(cpu, first);
    }
  }
  tp.urg_data = TCP_URG_NOTYET;
  tp.urg_seq = ptr;
  tp.pred_flags = 0;
}

/** Takes note of an urgent pointer, and of the byte that it points at. */
export function tcp_urg(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  const flags = th_flags(skb);
  if ((flags & TCPHDR_URG) !== 0) tcp_check_urg(cpu, sk, skb);
  if (tp.urg_data !== TCP_URG_NOTYET) return;
  const ptr = (tp.urg_seq - th_seq(skb) + tcp_hdrlen(skb) - ((flags & TCPHDR_SYN) !== 0 ? 1 : 0)) >>> 0;
  if (ptr >= skb.len) return;
  const byte = new Uint8Array(1);
  skb_copy_bits(skb, ptr, byte, 0, 1);
  tp.urg_data = TCP_URG_VALID | byte[0]!;
  if (!sk.sk_dead) skDataReady(cpu, sk);
}
