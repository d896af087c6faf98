/** Answers of the kernel to segments that no socket wants (net/ipv6/tcp_ipv6.c): RST and ACK, by the CPU's control socket. */
import type { Cpu } from '../../../../machine/types.ts';
import { put_unaligned_be16, put_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { ETH_P_IPV6 } from '../../../include/linux/if_ether.ts';
import { ipv6_addr_is_multicast } from '../../../include/linux/in6.ts';
import { ipv6_daddr, ipv6_get_dsfield, ipv6_saddr } from '../../../include/linux/ipv6.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { tcp_hdrlen, th_ack_seq, th_dest, th_flags, th_seq, th_source } from '../../../include/linux/tcp.ts';
import { IPPROTO_TCP, TCP_LISTEN } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { RTN_LOCAL } from '../../../include/net/dst.ts';
import {
  INET_ECN_MASK, SIZEOF_TCPHDR, TCPHDR_ACK, TCPHDR_FIN, TCPHDR_RST, TCPHDR_SYN, TCPOLEN_TIMESTAMP, TCPOLEN_TSTAMP_ALIGNED, TCPOPT_NOP, TCPOPT_TIMESTAMP,
} from '../../../include/net/tcp.ts';
import type { inet_timewait_sock, request_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_ns_to_ts } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_synack_window } from '../../../include/net/tcp_inlines/window.ts';
import { TCP_INC_STATS } from '../../../include/net/snmp.ts';
import { MAX_TCP_HEADER } from '../../../include/net/tcp.ts';
import { alloc_skb } from '../../core/skbuff/alloc.ts';
import { skb_put, skb_reserve } from '../../core/skbuff/data.ts';
import { createFlowi6, rt6_need_strict } from '../route/lookup.ts';
import { ip6_dst_lookup_flow } from '../ip6_output/dst_lookup.ts';
import { ip6_xmit } from '../ip6_output/xmit.ts';
import { __tcp_v6_send_check } from './checksum.ts';

/** What an answer says beside its addresses and ports; `tsecr` 0: without timestamps. @helper */
interface tcp_reply { seq: number; ack: number; win: number; flags: number; tsval: number; tsecr: number; oif: number; tclass: number; txhash: number }

/** Makes the segment and sends it back to who sent `skb`. */
function tcp_v6_send_response(cpu: Cpu, skb: sk_buff, reply: tcp_reply): void {
  const len = SIZEOF_TCPHDR + (reply.tsecr !== 0 ? TCPOLEN_TSTAMP_ALIGNED : 0);
  const buff = alloc_skb(cpu, MAX_TCP_HEADER, skb.lineage);
  skb_reserve(buff, MAX_TCP_HEADER - len);
  const at = skb_put(buff, len);
  buff.transport_header = at;
  buff.protocol = ETH_P_IPV6;
  const b = buff.head;
  b.fill(0, at, at + len);
  put_unaligned_be16(th_dest(skb), b, at);
  put_unaligned_be16(th_source(skb), b, at + 2);
  put_unaligned_be32(reply.seq, b, at + 4);
  put_unaligned_be32(reply.ack, b, at + 8);
  put_unaligned_be16(((len >> 2) << 12) | reply.flags, b, at + 12);
  put_unaligned_be16(reply.win, b, at + 14);
  if (reply.tsecr !== 0) {
    put_unaligned_be32((TCPOPT_NOP << 24) | (TCPOPT_NOP << 16) | (TCPOPT_TIMESTAMP << 8) | TCPOLEN_TIMESTAMP, b, at + 20);
    put_unaligned_be32(reply.tsval, b, at + 24);
    put_unaligned_be32(reply.tsecr, b, at + 28);
  }
  const oif = reply.oif === 0 && rt6_need_strict(ipv6_saddr(skb)) ? skb.skb_iif : reply.oif;
  const fl6 = createFlowi6(IPPROTO_TCP, oif, reply.tclass, ipv6_daddr(skb), ipv6_saddr(skb), th_dest(skb), th_source(skb));
  __tcp_v6_send_check(cpu, buff, fl6.saddr, fl6.daddr);
  const ctl_sk = cpu.host.ipv6_tcp_sk[cpu.id]!;
  const dst = ip6_dst_lookup_flow(cpu, ctl_sk, fl6);
  if (typeof dst === 'number') return;
  buff.dst = dst;
  if (reply.txhash !== 0) {
    buff.hash = reply.txhash;
    buff.l4_hash = true;
  }
  TCP_INC_STATS(cpu, 'OutSegs');
  if ((reply.flags & TCPHDR_RST) !== 0) TCP_INC_STATS(cpu, 'OutRsts');
  ip6_xmit(cpu, ctl_sk, buff, fl6, 0, reply.tclass, 0);
}

/** RST for a segment that nobody expects (RFC 9293 3.10.7.1). */
export function tcp_v6_send_reset(cpu: Cpu, sk: sock | inet_timewait_sock | null, skb: sk_buff): void {
  const flags = th_flags(skb);
  if ((flags & TCPHDR_RST) !== 0) return;
  if (sk === null && (ipv6_addr_is_multicast(ipv6_daddr(skb)) || (skb.dst !== null && skb.dst.rt_type !== RTN_LOCAL))) return;
  const ack = (flags & TCPHDR_ACK) !== 0;
  const syn_fin = ((flags & TCPHDR_SYN) !== 0 ? 1 : 0) + ((flags & TCPHDR_FIN) !== 0 ? 1 : 0);
  const oif = sk === null ? 0 : 'tw_bound_dev_if' in sk ? sk.tw_bound_dev_if : sk.sk_bound_dev_if;
  const txhash = sk === null ? 0 : 'tw_bound_dev_if' in sk ? sk.tw_txhash : sk.sk_txhash;
  tcp_v6_send_response(cpu, skb, {
    seq: ack ? th_ack_seq(skb) : 0, ack: ack ? 0 : (th_seq(skb) + syn_fin + skb.len - tcp_hdrlen(skb)) >>> 0, win: 0,
    flags: ack ? TCPHDR_RST : TCPHDR_RST | TCPHDR_ACK, tsval: 0, tsecr: 0, oif, tclass: ipv6_get_dsfield(skb) & ~INET_ECN_MASK, txhash,
  });
}

/** An ACK in the name of a sock that cannot send by itself. */
function tcp_v6_send_ack(cpu: Cpu, skb: sk_buff, seq: number, ack: number, win: number, tsval: number, tsecr: number, oif: number, tclass: number, txhash: number): void {
  tcp_v6_send_response(cpu, skb, { seq, ack, win, flags: TCPHDR_ACK, tsval, tsecr, oif, tclass, txhash });
}

/** From TIME-WAIT: the peer's FIN came again, or something that does not belong (`oow`): such an answer is not ECN-capable. */
export function tcp_v6_timewait_ack(cpu: Cpu, tw: inet_timewait_sock, skb: sk_buff, oow: boolean): void {
  const tclass = oow ? tw.tw_tos & ~INET_ECN_MASK : tw.tw_tos;
  const tsval = (tcp_ns_to_ts(cpu.now) + tw.tw_ts_offset) >>> 0;
  tcp_v6_send_ack(cpu, skb, tw.tw_snd_nxt, tw.tw_rcv_nxt, tw.tw_rcv_wnd >>> tw.tw_rcv_wscale, tsval, tw.tw_ts_recent, tw.tw_bound_dev_if, tclass, tw.tw_txhash);
}

/** In the name of a request: what came does not complete the handshake. */
export function tcp_v6_reqsk_send_ack(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock): void {
  const seq = sk.sk_state === TCP_LISTEN ? (req.snt_isn + 1) >>> 0 : sk.tcp!.snd_nxt;
  const tsval = (tcp_ns_to_ts(cpu.now) + req.ts_off) >>> 0;
  tcp_v6_send_ack(cpu, skb, seq, req.rcv_nxt, tcp_synack_window(req) >>> req.rcv_wscale, tsval, req.ts_recent, sk.sk_bound_dev_if, ipv6_get_dsfield(skb) & ~INET_ECN_MASK, req.txhash);
}
