/** What a stamp with SOF_TIMESTAMPING_OPT_STATS tells of the connection, as netlink attributes (net/ipv4/tcp.c tcp_get_timestamping_opt_stats). */
import type { Cpu } from '../../../../machine/types.ts';
import { iph_ttl } from '../../../include/linux/ip.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCP_CHRONO_BUSY, TCP_CHRONO_RWND_LIMITED, TCP_CHRONO_SNDBUF_LIMITED } from '../../../include/net/tcp.ts';
import { tcp_min_rtt } from '../../../include/net/tcp_inlines/congestion.ts';
import { alloc_skb } from '../../core/skbuff/alloc.ts';
import { skb_put } from '../../core/skbuff/data.ts';
import { chronoTime, deliveryRate } from './info.ts';

const NLA_HDRLEN = 4;
/** Room for all of them. */
const STATS_SIZE = 256;

/** An attribute: length, type and value, little-endian, filled up to four bytes (nla_put_u8, _u16, _u32, _u64_64bit). @helper */
function nla_put(skb: sk_buff, type: number, size: number, value: number): void {
  const at = skb_put(skb, (NLA_HDRLEN + size + 3) & ~3);
  skb.head[at] = NLA_HDRLEN + size;
  skb.head[at + 2] = type;
  for (let i = 0, rest = value; i < size; i++, rest = Math.floor(rest / 256)) skb.head[at + NLA_HDRLEN + i] = rest % 256;
}

/** An skb with the figures of `sk` now; `ack_skb`: the ACK whose TTL is told, null when it was none that caused the stamp. */
export function tcp_get_timestamping_opt_stats(cpu: Cpu, sk: sock, orig_skb: sk_buff, ack_skb: sk_buff | null): sk_buff {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  const skb = alloc_skb(cpu, STATS_SIZE, orig_skb.lineage);
  const rwnd = chronoTime(cpu, tp, TCP_CHRONO_RWND_LIMITED);
  const sndbuf = chronoTime(cpu, tp, TCP_CHRONO_SNDBUF_LIMITED);
  const attributes: (readonly [type: number, size: number, value: number])[] = [
    [1, 8, chronoTime(cpu, tp, TCP_CHRONO_BUSY) + rwnd + sndbuf], [2, 8, rwnd], [3, 8, sndbuf], [4, 8, tp.data_segs_out], [5, 8, tp.total_retrans], [6, 8, sk.sk_pacing_rate],
    [7, 8, deliveryRate(tp)], [8, 4, tp.snd_cwnd], [9, 4, tp.reordering], [10, 4, tcp_min_rtt(tp)], [11, 1, icsk.icsk_retransmits], [12, 1, tp.rate_app_limited ? 1 : 0],
    [15, 4, tp.snd_ssthresh], [16, 4, tp.delivered], [17, 4, tp.delivered_ce], [13, 4, (tp.write_seq - tp.snd_una) >>> 0], [14, 1, icsk.icsk_ca_state], [18, 8, tp.bytes_sent],
    [19, 8, tp.bytes_retrans], [20, 4, tp.dsack_dups], [21, 4, tp.reord_seen], [22, 4, tp.srtt_us >> 3], [23, 2, tp.timeout_rehash],
    [24, 4, Math.max(0, (tp.write_seq - tp.snd_nxt) | 0)], [25, 8, orig_skb.skb_mstamp_ns], [27, 4, tp.timeout_rehash],
  ];
  if (ack_skb !== null) attributes.push([26, 1, iph_ttl(ack_skb)]);
  for (const [type, size, value] of attributes) nla_put(skb, type, size, value);
  return skb;
}
