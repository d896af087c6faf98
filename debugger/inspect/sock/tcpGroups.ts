/** The fields of a TCP socket by what they are for: struct tcp_sock alone has more than a hundred, in the order of its cache lines. */

export interface FieldGroup {
  readonly name: string;
  /** Paths from the sock, as one writes them after `sk.`. */
  readonly paths: readonly string[];
}

const paths = (prefix: string, names: string): string[] => names.split(' ').map((name) => `${prefix}${name}`);

export const FIELD_GROUPS: readonly FieldGroup[] = [
  {
    name: 'Sequence space',
    paths: [
      ...paths('tcp.', 'snd_una snd_nxt write_seq pushed_seq snd_wnd max_window snd_wl1 snd_sml snd_up'),
      ...paths('tcp.', 'rcv_nxt rcv_wup rcv_wnd rcv_mwnd_seq copied_seq pred_flags urg_data urg_seq'),
      ...paths('tcp.', 'selective_acks duplicate_sack recv_sack_cache'),
    ],
  },
  {
    name: 'Congestion',
    paths: [
      ...paths('icsk.', 'icsk_ca_ops icsk_ca_state icsk_ca_priv'),
      ...paths('tcp.', 'snd_cwnd snd_ssthresh snd_cwnd_cnt snd_cwnd_clamp is_cwnd_limited max_packets_out'),
      ...paths('tcp.', 'packets_out sacked_out lost_out retrans_out reordering rack high_seq tlp_high_seq'),
      ...paths('tcp.', 'prior_cwnd prior_ssthresh prr_delivered prr_out undo_marker undo_retrans retrans_stamp frto'),
      ...paths('tcp.', 'srtt_us mdev_us rttvar_us rtt_min delivered lost total_retrans app_limited rate_delivered'),
      ...paths('sk.', 'sk_pacing_rate sk_pacing_status'),
    ],
  },
  {
    name: 'Timers',
    paths: [
      ...paths('icsk.', 'icsk_pending icsk_timeout icsk_retransmit_timer icsk_delack_timer icsk_keepalive_timer'),
      ...paths('tcp.', 'pacing_timer compressed_ack_timer'),
      ...paths('icsk.', 'icsk_rto icsk_rto_min icsk_backoff icsk_retransmits icsk_probes_out icsk_ack'),
      ...paths('tcp.', 'keepalive_time keepalive_intvl keepalive_probes'),
      ...paths('icsk.', 'icsk_user_timeout'),
    ],
  },
  {
    name: 'Memory',
    paths: [
      ...paths('sk.', 'sk_rmem_alloc sk_rcvbuf sk_wmem_alloc sk_wmem_queued sk_sndbuf sk_forward_alloc sk_omem_alloc'),
      ...paths('sk.', 'sk_backlog sk_drops sk_rcvlowat sk_userlocks sk_tsq_flags'),
      ...paths('tcp.', 'window_clamp rcv_ssthresh scaling_ratio rcvq_space rcv_rtt_est'),
    ],
  },
  {
    name: 'Options',
    paths: [
      ...paths('tcp.', 'rx_opt nonagle advmss mss_cache tcp_header_len notsent_lowat linger2 tfo md5sig_info'),
      ...paths('tcp.', 'ecn_flags prev_ecnfield accecn'),
      ...paths('icsk.', 'icsk_pmtu_cookie icsk_mtup icsk_syn_retries'),
      ...paths(
        'sk.',
        'sk_reuse sk_reuseport sk_keepopen sk_linger sk_lingertime sk_rcvtimeo sk_sndtimeo sk_max_pacing_rate',
      ),
      ...paths('inet.', 'uc_ttl tos pmtudisc'),
    ],
  },
];
