/** Segment sizes: from the path's MTU to what a segment may carry (net/ipv4/tcp_output.c). */
import { dst_mtu } from '../../core/dst.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sock } from '../../../include/net/sock.ts';
import { SIZEOF_TCPHDR } from '../../../include/net/tcp.ts';
import { tcp_jiffies32 } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_bound_to_half_wnd } from '../../../include/net/tcp_inlines/window.ts';
import { tcp_get_current_key } from '../tcp_ipv4/md5_keys.ts';
import { createTcpOutOptions, tcp_established_options } from './options.ts';

/** icsk->icsk_af_ops->net_header_len @helper */
function net_header_len(sk: sock): number {
  return sk.icsk!.icsk_af_ops === 'ipv6_specific' ? 40 : 20;
}

/** Without regard to TCP options. */
export function __tcp_mtu_to_mss(cpu: Cpu, sk: sock, pmtu: number): number {
  let mss_now = pmtu - net_header_len(sk) - SIZEOF_TCPHDR;
  if (mss_now > sk.tcp!.rx_opt.mss_clamp) mss_now = sk.tcp!.rx_opt.mss_clamp;
  mss_now -= sk.icsk!.icsk_ext_hdr_len;
  return Math.max(mss_now, cpu.host.knobs.sysctl_tcp_min_snd_mss!);
}

/** Less the options that every segment bears; SACK blocks are not counted. */
export function tcp_mtu_to_mss(cpu: Cpu, sk: sock, pmtu: number): number {
  return __tcp_mtu_to_mss(cpu, sk, pmtu) - (sk.tcp!.tcp_header_len - SIZEOF_TCPHDR);
}

export function tcp_mss_to_mtu(_cpu: Cpu, sk: sock, mss: number): number {
  return mss + sk.tcp!.tcp_header_len + sk.icsk!.icsk_ext_hdr_len + net_header_len(sk);
}

/** RFC 4821: the range in which the path's MTU is searched. */
export function tcp_mtup_init(cpu: Cpu, sk: sock): void {
  const mtup = sk.icsk!.icsk_mtup;
  mtup.enabled = cpu.host.knobs.sysctl_tcp_mtu_probing! > 1;
  mtup.search_high = sk.tcp!.rx_opt.mss_clamp + SIZEOF_TCPHDR + net_header_len(sk);
  mtup.search_low = tcp_mss_to_mtu(cpu, sk, cpu.host.knobs.sysctl_tcp_base_mss!);
  mtup.probe_size = 0;
  if (mtup.enabled) mtup.probe_timestamp = tcp_jiffies32(cpu);
}

/** Brings mss_cache in line with the path's MTU. */
export function tcp_sync_mss(cpu: Cpu, sk: sock, pmtu: number): number {
  const icsk = sk.icsk!;
  if (icsk.icsk_mtup.search_high > pmtu) icsk.icsk_mtup.search_high = pmtu;
  let mss_now = tcp_bound_to_half_wnd(sk.tcp!, tcp_mtu_to_mss(cpu, sk, pmtu));
  icsk.icsk_pmtu_cookie = pmtu;
  if (icsk.icsk_mtup.enabled) mss_now = Math.min(mss_now, tcp_mtu_to_mss(cpu, sk, icsk.icsk_mtup.search_low));
  sk.tcp!.mss_cache = mss_now;
  return mss_now;
}

/** What the next segment may carry: the path may have changed, and SACK blocks may take room. */
export function tcp_current_mss(cpu: Cpu, sk: sock): number {
  const tp = sk.tcp!;
  const dst = sk.sk_dst_cache;
  let mss_now = tp.mss_cache;
  if (dst !== null) {
    const mtu = dst_mtu(cpu, dst);
    if (mtu !== sk.icsk!.icsk_pmtu_cookie) mss_now = tcp_sync_mss(cpu, sk, mtu);
  }
  const header_len = tcp_established_options(cpu, sk, null, createTcpOutOptions(), tcp_get_current_key(cpu, sk)) + SIZEOF_TCPHDR;
  if (header_len !== tp.tcp_header_len) mss_now -= header_len - tp.tcp_header_len;
  return mss_now;
}
