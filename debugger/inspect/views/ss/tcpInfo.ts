/**
 * What TCP_INFO tells (struct tcp_info), read from the state: a twin of the kernel's tcp_get_info(), which as instrumented
 * code must not run for a look. A test holds the two against each other.
 */
import type { sock } from '../../../kernel/include/net/sock.ts';
import type { tcp_sock } from '../../../kernel/include/net/tcp_sock.ts';

const LISTEN = 10;
const US_PER_JIFFY = 4000;
const ECN_MODE_ANY = 17;
const BUSY = 1;
const RWND_LIMITED = 2;
const SNDBUF_LIMITED = 3;

export type TcpInfo = ReturnType<typeof whole>;

/** A listener has these alone. */
const LISTENER = new Set(['congestion', 'unacked', 'sacked', 'snd_cwnd', 'reordering', 'pacing_rate']);

/** `jiffy` is now. Stamps of TCP are one ahead of jiffies, so that 0 can mean never. */
export function tcpInfo(sk: sock, jiffy: number): TcpInfo {
  const info = whole(sk, jiffy);
  if (sk.sk_state !== LISTEN) return info;
  const entries = Object.entries(info).map(([name, value]) => [name, LISTENER.has(name) ? value : 0]);
  return Object.fromEntries(entries) as TcpInfo;
}

function whole(sk: sock, jiffy: number) {
  return {
    ...options(sk),
    ...timing(sk, jiffy + 1),
    ...sending(sk.tcp!, sk),
    ...receiving(sk),
    ...limits(sk.tcp!, jiffy + 1),
  };
}

function options({ tcp, icsk }: sock) {
  const { rx_opt, ecn_flags, tfo } = tcp!;
  return {
    timestamps: rx_opt.tstamp_ok,
    sack: rx_opt.sack_ok !== 0,
    ecn: (ecn_flags & ECN_MODE_ANY) !== 0,
    ecnSeen: (ecn_flags & 8) !== 0,
    fastopen: tfo.syn_data_acked,
    wscale: rx_opt.wscale_ok,
    snd_wscale: rx_opt.snd_wscale,
    rcv_wscale: rx_opt.rcv_wscale,
    congestion: icsk!.icsk_ca_ops,
  };
}

/** us, but for what went by since the last of each: ms. */
function timing({ tcp, icsk }: sock, stamp: number) {
  const tp = tcp!;
  const ca = icsk!;
  return {
    rto: ca.icsk_rto * US_PER_JIFFY,
    backoff: ca.icsk_backoff,
    rtt: tp.srtt_us >> 3,
    rttvar: tp.mdev_us >> 2,
    ato: Math.min(ca.icsk_ack.ato, ca.icsk_delack_max) * US_PER_JIFFY,
    min_rtt: tp.rtt_min[0]!.v,
    last_data_sent: (stamp - tp.lsndtime) * 4,
    last_data_recv: (stamp - ca.icsk_ack.lrcvtime) * 4,
    last_ack_recv: (stamp - tp.rcv_tstamp) * 4,
  };
}

function sending(tp: tcp_sock, sk: sock) {
  const sampled = tp.rate_delivered !== 0 && tp.rate_interval_us !== 0;
  return {
    snd_mss: tp.mss_cache,
    pmtu: sk.icsk!.icsk_pmtu_cookie,
    snd_cwnd: tp.snd_cwnd,
    snd_ssthresh: tp.snd_ssthresh,
    bytes_sent: tp.bytes_sent,
    bytes_retrans: tp.bytes_retrans,
    bytes_acked: tp.bytes_acked,
    segs_out: tp.segs_out,
    data_segs_out: tp.data_segs_out,
    pacing_rate: sk.sk_pacing_rate,
    delivery_rate: sampled ? Math.floor((tp.rate_delivered * tp.mss_cache * 1_000_000) / tp.rate_interval_us) : 0,
    delivered: tp.delivered,
    delivered_ce: tp.delivered_ce,
    app_limited: tp.rate_app_limited,
    unacked: sk.sk_state === LISTEN ? sk.sk_ack_backlog : tp.packets_out,
    sacked: sk.sk_state === LISTEN ? sk.sk_max_ack_backlog : tp.sacked_out,
    lost: tp.lost_out,
    retrans: tp.retrans_out,
    total_retrans: tp.total_retrans,
    dsack_dups: tp.dsack_dups,
    reordering: tp.reordering,
    reord_seen: tp.reord_seen,
    notsent_bytes: Math.max(0, (tp.write_seq - tp.snd_nxt) | 0),
    snd_wnd: tp.snd_wnd,
    rehash: tp.timeout_rehash,
  };
}

function receiving(sk: sock) {
  const tp = sk.tcp!;
  return {
    rcv_mss: sk.icsk!.icsk_ack.rcv_mss,
    advmss: tp.advmss,
    bytes_received: tp.bytes_received,
    segs_in: tp.segs_in,
    data_segs_in: tp.data_segs_in,
    rcv_rtt: tp.rcv_rtt_est.rtt_us >> 3,
    rcv_space: tp.rcvq_space.space,
    rcv_ssthresh: tp.rcv_ssthresh,
    rcv_ooopack: tp.rcv_ooopack,
    rcv_wnd: tp.rcv_wnd,
  };
}

/** us that the connection had something to send, and of these, how long a window or its buffer kept it from sending. */
function limits(tp: tcp_sock, stamp: number) {
  const spent = (type: number): number =>
    (tp.chrono_stat[type - 1]! + (tp.chrono_type === type ? stamp - tp.chrono_start : 0)) * US_PER_JIFFY;
  const [rwnd_limited, sndbuf_limited] = [spent(RWND_LIMITED), spent(SNDBUF_LIMITED)];
  return { busy_time: spent(BUSY) + rwnd_limited + sndbuf_limited, rwnd_limited, sndbuf_limited };
}
