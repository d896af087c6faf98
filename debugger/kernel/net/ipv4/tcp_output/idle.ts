/** After a pause the congestion window is no longer what the path allows (net/ipv4/tcp_output.c, include/net/tcp.h). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sock } from '../../../include/net/sock.ts';
import { CA_EVENT_CWND_RESTART } from '../../../include/net/tcp.ts';
import { tcp_jiffies32 } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_current_ssthresh } from '../../../include/net/tcp_inlines/congestion.ts';
import { tcp_ca_event } from '../tcp_cong.ts';
import { tcp_init_cwnd } from '../tcp_input/rtt.ts';

/** Nothing was sent for an RTO, and what is written now would go as one burst. */
export function tcp_slow_start_after_idle_check(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  if (cpu.host.knobs.sysctl_tcp_slow_start_after_idle! === 0 || tp.packets_out !== 0) return;
  const delta = tcp_jiffies32(cpu) - tp.lsndtime;
  if (delta > sk.icsk!.icsk_rto) tcp_cwnd_restart(cpu, sk, delta);
}

/** RFC 2861: halves the window for each RTO of the pause, down to the initial window. */
export function tcp_cwnd_restart(cpu: Cpu, sk: sock, delta_: number): void {
  const tp = sk.tcp!;
  const rto = sk.icsk!.icsk_rto;
  let restart_cwnd = tcp_init_cwnd(cpu, tp, sk.sk_dst_cache);
  let cwnd = tp.snd_cwnd;
  tcp_ca_event(cpu, sk, CA_EVENT_CWND_RESTART);
  tp.snd_ssthresh = tcp_current_ssthresh(sk);
  restart_cwnd = Math.min(restart_cwnd, cwnd);
  for (let delta = delta_ - rto; delta > 0 && cwnd > restart_cwnd; delta -= rto) cwnd >>= 1;
  tp.snd_cwnd = Math.max(cwnd, restart_cwnd);
  tp.snd_cwnd_stamp = tcp_jiffies32(cpu);
  tp.snd_cwnd_used = 0;
}
