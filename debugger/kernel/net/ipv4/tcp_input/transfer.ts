/** The handshake is done (net/ipv4/tcp_input.c). */
import { rebuildHeader } from '../tcp/af_ops.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { sk_mark_napi_id } from '../../../include/net/busy_poll.ts';
import { TCP_ESTABLISHED } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { tcp_jiffies32 } from '../../../include/net/tcp_inlines/clock.ts';
import { __tcp_fast_path_on } from '../../../include/net/tcp_inlines/receive_path.ts';
import { keepalive_time_when } from '../../../include/net/tcp_inlines/timeouts.ts';
import { tcp_init_congestion_control } from '../tcp_cong.ts';
import { inet_sk_rx_dst_set } from '../tcp_ipv4/rx_dst.ts';
import { tcp_init_metrics } from '../tcp_metrics.ts';
import { tcp_mtup_init } from '../tcp_output/mss.ts';
import { tcp_set_state } from '../tcp/state.ts';
import { tcp_reset_keepalive_timer } from '../tcp_timer.ts';
import { tcp_init_cwnd } from './rtt.ts';
import { tcp_init_buffer_space } from './space.ts';

/** Data may flow: congestion window, congestion control, buffers. */
export function tcp_init_transfer(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  tcp_mtup_init(cpu, sk);
  rebuildHeader(cpu, sk);
  tcp_init_metrics(cpu, sk);
  tp.snd_cwnd = tp.total_retrans > 1 && tp.undo_marker !== 0 ? 1 : tcp_init_cwnd(cpu, tp, sk.sk_dst_cache);
  tp.snd_cwnd_stamp = tcp_jiffies32(cpu);
  if (!sk.icsk!.icsk_ca_initialized) tcp_init_congestion_control(cpu, sk);
  tcp_init_buffer_space(cpu, sk);
}

/** The SYN-ACK came. */
export function tcp_finish_connect(cpu: Cpu, sk: sock, skb: sk_buff | null): void {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  tcp_set_state(cpu, sk, TCP_ESTABLISHED);
  icsk.icsk_ack.lrcvtime = tcp_jiffies32(cpu);
  if (skb !== null) {
    inet_sk_rx_dst_set(cpu, sk, skb);
    sk_mark_napi_id(sk, skb);
  }
  tcp_init_transfer(cpu, sk);
  tp.lsndtime = tcp_jiffies32(cpu);
  if (sk.sk_keepopen) tcp_reset_keepalive_timer(cpu, sk, keepalive_time_when(tp, sk));
  if (tp.rx_opt.snd_wscale === 0) __tcp_fast_path_on(tp, tp.snd_wnd);
  else tp.pred_flags = 0;
}
