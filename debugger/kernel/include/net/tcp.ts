/** Constants of include/net/tcp.h, uapi/linux/tcp.h and net/inet_connection_sock.h, and sequence arithmetic modulo 2^32. */

export const TCPHDR_FIN = 0x01;
export const TCPHDR_SYN = 0x02;
export const TCPHDR_RST = 0x04;
export const TCPHDR_PSH = 0x08;
export const TCPHDR_ACK = 0x10;
export const TCPHDR_URG = 0x20;
export const TCPHDR_ECE = 0x40;
export const TCPHDR_CWR = 0x80;
export const TCPHDR_AE = 0x100;
/** The three bits that count congestion with AccECN. */
export const TCPHDR_ACE = TCPHDR_ECE | TCPHDR_CWR | TCPHDR_AE;
export const TCPHDR_FLAGS_MASK = 0x1ff;
export const TCPHDR_SYN_ECN = TCPHDR_SYN | TCPHDR_ECE | TCPHDR_CWR;

export const SIZEOF_TCPHDR = 20;
export const MAX_TCP_HEADER = 320;
export const MAX_TCP_OPTION_SPACE = 40;
export const MAX_TCP_WINDOW = 32767;
export const TCP_MIN_SND_MSS = 48;
export const TCP_MIN_MSS = 88;
export const TCP_MSS_DEFAULT = 536;
export const TCP_FASTRETRANS_THRESH = 3;
export const TCP_MAX_QUICKACKS = 16;
export const TCP_MAX_WSCALE = 14;
export const TCP_INIT_CWND = 10;
export const TCP_INFINITE_SSTHRESH = 0x7fffffff;
export const TCP_NUM_SACKS = 4;
export const TCP_RMEM_TO_WIN_SCALE = 8;
export const TCP_DEFAULT_SCALING_RATIO = 128;
export const TCP_MIN_GSO_SIZE = 8;
export const GSO_LEGACY_MAX_SIZE = 65536;
export const SOCK_MIN_SNDBUF = 4608;
export const SOCK_MIN_RCVBUF = 2304;

/** Intervals, jiffies at HZ 250. */
export const TCP_RTO_MAX_SEC = 120;
export const TCP_RTO_MIN = 50;
export const TCP_RTO_MIN_US = 200000;
export const TCP_TIMEOUT_MIN = 2;
export const TCP_TIMEOUT_MIN_US = 2000;
export const TCP_TIMEOUT_INIT = 250;
export const TCP_TIMEOUT_FALLBACK = 750;
export const TCP_TIMEWAIT_LEN = 60 * 250;
export const TCP_DELACK_MAX = 50;
export const TCP_DELACK_MIN = 10;
export const TCP_ATO_MIN = 10;
export const TCP_RESOURCE_PROBE_INTERVAL = 125;
export const TCP_THIN_LINEAR_RETRIES = 6;
export const TCP_PAWS_WINDOW = 1;
export const TCP_PAWS_24DAYS = 60 * 60 * 24 * 24;
export const TCP_RACK_RECOVERY_THRESH = 16;
export const TCP_RACK_LOSS_DETECTION = 1;
export const TCP_RACK_STATIC_REO_WND = 2;
export const TCP_RACK_NO_DUPTHRESH = 4;

/** TCP options: kinds, lengths, lengths with padding. */
export const TCPOPT_NOP = 1;
export const TCPOPT_EOL = 0;
export const TCPOPT_MSS = 2;
export const TCPOPT_WINDOW = 3;
export const TCPOPT_SACK_PERM = 4;
export const TCPOPT_SACK = 5;
export const TCPOPT_TIMESTAMP = 8;
/** AccECN's counters, ECT(0) first and ECT(1) first (RFC 9768 3.2.3). */
export const TCPOPT_ACCECN0 = 172;
export const TCPOPT_ACCECN1 = 174;
export const TCPOLEN_MSS = 4;
export const TCPOLEN_WINDOW = 3;
export const TCPOLEN_SACK_PERM = 2;
export const TCPOLEN_TIMESTAMP = 10;
export const TCPOLEN_SACK_BASE = 2;
export const TCPOLEN_SACK_PERBLOCK = 8;
export const TCPOLEN_TSTAMP_ALIGNED = 12;
export const TCPOLEN_WSCALE_ALIGNED = 4;
export const TCPOLEN_SACKPERM_ALIGNED = 4;
export const TCPOLEN_SACK_BASE_ALIGNED = 4;
export const TCPOLEN_MSS_ALIGNED = 4;
export const TCPOLEN_ACCECN_BASE = 2;
export const TCPOLEN_ACCECN_PERFIELD = 3;
export const TCP_ACCECN_NUMFIELDS = 3;
export const TCP_ACCECN_MAXSIZE = TCPOLEN_ACCECN_BASE + TCPOLEN_ACCECN_PERFIELD * TCP_ACCECN_NUMFIELDS;
export const OPTION_SACK_ADVERTISE = 1;
export const OPTION_TS = 2;
export const OPTION_MD5 = 4;
export const OPTION_WSCALE = 8;
export const OPTION_FAST_OPEN_COOKIE = 0x100;
export const OPTION_ACCECN = 1 << 12;

/** TCP_SKB_CB(skb)->sacked. */
export const TCPCB_SACKED_ACKED = 0x01;
export const TCPCB_SACKED_RETRANS = 0x02;
export const TCPCB_LOST = 0x04;
export const TCPCB_TAGBITS = 0x07;
export const TCPCB_REPAIRED = 0x10;
export const TCPCB_EVER_RETRANS = 0x80;
export const TCPCB_RETRANS = TCPCB_SACKED_RETRANS | TCPCB_EVER_RETRANS | TCPCB_REPAIRED;

/** tp->nonagle. */
export const TCP_NAGLE_OFF = 1;
export const TCP_NAGLE_CORK = 2;
export const TCP_NAGLE_PUSH = 4;

/** Congestion states (icsk_ca_state), names by number. */
export const TCP_CA_Open = 0;
export const TCP_CA_Disorder = 1;
export const TCP_CA_CWR = 2;
export const TCP_CA_Recovery = 3;
export const TCP_CA_Loss = 4;
export const TCPF_CA_Open = 1 << TCP_CA_Open;
export const TCPF_CA_CWR = 1 << TCP_CA_CWR;
export const TCPF_CA_Recovery = 1 << TCP_CA_Recovery;

export const CA_EVENT_CWND_RESTART = 1;
export const CA_EVENT_COMPLETE_CWR = 2;
export const CA_EVENT_LOSS = 3;
export const CA_EVENT_ECN_NO_CE = 4;
export const CA_EVENT_ECN_IS_CE = 5;

/** icsk_pending. */
export const ICSK_TIME_RETRANS = 1;
export const ICSK_TIME_DACK = 2;
export const ICSK_TIME_PROBE0 = 3;
export const ICSK_TIME_LOSS_PROBE = 5;
export const ICSK_TIME_REO_TIMEOUT = 6;

/** icsk_ack.pending. */
export const ICSK_ACK_SCHED = 1;
export const ICSK_ACK_TIMER = 2;
export const ICSK_ACK_PUSHED = 4;
export const ICSK_ACK_PUSHED2 = 8;
export const ICSK_ACK_NOW = 16;
export const ICSK_ACK_NOMEM = 32;

/** sk_tsq_flags: bits. */
export const TSQF_THROTTLED = 1;
export const TSQF_QUEUED = 2;
export const TCPF_TSQ_DEFERRED = 4;
export const TCPF_WRITE_TIMER_DEFERRED = 8;
export const TCPF_DELACK_TIMER_DEFERRED = 16;
export const TCPF_MTU_REDUCED_DEFERRED = 32;
export const TCPF_ACK_DEFERRED = 64;
export const TCP_DEFERRED_ALL = TCPF_TSQ_DEFERRED | TCPF_WRITE_TIMER_DEFERRED | TCPF_DELACK_TIMER_DEFERRED | TCPF_MTU_REDUCED_DEFERRED | TCPF_ACK_DEFERRED;

/** tp->ecn_flags. */
export const TCP_ECN_MODE_RFC3168 = 1;
export const TCP_ECN_QUEUE_CWR = 2;
export const TCP_ECN_DEMAND_CWR = 4;
export const TCP_ECN_SEEN = 8;
export const TCP_ECN_MODE_ACCECN = 16;
export const TCP_ECN_DISABLED = 0;
/** The SYN has asked for AccECN; the SYN-ACK will tell. */
export const TCP_ECN_MODE_PENDING = TCP_ECN_MODE_RFC3168 | TCP_ECN_MODE_ACCECN;
export const TCP_ECN_MODE_ANY = TCP_ECN_MODE_PENDING;
export const INET_ECN_NOT_ECT = 0;
export const INET_ECN_ECT_1 = 1;
export const INET_ECN_ECT_0 = 2;
export const INET_ECN_CE = 3;
export const INET_ECN_MASK = 3;

/** rx_opt.sack_ok. */
export const TCP_SACK_SEEN = 1;
export const TCP_DSACK_SEEN = 4;

/** What an incoming ACK meant (net/ipv4/tcp_input.c). */
export const FLAG_DATA = 0x01;
export const FLAG_WIN_UPDATE = 0x02;
export const FLAG_DATA_ACKED = 0x04;
export const FLAG_RETRANS_DATA_ACKED = 0x08;
export const FLAG_SYN_ACKED = 0x10;
export const FLAG_DATA_SACKED = 0x20;
export const FLAG_ECE = 0x40;
export const FLAG_LOST_RETRANS = 0x80;
export const FLAG_SLOWPATH = 0x100;
export const FLAG_ORIG_SACK_ACKED = 0x200;
export const FLAG_SND_UNA_ADVANCED = 0x400;
export const FLAG_DSACKING_ACK = 0x800;
export const FLAG_SET_XMIT_TIMER = 0x1000;
export const FLAG_SACK_RENEGING = 0x2000;
export const FLAG_UPDATE_TS_RECENT = 0x4000;
export const FLAG_NO_CHALLENGE_ACK = 0x8000;
export const FLAG_ACK_MAYBE_DELAYED = 0x10000;
export const FLAG_DSACK_TLP = 0x20000;
export const FLAG_TS_PROGRESS = 0x40000;
export const FLAG_ACKED = FLAG_DATA_ACKED | FLAG_SYN_ACKED;
export const FLAG_NOT_DUP = FLAG_DATA | FLAG_WIN_UPDATE | FLAG_ACKED;
export const FLAG_CA_ALERT = FLAG_DATA_SACKED | FLAG_ECE | FLAG_DSACKING_ACK;
export const FLAG_FORWARD_PROGRESS = FLAG_ACKED | FLAG_DATA_SACKED;

export const REXMIT_NONE = 0;
export const REXMIT_LOST = 1;
export const REXMIT_NEW = 2;

export const TCP_FRAG_IN_WRITE_QUEUE = 0;
export const TCP_FRAG_IN_RTX_QUEUE = 1;

export const TCP_CHRONO_UNSPEC = 0;
export const TCP_CHRONO_BUSY = 1;
export const TCP_CHRONO_RWND_LIMITED = 2;
export const TCP_CHRONO_SNDBUF_LIMITED = 3;

export const TCP_URG_VALID = 0x0100;
export const TCP_URG_NOTYET = 0x0200;
export const TCP_URG_READ = 0x0400;

export const SK_PACING_NONE = 0;
export const SK_PACING_NEEDED = 1;
export const SK_PACING_FQ = 2;
/** sk_max_pacing_rate when nobody set one: ~0UL there, a number beyond any rate here. */
export const SK_PACING_UNLIMITED = 9_000_000_000_000_000;

/** Masks of 1 << sk_state. */
export const TCPF_ESTABLISHED = 1 << 1;
export const TCPF_SYN_SENT = 1 << 2;
export const TCPF_SYN_RECV = 1 << 3;
export const TCPF_FIN_WAIT1 = 1 << 4;
export const TCPF_FIN_WAIT2 = 1 << 5;
export const TCPF_TIME_WAIT = 1 << 6;
export const TCPF_CLOSE = 1 << 7;
export const TCPF_CLOSE_WAIT = 1 << 8;
export const TCPF_LAST_ACK = 1 << 9;
export const TCPF_LISTEN = 1 << 10;
export const TCPF_CLOSING = 1 << 11;

/** Bits of socket.flags (linux/net.h) that TCP uses. */
export const SOCK_NOSPACE = 4;

/** seq1 stands before seq2 on the circle of 2^32. @helper */
export function before(seq1: number, seq2: number): boolean {
  return ((seq1 - seq2) | 0) < 0;
}

/** @helper */
export function after(seq1: number, seq2: number): boolean {
  return ((seq2 - seq1) | 0) < 0;
}

/** seq2 <= seq1 <= seq3 on the circle. @helper */
export function between(seq1: number, seq2: number, seq3: number): boolean {
  return (seq3 - seq2) >>> 0 >= (seq1 - seq2) >>> 0;
}
