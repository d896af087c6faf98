/** After a segment was processed: data and ACK that are due (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sock } from '../../../include/net/sock.ts';
import { ICSK_ACK_NOW, TCPF_ACK_DEFERRED, TCP_FASTRETRANS_THRESH } from '../../../include/net/tcp.ts';
import { tcp_is_sack } from '../../../include/net/tcp_inlines/congestion.ts';
import { inet_csk_ack_scheduled } from '../../../include/net/inet_connection_sock.ts';
import { hrtimer_active, hrtimer_start } from '../../../kernel/time/hrtimer.ts';
import { sock_hold } from '../../core/sock.ts';
import { tcp_send_ack, tcp_send_delayed_ack } from '../tcp_output/ack.ts';
import { tcp_current_mss } from '../tcp_output/mss.ts';
import { __tcp_select_window } from '../tcp_output/window.ts';
import { __tcp_push_pending_frames } from '../tcp_output/write_xmit.ts';
import { tcp_in_quickack_mode } from './rcv_mss.ts';
import { tcp_check_space } from './space.ts';

/** Sends what the new window allows. */
export function tcp_push_pending_frames(cpu: Cpu, sk: sock): void {
  if (sk.sk_write_queue.length > 0) __tcp_push_pending_frames(cpu, sk, tcp_current_mss(cpu, sk), sk.tcp!.nonagle);
}

export function tcp_data_snd_check(cpu: Cpu, sk: sock): void {
  tcp_push_pending_frames(cpu, sk);
  tcp_check_space(cpu, sk);
}

/** An ACK is owed: at once, together with others of the same hole, or later. */
export function __tcp_ack_snd_check(cpu: Cpu, sk: sock, ofo_possible: boolean): void {
  const tp = sk.tcp!;
  const ack = sk.icsk!.icsk_ack;
  const knobs = cpu.host.knobs;
  if ((((tp.rcv_nxt - tp.rcv_wup) >>> 0 > ack.rcv_mss && ((tp.rcv_nxt - tp.copied_seq) >>> 0 < sk.sk_rcvlowat || __tcp_select_window(cpu, sk) >= tp.rcv_wnd))
    || tcp_in_quickack_mode(cpu, sk) || (ack.pending & ICSK_ACK_NOW) !== 0)) {
    if (sk.sk_lock.owned && knobs.sysctl_tcp_backlog_ack_defer! !== 0) sk.sk_tsq_flags |= TCPF_ACK_DEFERRED;
    else tcp_send_ack(cpu, sk);
    return;
  }
  if (!ofo_possible || tp.out_of_order_queue.length === 0) {
    tcp_send_delayed_ack(cpu, sk);
    return;
  }
  if (!tcp_is_sack(tp) || tp.compressed_ack >= knobs.sysctl_tcp_comp_sack_nr!) {
    tcp_send_ack(cpu, sk);
    return;
  }
  if (tp.compressed_ack_rcv_nxt !== tp.rcv_nxt) {
    tp.compressed_ack_rcv_nxt = tp.rcv_nxt;
    tp.dup_ack_counter = 0;
  }
  if (tp.dup_ack_counter < TCP_FASTRETRANS_THRESH) {
    tp.dup_ack_counter++;
    tcp_send_ack(cpu, sk);
    return;
  }
  tp.compressed_ack++;
  if (hrtimer_active(tp.compressed_ack_timer)) return;
  let rtt = tp.rcv_rtt_est.rtt_us;
  if (tp.srtt_us !== 0 && tp.srtt_us < rtt) rtt = tp.srtt_us;
  const delay = Math.min((rtt + (rtt >> 2)) * knobs.sysctl_tcp_comp_sack_rtt_percent!, knobs.sysctl_tcp_comp_sack_delay_ns!);
  sock_hold(sk);
  hrtimer_start(cpu, tp.compressed_ack_timer, cpu.now + delay);
}

export function tcp_ack_snd_check(cpu: Cpu, sk: sock): void {
  if (inet_csk_ack_scheduled(sk.icsk!)) __tcp_ack_snd_check(cpu, sk, true);
}
