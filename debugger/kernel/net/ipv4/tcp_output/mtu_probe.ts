/** Packetization layer path MTU discovery (RFC 4821; net/ipv4/tcp_output.c): now and then a segment larger than usual. */
import type { Cpu } from '../../../../machine/types.ts';
import { MAX_SKB_FRAGS } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { SIZEOF_TCPHDR, TCPHDR_ACK, TCPHDR_FIN, TCPHDR_PSH, TCP_CA_Open, after } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB, createTcpSkbCb } from '../../../include/net/tcp_sock.ts';
import { tcp_jiffies32 } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_packets_in_flight } from '../../../include/net/tcp_inlines/congestion.ts';
import { tcp_highest_sack_replace, tcp_skb_can_collapse } from '../../../include/net/tcp_inlines/queues.ts';
import { tcp_wnd_end } from '../../../include/net/tcp_inlines/window.ts';
import { consume_skb } from '../../core/skbuff/free.ts';
import { sk_mem_charge, sk_wmem_schedule } from '../../core/sock.ts';
import { tcp_stream_alloc_skb } from '../tcp/alloc.ts';
import { __pskb_trim_head, tcp_eat_one_skb, tcp_set_skb_tso_segs } from './fragment.ts';
import { tcp_current_mss, tcp_mss_to_mtu, tcp_mtu_to_mss } from './mss.ts';
import { tcp_transmit_skb } from './transmit.ts';
import { tcp_event_new_data_sent } from './write_xmit.ts';

/** After a while the search begins anew: paths change. */
function tcp_mtu_check_reprobe(cpu: Cpu, sk: sock): void {
  const mtup = sk.icsk!.icsk_mtup;
  if (tcp_jiffies32(cpu) - mtup.probe_timestamp < cpu.host.knobs.sysctl_tcp_probe_interval! * 250) return;
  const mss = tcp_current_mss(cpu, sk);
  mtup.probe_size = 0;
  mtup.search_high = sk.tcp!.rx_opt.mss_clamp + SIZEOF_TCPHDR + 20;
  mtup.search_low = tcp_mss_to_mtu(cpu, sk, mss);
  mtup.probe_timestamp = tcp_jiffies32(cpu);
}

/** The first `len` bytes of the write queue can be put into one skb. */
function tcp_can_coalesce_send_queue_head(_cpu: Cpu, sk: sock, len: number): boolean {
  const queue = sk.sk_write_queue;
  let left = len;
  for (let i = 0; i < queue.length; i++) {
    if (left <= queue[i]!.len) break;
    const next = queue[i + 1];
    if (next === undefined || !tcp_skb_can_collapse(queue[i]!, next)) return false;
    left -= queue[i]!.len;
  }
  return true;
}

/** The probe's frags are those of the first `probe_size` bytes of the write queue. */
function tcp_clone_payload(cpu: Cpu, sk: sock, to: sk_buff, probe_size: number): boolean {
  if (!sk_wmem_schedule(cpu, sk, to.truesize + probe_size)) return false;
  const frags = to.shinfo.frags;
  let len = 0;
  for (const skb of sk.sk_write_queue) {
    for (const frag of skb.shinfo.frags) {
      if (len >= probe_size) break;
      const todo = Math.min(frag.size, probe_size - len);
      len += todo;
      const last = frags[frags.length - 1];
      if (last !== undefined && last.page === frag.page && last.offset + last.size === frag.offset) {
        last.size += todo;
        continue;
      }
      if (frags.length === MAX_SKB_FRAGS) return false;
      frags.push({ page: frag.page, offset: frag.offset, size: todo });
    }
  }
  to.truesize += probe_size;
  to.len += probe_size;
  to.data_len += probe_size;
  return true;
}

/** 0: wait until a probe can be sent; 1: one was sent; -1: go on without. */
export function tcp_mtu_probe(cpu: Cpu, sk: sock): number {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  const mtup = icsk.icsk_mtup;
  if (!mtup.enabled || mtup.probe_size !== 0 || icsk.icsk_ca_state !== TCP_CA_Open || tp.snd_cwnd < 11 || tp.rx_opt.num_sacks !== 0 || tp.rx_opt.dsack) return -1;
  const mss_now = tcp_current_mss(cpu, sk);
  const probe_size = tcp_mtu_to_mss(cpu, sk, (mtup.search_high + mtup.search_low) >> 1);
  const size_needed = probe_size + (tp.reordering + 1) * tp.mss_cache;
  const interval = mtup.search_high - mtup.search_low;
  if (probe_size > tcp_mtu_to_mss(cpu, sk, mtup.search_high) || interval < cpu.host.knobs.sysctl_tcp_probe_threshold!) {
    tcp_mtu_check_reprobe(cpu, sk);
    return -1;
  }
  if ((tp.write_seq - tp.snd_nxt) >>> 0 < size_needed || tp.snd_wnd < size_needed) return -1;
  if (after((tp.snd_nxt + size_needed) >>> 0, tcp_wnd_end(tp))) return 0;
  if (tcp_packets_in_flight(tp) + 2 > tp.snd_cwnd) return tcp_packets_in_flight(tp) === 0 ? -1 : 0;
  if (!tcp_can_coalesce_send_queue_head(cpu, sk, probe_size)) return -1;
  const first = sk.sk_write_queue[0]!;
  const nskb = tcp_stream_alloc_skb(cpu, sk, false, first.lineage);
  if (nskb === null) return -1;
  if (!tcp_clone_payload(cpu, sk, nskb, probe_size)) {
    consume_skb(cpu, nskb);
    return -1;
  }
  sk.sk_wmem_queued += nskb.truesize;
  sk_mem_charge(sk, nskb.truesize);
  sendMtuProbe(cpu, sk, first, nskb, probe_size, mss_now);
  if (tcp_transmit_skb(cpu, sk, nskb, true) !== 0) return -1;
  tp.snd_cwnd--;
  tcp_event_new_data_sent(cpu, sk, nskb);
  mtup.probe_size = tcp_mss_to_mtu(cpu, sk, nskb.len);
  tp.mtu_probe.probe_seq_start = TCP_SKB_CB(nskb).seq;
  tp.mtu_probe.probe_seq_end = TCP_SKB_CB(nskb).end_seq;
  return 1;
}

/** Puts the probe at the head of the write queue in place of the bytes that it carries. @helper */
function sendMtuProbe(cpu: Cpu, sk: sock, first: sk_buff, nskb: sk_buff, probe_size: number, mss_now: number): void {
  const queue = sk.sk_write_queue;
  const seq = TCP_SKB_CB(first).seq;
  const tcb = createTcpSkbCb(seq, (seq + probe_size) >>> 0, TCPHDR_ACK);
  nskb.cb = tcb;
  queue.unshift(nskb);
  tcp_highest_sack_replace(sk, first, nskb);
  let len = 0;
  while (len < probe_size && queue.length > 1) {
    const skb = queue[1]!;
    const copy = Math.min(skb.len, probe_size - len);
    if (skb.len <= copy) {
      tcp_eat_one_skb(cpu, sk, nskb, skb);
    } else {
      tcb.tcp_flags |= TCP_SKB_CB(skb).tcp_flags & ~(TCPHDR_FIN | TCPHDR_PSH);
      __pskb_trim_head(cpu, skb, copy);
      tcp_set_skb_tso_segs(cpu, skb, mss_now);
      TCP_SKB_CB(skb).seq = (TCP_SKB_CB(skb).seq + copy) >>> 0;
    }
    len += copy;
  }
  tcp_set_skb_tso_segs(cpu, nskb, nskb.len);
}
