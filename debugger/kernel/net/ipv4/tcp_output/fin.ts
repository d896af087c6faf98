/** Ending a connection: FIN, or RST (net/ipv4/tcp_output.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { MAX_TCP_HEADER, TCPHDR_ACK, TCPHDR_FIN, TCPHDR_RST, TCP_NAGLE_OFF } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { tcp_write_queue_tail } from '../../../include/net/tcp_inlines/queues.ts';
import { tcp_under_memory_pressure } from '../../../include/net/tcp_inlines/window.ts';
import { TCP_INC_STATS } from '../../../include/net/snmp.ts';
import { alloc_skb, alloc_skb_fclone } from '../../core/skbuff/alloc.ts';
import { sk_forced_mem_schedule, sk_mem_charge } from '../../core/sock.ts';
import { tcp_add_write_queue_tail } from '../tcp/queues.ts';
import { tcp_acceptable_seq, tcp_init_nondata_skb } from './ack.ts';
import { tcp_mstamp_refresh } from './clock.ts';
import { tcp_current_mss } from './mss.ts';
import { tcp_transmit_skb } from './transmit.ts';
import { __tcp_push_pending_frames } from './write_xmit.ts';

export function tcp_queue_skb(cpu: Cpu, sk: sock, skb: sk_buff): void {
  sk.tcp!.write_seq = TCP_SKB_CB(skb).end_seq;
  tcp_add_write_queue_tail(cpu, sk, skb);
  sk.sk_wmem_queued += skb.truesize;
  sk_mem_charge(sk, skb.truesize);
}

/** The FIN rides on the last skb that waits, or is an skb of its own. */
export function tcp_send_fin(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const tail = tcp_write_queue_tail(sk);
  const rtx = sk.tcp_rtx_queue;
  let tskb = tail;
  if (tskb === null && rtx.length > 0 && tcp_under_memory_pressure(sk)) tskb = rtx[rtx.length - 1]!;
  if (tskb !== null) {
    const tcb = TCP_SKB_CB(tskb);
    tcb.tcp_flags |= TCPHDR_FIN;
    tcb.end_seq = (tcb.end_seq + 1) >>> 0;
    tp.write_seq = (tp.write_seq + 1) >>> 0;
    if (tail === null) {
      tp.snd_nxt = (tp.snd_nxt + 1) >>> 0;
      return;
    }
  } else {
    const skb = alloc_skb_fclone(cpu, MAX_TCP_HEADER);
    skb.data += MAX_TCP_HEADER;
    skb.tail += MAX_TCP_HEADER;
    sk_forced_mem_schedule(cpu, sk, skb.truesize);
    tcp_init_nondata_skb(cpu, skb, tp.write_seq, TCPHDR_ACK | TCPHDR_FIN);
    tcp_queue_skb(cpu, sk, skb);
  }
  __tcp_push_pending_frames(cpu, sk, tcp_current_mss(cpu, sk), TCP_NAGLE_OFF);
}

/** Data were lost by closing, or the user wants it over: RST. */
export function tcp_send_active_reset(cpu: Cpu, sk: sock): void {
  TCP_INC_STATS(cpu, 'OutRsts');
  const skb = alloc_skb(cpu, MAX_TCP_HEADER);
  skb.data += MAX_TCP_HEADER;
  skb.tail += MAX_TCP_HEADER;
  tcp_init_nondata_skb(cpu, skb, tcp_acceptable_seq(cpu, sk), TCPHDR_ACK | TCPHDR_RST);
  tcp_mstamp_refresh(cpu, sk.tcp!);
  tcp_transmit_skb(cpu, sk, skb, false);
}
