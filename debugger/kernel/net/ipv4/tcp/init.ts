/** A TCP socket at its birth (net/ipv4/tcp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { TCP_CLOSE } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  TCP_DEFAULT_SCALING_RATIO, TCP_DELACK_MAX, TCP_INFINITE_SSTHRESH, TCP_INIT_CWND, TCP_MSS_DEFAULT, TCP_TIMEOUT_INIT,
} from '../../../include/net/tcp.ts';
import { createInetConnectionSock, createTcpSock } from '../../../include/net/tcp_sock.ts';
import { tcp_jiffies32 } from '../../../include/net/tcp_inlines/clock.ts';
import { usecs_to_jiffies } from '../../../kernel/time/timer.ts';
import { tcp_assign_congestion_control } from '../tcp_cong.ts';
import { tcp_init_xmit_timers } from '../tcp_timer.ts';

export function tcp_init_sock(cpu: Cpu, sk: sock): void {
  const knobs = cpu.host.knobs;
  const icsk = createInetConnectionSock();
  const tp = createTcpSock();
  sk.icsk = icsk;
  sk.tcp = tp;
  tcp_init_xmit_timers(cpu, sk);
  icsk.icsk_rto = TCP_TIMEOUT_INIT;
  icsk.icsk_rto_max = knobs.sysctl_tcp_rto_max_ms!;
  icsk.icsk_rto_min = usecs_to_jiffies(knobs.sysctl_tcp_rto_min_us!);
  icsk.icsk_delack_max = TCP_DELACK_MAX;
  tp.mdev_us = TCP_TIMEOUT_INIT * 4000;
  const now = tcp_jiffies32(cpu);
  for (const s of tp.rtt_min) {
    s.t = now;
    s.v = 0xffffffff;
  }
  tp.snd_cwnd = TCP_INIT_CWND;
  tp.app_limited = 0xffffffff;
  tp.rate_app_limited = true;
  tp.snd_ssthresh = TCP_INFINITE_SSTHRESH;
  tp.snd_cwnd_clamp = 0x7fffffff;
  tp.mss_cache = TCP_MSS_DEFAULT;
  tp.reordering = knobs.sysctl_tcp_reordering!;
  tcp_assign_congestion_control(cpu, sk);
  tp.rack.reo_wnd_steps = 1;
  sk.sk_write_space = 'sk_stream_write_space';
  sk.sk_backlog_rcv = 'tcp_v4_do_rcv';
  sk.sk_sndbuf = knobs.sysctl_tcp_wmem_1!;
  sk.sk_rcvbuf = knobs.sysctl_tcp_rmem_1!;
  tp.scaling_ratio = TCP_DEFAULT_SCALING_RATIO;
  sk.sk_state = TCP_CLOSE;
  cpu.host.tcp_sockets_allocated++;
}
