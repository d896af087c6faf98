/** Options at IPPROTO_TCP (net/ipv4/tcp.c). */
import { ipv6_getsockopt, ipv6_setsockopt } from '../../ipv6/ipv6_sockglue.ts';
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { SOL_TCP } from '../../../include/linux/socket.ts';
import type { sockopt_value } from '../../../include/linux/socket.ts';
import { SOCK_RCVBUF_LOCK, TCP_CLOSE, TCP_LISTEN } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  ICSK_ACK_PUSHED, TCPF_CLOSE, TCPF_CLOSE_WAIT, TCPF_ESTABLISHED, TCPF_LISTEN, TCP_DELACK_MAX, TCP_MIN_MSS, TCP_NAGLE_CORK, TCP_NAGLE_OFF, TCP_NAGLE_PUSH, TCP_TIMEOUT_INIT,
} from '../../../include/net/tcp.ts';
import {
  fastopen_queue_tune, inet_csk_ack_scheduled, inet_csk_enter_pingpong_mode, inet_csk_exit_pingpong_mode, inet_csk_in_pingpong_mode,
} from '../../../include/net/inet_connection_sock.ts';
import { keepalive_intvl_when, keepalive_probes, keepalive_time_elapsed, keepalive_time_when } from '../../../include/net/tcp_inlines/timeouts.ts';
import { tcp_ns_to_ts } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_space_from_win, tcp_win_from_space } from '../../../include/net/tcp_inlines/window.ts';
import type { tcp_md5sig } from '../../../include/net/tcp_md5.ts';
import { TFO_CLIENT_ENABLE } from '../../../include/net/tcp_fastopen.ts';
import { EINVAL, ENOPROTOOPT, EOPNOTSUPP } from '../../../include/uapi/asm-generic/errno.ts';
import { lock_sock_nested, release_sock, skWriteSpace } from '../../core/sock.ts';
import { ip_getsockopt, ip_setsockopt } from '../ip_sockglue.ts';
import { fastopenKeyText, tcp_fastopen_init_key_once, tcp_fastopen_reset_cipher } from '../tcp_fastopen.ts';
import { tcp_set_congestion_control } from '../tcp_cong.ts';
import { tcp_push_pending_frames } from '../tcp_input/ack_snd.ts';
import { tcp_data_ready } from '../tcp_input/data_queue.ts';
import { tcp_set_window_clamp } from '../tcp_input/rcv_mss.ts';
import { tcp_saved_syn_take } from '../saved_syn.ts';
import { tcp_v4_parse_md5_keys } from '../tcp_ipv4/md5_keys.ts';
import { tcp_reset_keepalive_timer } from '../tcp_timer.ts';
import { tcp_cleanup_rbuf } from './cleanup.ts';
import { tcp_get_info } from './info.ts';

export const TCP_NODELAY = 1;
export const TCP_MAXSEG = 2;
export const TCP_CORK = 3;
export const TCP_KEEPIDLE = 4;
export const TCP_KEEPINTVL = 5;
export const TCP_KEEPCNT = 6;
export const TCP_SYNCNT = 7;
export const TCP_LINGER2 = 8;
export const TCP_DEFER_ACCEPT = 9;
export const TCP_WINDOW_CLAMP = 10;
export const TCP_INFO = 11;
export const TCP_QUICKACK = 12;
export const TCP_CONGESTION = 13;
export const TCP_THIN_LINEAR_TIMEOUTS = 16;
export const TCP_THIN_DUPACK = 17;
export const TCP_MD5SIG = 14;
export const TCP_USER_TIMEOUT = 18;
export const TCP_FASTOPEN = 23;
export const TCP_TIMESTAMP = 24;
export const TCP_NOTSENT_LOWAT = 25;
export const TCP_CC_INFO = 26;
export const TCP_FASTOPEN_CONNECT = 30;
export const TCP_MD5SIG_EXT = 32;
export const TCP_FASTOPEN_KEY = 33;
export const TCP_FASTOPEN_NO_COOKIE = 34;
export const TCP_SAVE_SYN = 27;
export const TCP_SAVED_SYN = 28;
export const TCP_INQ = 36;
export const TCP_RTO_MAX_MS = 44;
export const TCP_RTO_MIN_US = 45;
export const TCP_DELACK_MAX_US = 46;

const HZ = 250;
const TCP_RTO_MAX_SEC = 120;
/** The least timeout that can be asked for, us: two jiffies. */
const TIMEOUT_MIN_US = 8000;
const MAX_TCP_KEEPIDLE = 32767;
const MAX_TCP_KEEPCNT = 127;

/** Nagle on or off; off sends what waits. */
export function __tcp_sock_set_nodelay(cpu: Cpu, sk: sock, on: boolean): void {
  const tp = sk.tcp!;
  if (on) {
    tp.nonagle |= TCP_NAGLE_OFF | TCP_NAGLE_PUSH;
    tcp_push_pending_frames(cpu, sk);
  } else {
    tp.nonagle &= ~TCP_NAGLE_OFF;
  }
}

/** Partial segments wait while corked. */
export function __tcp_sock_set_cork(cpu: Cpu, sk: sock, on: boolean): void {
  const tp = sk.tcp!;
  if (on) {
    tp.nonagle |= TCP_NAGLE_CORK;
    return;
  }
  tp.nonagle &= ~TCP_NAGLE_CORK;
  if ((tp.nonagle & TCP_NAGLE_OFF) !== 0) tp.nonagle |= TCP_NAGLE_PUSH;
  tcp_push_pending_frames(cpu, sk);
}

export function __tcp_sock_set_quickack(cpu: Cpu, sk: sock, val: number): void {
  if (val === 0) {
    inet_csk_enter_pingpong_mode(sk);
    return;
  }
  inet_csk_exit_pingpong_mode(sk);
  if (((1 << sk.sk_state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)) !== 0 && inet_csk_ack_scheduled(sk.icsk!)) {
    sk.icsk!.icsk_ack.pending |= ICSK_ACK_PUSHED;
    tcp_cleanup_rbuf(cpu, sk, 1);
    if ((val & 1) === 0) inet_csk_enter_pingpong_mode(sk);
  }
}

function tcp_sock_set_keepidle_locked(cpu: Cpu, sk: sock, val: number): number {
  const tp = sk.tcp!;
  if (val < 1 || val > MAX_TCP_KEEPIDLE) return -EINVAL;
  tp.keepalive_time = val * HZ;
  if (sk.sk_keepopen && ((1 << sk.sk_state) & (TCPF_CLOSE | TCPF_LISTEN)) === 0) {
    const elapsed = keepalive_time_elapsed(cpu, sk);
    tcp_reset_keepalive_timer(cpu, sk, Math.max(tp.keepalive_time - elapsed, 0));
  }
  return 0;
}

/** TCP_DEFER_ACCEPT: seconds in retransmissions of the SYN-ACK. @helper */
function secs_to_retrans(seconds: number, rto_max: number): number {
  if (seconds <= 0) return 0;
  let timeout = Math.floor(TCP_TIMEOUT_INIT / HZ);
  let period = timeout;
  let res = 1;
  while (seconds > period && res < 255) {
    res++;
    timeout = Math.min(timeout << 1, rto_max);
    period += timeout;
  }
  return res;
}

/** The other way: the seconds that so many retransmissions take. @helper */
function retrans_to_secs(retrans: number, rto_max: number): number {
  let timeout = Math.floor(TCP_TIMEOUT_INIT / HZ);
  let period = 0;
  for (let i = 0; i < retrans; i++) {
    period += timeout;
    timeout = Math.min(timeout << 1, rto_max);
  }
  return period;
}

/** SO_RCVLOWAT: the buffer must hold as much. */
export function tcp_set_rcvlowat(cpu: Cpu, sk: sock, val_: number): number {
  const tp = sk.tcp!;
  const locked = (sk.sk_userlocks & SOCK_RCVBUF_LOCK) !== 0;
  const cap = locked ? sk.sk_rcvbuf >> 1 : cpu.host.knobs.sysctl_tcp_rmem_2! >> 1;
  const val = Math.min(val_, cap);
  sk.sk_rcvlowat = val !== 0 ? val : 1;
  tcp_data_ready(cpu, sk);
  if (locked) return 0;
  const space = tcp_space_from_win(sk, val);
  if (space > sk.sk_rcvbuf) {
    sk.sk_rcvbuf = space;
    if (tp.window_clamp !== 0 && tp.window_clamp < val) tp.window_clamp = val;
  }
  return 0;
}

/** SO_RCVBUF: the window is what the new buffer has room for, also of a connection that is under way. */
export function tcp_set_rcvbuf(cpu: Cpu, sk: sock, val: number): void {
  tcp_set_window_clamp(cpu, sk, tcp_win_from_space(sk, val));
}

export function* tcp_setsockopt(cpu: Cpu, sk: sock, level: number, optname: number, optval: sockopt_value): Resumable<number> {
  if (level !== SOL_TCP && sk.inet.pinet6 !== null) return yield* ipv6_setsockopt(cpu, sk, level, optname, optval);
  if (level !== SOL_TCP) return yield* ip_setsockopt(cpu, sk, level, optname, optval);
  yield* lock_sock_nested(cpu, sk);
  const err = do_tcp_setsockopt(cpu, sk, optname, optval);
  yield* release_sock(cpu, sk);
  return err;
}

/** Options that only set a field. @helper */
function setTime(sk: sock, optname: number, val: number): number {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  switch (optname) {
    case TCP_KEEPINTVL:
      if (val < 1 || val > MAX_TCP_KEEPIDLE) return -EINVAL;
      tp.keepalive_intvl = val * HZ;
      return 0;
    case TCP_KEEPCNT:
      if (val < 1 || val > MAX_TCP_KEEPCNT) return -EINVAL;
      tp.keepalive_probes = val;
      return 0;
    case TCP_SYNCNT:
      if (val < 1 || val > MAX_TCP_KEEPCNT) return -EINVAL;
      icsk.icsk_syn_retries = val;
      return 0;
    case TCP_LINGER2:
      tp.linger2 = val < 0 ? -1 : val > 120 ? 120 * HZ : val * HZ;
      return 0;
    case TCP_DEFER_ACCEPT:
      icsk.icsk_accept_queue.rskq_defer_accept = secs_to_retrans(val, TCP_RTO_MAX_SEC);
      return 0;
    case TCP_USER_TIMEOUT:
      if (val < 0) return -EINVAL;
      icsk.icsk_user_timeout = val;
      return 0;
    case TCP_RTO_MAX_MS:
      if (val < 1000 || val > 120000) return -EINVAL;
      icsk.icsk_rto_max = Math.ceil(val / 4);
      return 0;
    case TCP_RTO_MIN_US:
      if (Math.ceil(val / 4000) * 4000 < TIMEOUT_MIN_US || val > 200000) return -EINVAL;
      icsk.icsk_rto_min = Math.ceil(val / 4000);
      return 0;
    case TCP_DELACK_MAX_US:
      if (Math.ceil(val / 4000) * 4000 < TIMEOUT_MIN_US || val > TCP_DELACK_MAX * 4000) return -EINVAL;
      icsk.icsk_delack_max = Math.ceil(val / 4000);
      return 0;
    default:
      return -ENOPROTOOPT;
  }
}

/** Fast Open's options: a listener's queue and key, a client's connect() that waits for data. @helper */
function setFastopen(cpu: Cpu, sk: sock, optname: number, val: number): number {
  const tfo = sk.tcp!.tfo;
  const unconnected = ((1 << sk.sk_state) & (TCPF_CLOSE | TCPF_LISTEN)) !== 0;
  if (optname === TCP_FASTOPEN) {
    if (val < 0 || !unconnected) return -EINVAL;
    tcp_fastopen_init_key_once(cpu);
    fastopen_queue_tune(cpu, sk, val);
    return 0;
  }
  if (val < 0 || val > 1) return -EINVAL;
  if (optname === TCP_FASTOPEN_NO_COOKIE) {
    if (!unconnected) return -EINVAL;
    tfo.fastopen_no_cookie = val !== 0;
    return 0;
  }
  if ((cpu.host.knobs.sysctl_tcp_fastopen! & TFO_CLIENT_ENABLE) === 0) return -EOPNOTSUPP;
  if (sk.sk_state !== TCP_CLOSE) return -EINVAL;
  tfo.fastopen_connect = val !== 0;
  return 0;
}

function do_tcp_setsockopt(cpu: Cpu, sk: sock, optname: number, optval: sockopt_value): number {
  const tp = sk.tcp!;
  const val = optval.words[0] ?? 0;
  switch (optname) {
    case TCP_FASTOPEN:
    case TCP_FASTOPEN_CONNECT:
    case TCP_FASTOPEN_NO_COOKIE:
      return setFastopen(cpu, sk, optname, val);
    case TCP_FASTOPEN_KEY:
      return tcp_fastopen_reset_cipher(cpu.host, sk, optval.text);
    case TCP_MD5SIG:
    case TCP_MD5SIG_EXT:
      if (sk.inet.pinet6 !== null) return -EINVAL;
      return tcp_v4_parse_md5_keys(cpu, sk, optname === TCP_MD5SIG_EXT, optval.record as tcp_md5sig | null);
    case TCP_MAXSEG:
      if (val !== 0 && (val < TCP_MIN_MSS || val > 32767)) return -EINVAL;
      tp.rx_opt.user_mss = val;
      return 0;
    case TCP_NODELAY:
      __tcp_sock_set_nodelay(cpu, sk, val !== 0);
      return 0;
    case TCP_CORK:
      __tcp_sock_set_cork(cpu, sk, val !== 0);
      return 0;
    case TCP_KEEPIDLE:
      return tcp_sock_set_keepidle_locked(cpu, sk, val);
    case TCP_WINDOW_CLAMP:
      return tcp_set_window_clamp(cpu, sk, val);
    case TCP_QUICKACK:
      __tcp_sock_set_quickack(cpu, sk, val);
      return 0;
    case TCP_CONGESTION:
      return tcp_set_congestion_control(cpu, sk, optval.text);
    case TCP_THIN_DUPACK:
      return val < 0 || val > 1 ? -EINVAL : 0;
    case TCP_THIN_LINEAR_TIMEOUTS:
      if (val < 0 || val > 1) return -EINVAL;
      tp.thin_lto = val !== 0;
      return 0;
    case TCP_NOTSENT_LOWAT:
      tp.notsent_lowat = val >>> 0;
      skWriteSpace(cpu, sk);
      return 0;
    case TCP_SAVE_SYN:
      if (val < 0 || val > 2) return -EINVAL;
      tp.syn.save_syn = val;
      return 0;
    case TCP_INQ:
      if (val < 0 || val > 1) return -EINVAL;
      tp.recvmsg_inq = val !== 0;
      return 0;
    default:
      return setTime(sk, optname, val);
  }
}

export function tcp_getsockopt(cpu: Cpu, sk: sock, level: number, optname: number, optval: sockopt_value): number {
  if (level !== SOL_TCP && sk.inet.pinet6 !== null) return ipv6_getsockopt(cpu, sk, level, optname, optval);
  if (level !== SOL_TCP) return ip_getsockopt(cpu, sk, level, optname, optval);
  return do_tcp_getsockopt(cpu, sk, optname, optval);
}

function do_tcp_getsockopt(cpu: Cpu, sk: sock, optname: number, optval: sockopt_value): number {
  if (optname === TCP_INFO) {
    optval.record = tcp_get_info(cpu, sk);
    return 0;
  }
  if (optname === TCP_CC_INFO) return 0;
  if (optname === TCP_TIMESTAMP) {
    optval.words = [(tcp_ns_to_ts(cpu.now) + sk.tcp!.tsoffset) >>> 0];
    return 0;
  }
  if (optname === TCP_CONGESTION) {
    optval.text = sk.icsk!.icsk_ca_ops;
    return 0;
  }
  if (optname === TCP_FASTOPEN_KEY) {
    optval.text = fastopenKeyText(sk.icsk!.icsk_accept_queue.fastopenq.ctx ?? cpu.host.tfo.tcp_fastopen_ctx);
    return 0;
  }
  if (optname === TCP_SAVED_SYN) {
    optval.record = tcp_saved_syn_take(sk.tcp!);
    return 0;
  }
  const val = readTcpOption(sk, optname);
  if (val === null) return -ENOPROTOOPT;
  optval.words = [val];
  return 0;
}

/** @helper */
function readTcpOption(sk: sock, optname: number): number | null {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  switch (optname) {
    case TCP_MAXSEG:
      return tp.rx_opt.user_mss !== 0 && (sk.sk_state === TCP_CLOSE || sk.sk_state === TCP_LISTEN) ? tp.rx_opt.user_mss : tp.mss_cache;
    case TCP_NODELAY:
      return (tp.nonagle & TCP_NAGLE_OFF) !== 0 ? 1 : 0;
    case TCP_CORK:
      return (tp.nonagle & TCP_NAGLE_CORK) !== 0 ? 1 : 0;
    case TCP_KEEPIDLE:
      return Math.floor(keepalive_time_when(tp, sk) / HZ);
    case TCP_KEEPINTVL:
      return Math.floor(keepalive_intvl_when(tp, sk) / HZ);
    case TCP_KEEPCNT:
      return keepalive_probes(tp, sk);
    case TCP_SYNCNT:
      return icsk.icsk_syn_retries !== 0 ? icsk.icsk_syn_retries : sk.host.knobs.sysctl_tcp_syn_retries!;
    case TCP_LINGER2:
      return tp.linger2 >= 0 ? Math.floor((tp.linger2 !== 0 ? tp.linger2 : sk.host.knobs.sysctl_tcp_fin_timeout!) / HZ) : tp.linger2;
    case TCP_DEFER_ACCEPT:
      return retrans_to_secs(icsk.icsk_accept_queue.rskq_defer_accept, TCP_RTO_MAX_SEC);
    case TCP_WINDOW_CLAMP:
      return tp.window_clamp;
    case TCP_QUICKACK:
      return inet_csk_in_pingpong_mode(sk) ? 0 : 1;
    case TCP_THIN_DUPACK:
      return 0;
    case TCP_THIN_LINEAR_TIMEOUTS:
      return tp.thin_lto ? 1 : 0;
    case TCP_USER_TIMEOUT:
      return icsk.icsk_user_timeout;
    case TCP_NOTSENT_LOWAT:
      return tp.notsent_lowat;
    case TCP_FASTOPEN:
      return icsk.icsk_accept_queue.fastopenq.max_qlen;
    case TCP_FASTOPEN_CONNECT:
      return tp.tfo.fastopen_connect ? 1 : 0;
    case TCP_FASTOPEN_NO_COOKIE:
      return tp.tfo.fastopen_no_cookie ? 1 : 0;
    case TCP_INQ:
      return tp.recvmsg_inq ? 1 : 0;
    case TCP_SAVE_SYN:
      return tp.syn.save_syn;
    case TCP_RTO_MAX_MS:
      return icsk.icsk_rto_max * 4;
    case TCP_RTO_MIN_US:
      return icsk.icsk_rto_min * 4000;
    case TCP_DELACK_MAX_US:
      return icsk.icsk_delack_max * 4000;
    default:
      return null;
  }
}
