/**
 * The TCP part of struct netns_ipv4: sysctl -> knob, read on every packet as `host.knobs.sysctl_tcp_*`.
 * Values of the modelled kernel at boot (1 GiB machine). `unit`: what the kernel stores for the number that sysctl(8) shows.
 */
export interface Knob { readonly sysctl: string; readonly index: number; readonly name: string; readonly value: number; readonly unit: 'raw' | 'seconds' | 'milliseconds' }

const raw = (name: string, value: number): Knob => ({ sysctl: `net.ipv4.${name}`, index: 0, name: `sysctl_${name}`, value, unit: 'raw' });
const seconds = (name: string, value: number): Knob => ({ ...raw(name, value), unit: 'seconds' });
const vector = (name: string, values: readonly number[]): Knob[] =>
  values.map((value, index) => ({ sysctl: `net.ipv4.${name}`, index, name: `sysctl_${name}_${index}`, value, unit: 'raw' }));

export const TCP_KNOBS: readonly Knob[] = [
  raw('tcp_abort_on_overflow', 0), raw('tcp_app_win', 31), raw('tcp_autocorking', 1), raw('tcp_backlog_ack_defer', 1), raw('tcp_base_mss', 1024),
  raw('tcp_challenge_ack_limit', 2147483647), raw('tcp_comp_sack_delay_ns', 1000000), raw('tcp_comp_sack_nr', 44), raw('tcp_comp_sack_rtt_percent', 33),
  raw('tcp_comp_sack_slack_ns', 10000), raw('tcp_dsack', 1), raw('tcp_early_retrans', 3), raw('tcp_ecn', 2), raw('tcp_ecn_fallback', 1),
  seconds('tcp_fin_timeout', 60), raw('tcp_frto', 2), { ...raw('tcp_invalid_ratelimit', 500), unit: 'milliseconds' },
  seconds('tcp_keepalive_intvl', 75), raw('tcp_keepalive_probes', 9), seconds('tcp_keepalive_time', 7200), raw('tcp_limit_output_bytes', 4194304),
  raw('tcp_max_orphans', 4096), raw('tcp_max_reordering', 300), raw('tcp_max_syn_backlog', 128), raw('tcp_max_tw_buckets', 4096),
  ...vector('tcp_mem', [10443, 13926, 20886]), raw('tcp_min_rtt_wlen', 300), raw('tcp_min_snd_mss', 48), raw('tcp_min_tso_segs', 2),
  raw('tcp_moderate_rcvbuf', 1), raw('tcp_mtu_probe_floor', 48), raw('tcp_mtu_probing', 0), raw('tcp_notsent_lowat', 4294967295),
  raw('tcp_orphan_retries', 0), raw('tcp_pacing_ca_ratio', 120), raw('tcp_pacing_ss_ratio', 200), raw('tcp_pingpong_thresh', 1),
  raw('tcp_probe_interval', 600), raw('tcp_probe_threshold', 8), raw('tcp_rcvbuf_low_rtt', 1000), raw('tcp_recovery', 1), raw('tcp_reordering', 3),
  raw('tcp_retrans_collapse', 1), raw('tcp_retries1', 3), raw('tcp_retries2', 15), raw('tcp_rfc1337', 0), ...vector('tcp_rmem', [4096, 131072, 7130272]),
  { ...raw('tcp_rto_max_ms', 120000), unit: 'milliseconds' }, raw('tcp_rto_min_us', 200000), raw('tcp_sack', 1), raw('tcp_shrink_window', 0),
  raw('tcp_slow_start_after_idle', 1), raw('tcp_stdurg', 0), raw('tcp_syn_linear_timeouts', 4), raw('tcp_syn_retries', 6), raw('tcp_synack_retries', 5),
  raw('tcp_syncookies', 1), raw('tcp_thin_linear_timeouts', 0), raw('tcp_timestamps', 1), raw('tcp_tso_rtt_log', 9), raw('tcp_tso_win_divisor', 3),
  raw('tcp_tw_reuse', 2), raw('tcp_tw_reuse_delay', 1000), raw('tcp_window_scaling', 1), ...vector('tcp_wmem', [4096, 16384, 4194304]),
  raw('tcp_workaround_signed_windows', 0), ...vector('ip_local_port_range', [32768, 60999]),
];

/** What the kernel stores for a value that sysctl(8) shows: jiffies for times. */
export function knobValue(knob: Knob, value: number): number {
  if (knob.unit === 'seconds') return value * 250;
  if (knob.unit === 'milliseconds') return Math.ceil(value / 4);
  return value;
}
