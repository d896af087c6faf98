/** Answers of the kernel to segments that no socket wants (net/ipv4/tcp_ipv4.c): RST and ACK, by the CPU's control socket. */
import { put_unaligned_be16, put_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { take_bytes } from '../../../../machine/memory.ts';
import { iph_daddr, iph_saddr, iph_tos } from '../../../include/linux/ip.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { tcp_hdrlen, th_ack_seq, th_dest, th_flags, th_seq, th_source } from '../../../include/linux/tcp.ts';
import { RTN_LOCAL } from '../../../include/net/dst.ts';
import { IPPROTO_TCP, TCP_LISTEN } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  INET_ECN_MASK, SIZEOF_TCPHDR, TCPHDR_ACK, TCPHDR_FIN, TCPHDR_RST, TCPHDR_SYN, TCPOLEN_TIMESTAMP, TCPOLEN_TSTAMP_ALIGNED, TCPOPT_NOP, TCPOPT_TIMESTAMP,
} from '../../../include/net/tcp.ts';
import type { inet_timewait_sock, request_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_ns_to_ts } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_synack_window } from '../../../include/net/tcp_inlines/window.ts';
import { TCP_INC_STATS } from '../../../include/net/snmp.ts';
import { local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { TCPOLEN_MD5SIG, TCPOLEN_MD5SIG_ALIGNED, TCPOPT_MD5SIG } from '../../../include/net/tcp_md5.ts';
import type { tcp_md5sig_key } from '../../../include/net/tcp_md5.ts';
import { csum_tcpudp_nofold } from '../../core/skbuff/checksum.ts';
import { __inet_lookup_listener } from '../inet_hashtables.ts';
import { ip_send_unicast_reply } from '../ip_output.ts';
import { tcp_parse_auth_options } from './auth.ts';
import { bearsDigest, tcp_v4_md5_hash_hdr, tcp_v4_md5_hash_skb } from './md5_hash.ts';
import { tcp_md5_do_lookup } from './md5_keys.ts';

/** The header of an answer to `skb`: ports the other way round. @helper */
function replyHeader(cpu: Cpu, skb: sk_buff, len: number, flags: number): Uint8Array {
  const bytes = take_bytes(cpu.world.memory, len);
  put_unaligned_be16(th_dest(skb), bytes, 0);
  put_unaligned_be16(th_source(skb), bytes, 2);
  put_unaligned_be16(((len >> 2) << 12) | flags, bytes, 12);
  return bytes;
}

/** @helper */
function sendReply(cpu: Cpu, skb: sk_buff, bytes: Uint8Array, len: number, tos: number, oif: number, txhash: number): void {
  const saddr = iph_saddr(skb);
  const daddr = iph_daddr(skb);
  const csum = csum_tcpudp_nofold(daddr, saddr, len, IPPROTO_TCP, 0);
  local_bh_disable(cpu);
  const ctl_sk = cpu.host.ipv4_tcp_sk[cpu.id]!;
  ip_send_unicast_reply(cpu, ctl_sk, skb, saddr, daddr, { bytes, len, csum, csumoffset: 16, tos, bound_dev_if: oif }, txhash);
  TCP_INC_STATS(cpu, 'OutSegs');
}

/** The key of the sock that a segment was for, or of the listener on its port where there is none; null: the RST goes unsigned. @helper */
function resetKey(cpu: Cpu, sk: sock | inet_timewait_sock | null, skb: sk_buff): tcp_md5sig_key | null {
  if (sk === null) {
    const listener = __inet_lookup_listener(cpu, iph_saddr(skb), th_source(skb), iph_daddr(skb), th_source(skb), skb.skb_iif);
    return listener === null ? null : tcp_md5_do_lookup(cpu, listener, iph_saddr(skb));
  }
  return 'tw_md5_key' in sk ? sk.tw_md5_key : tcp_md5_do_lookup(cpu, sk, iph_saddr(skb));
}

/** A listener's key did not sign what came: it gets no answer. @helper */
function forged(cpu: Cpu, key: tcp_md5sig_key, skb: sk_buff, hash_location: number): boolean {
  return !bearsDigest(skb, hash_location, tcp_v4_md5_hash_skb(cpu, key, iph_daddr(skb), iph_saddr(skb), skb));
}

/** The option at `at` of an answer's header, its last: the digest is over all before it. @helper */
function signReply(cpu: Cpu, skb: sk_buff, bytes: Uint8Array, at: number, key: tcp_md5sig_key): void {
  put_unaligned_be32((TCPOPT_NOP << 24) | (TCPOPT_NOP << 16) | (TCPOPT_MD5SIG << 8) | TCPOLEN_MD5SIG, bytes, at);
  bytes.set(tcp_v4_md5_hash_hdr(cpu, key, iph_saddr(skb), iph_daddr(skb), bytes, bytes.length), at + 4);
}

/** RST for a segment that nobody expects (RFC 9293 3.10.7.1). Where keys are, a signed one is answered only if the key is known and right. */
export function tcp_v4_send_reset(cpu: Cpu, sk: sock | inet_timewait_sock | null, skb: sk_buff): void {
  const flags = th_flags(skb);
  if ((flags & TCPHDR_RST) !== 0) return;
  if (sk === null && skb.dst !== null && skb.dst.rt_type !== RTN_LOCAL) return;
  const location = tcp_parse_auth_options(skb);
  if (location < 0) return;
  const signed = location > 0 && skb.head[location] === TCPOPT_MD5SIG;
  const key = sk !== null || signed ? resetKey(cpu, sk, skb) : null;
  if (sk === null && signed && (key === null || forged(cpu, key, skb, location + 2))) return;
  const ack = (flags & TCPHDR_ACK) !== 0;
  const len = key === null ? SIZEOF_TCPHDR : SIZEOF_TCPHDR + TCPOLEN_MD5SIG_ALIGNED;
  const bytes = replyHeader(cpu, skb, len, ack ? TCPHDR_RST : TCPHDR_RST | TCPHDR_ACK);
  if (ack) {
    put_unaligned_be32(th_ack_seq(skb), bytes, 4);
  } else {
    const syn = (flags & TCPHDR_SYN) !== 0 ? 1 : 0;
    const fin = (flags & TCPHDR_FIN) !== 0 ? 1 : 0;
    put_unaligned_be32((th_seq(skb) + syn + fin + skb.len - tcp_hdrlen(skb)) >>> 0, bytes, 8);
  }
  if (key !== null) signReply(cpu, skb, bytes, SIZEOF_TCPHDR, key);
  let oif = 0;
  let txhash = 0;
  if (sk !== null) {
    oif = 'tw_bound_dev_if' in sk ? sk.tw_bound_dev_if : sk.sk_bound_dev_if;
    txhash = 'tw_bound_dev_if' in sk ? sk.tw_txhash : sk.sk_txhash;
  }
  sendReply(cpu, skb, bytes, len, iph_tos(skb) & ~INET_ECN_MASK, oif, txhash);
  TCP_INC_STATS(cpu, 'OutRsts');
  local_bh_enable(cpu);
}

/** An ACK in the name of a sock that cannot send by itself. */
function tcp_v4_send_ack(
  cpu: Cpu, skb: sk_buff, seq: number, ack: number, win: number, tsval: number, tsecr: number, oif: number, tos: number, txhash: number,
  key: tcp_md5sig_key | null,
): void {
  const unsignedLen = tsecr !== 0 ? SIZEOF_TCPHDR + TCPOLEN_TSTAMP_ALIGNED : SIZEOF_TCPHDR;
  const len = key === null ? unsignedLen : unsignedLen + TCPOLEN_MD5SIG_ALIGNED;
  const bytes = replyHeader(cpu, skb, len, TCPHDR_ACK);
  put_unaligned_be32(seq, bytes, 4);
  put_unaligned_be32(ack, bytes, 8);
  put_unaligned_be16(win, bytes, 14);
  if (tsecr !== 0) {
    put_unaligned_be32((TCPOPT_NOP << 24) | (TCPOPT_NOP << 16) | (TCPOPT_TIMESTAMP << 8) | TCPOLEN_TIMESTAMP, bytes, 20);
    put_unaligned_be32(tsval, bytes, 24);
    put_unaligned_be32(tsecr, bytes, 28);
  }
  if (key !== null) signReply(cpu, skb, bytes, unsignedLen, key);
  sendReply(cpu, skb, bytes, len, tos, oif, txhash);
  local_bh_enable(cpu);
}

/** From TIME-WAIT: the peer's FIN came again, or something that does not belong (`oow`): such an answer is not ECN-capable. */
export function tcp_v4_timewait_ack(cpu: Cpu, tw: inet_timewait_sock, skb: sk_buff, oow: boolean): void {
  const tos = oow ? tw.tw_tos & ~INET_ECN_MASK : tw.tw_tos;
  const tsval = (tcp_ns_to_ts(cpu.now) + tw.tw_ts_offset) >>> 0;
  tcp_v4_send_ack(cpu, skb, tw.tw_snd_nxt, tw.tw_rcv_nxt, tw.tw_rcv_wnd >>> tw.tw_rcv_wscale, tsval, tw.tw_ts_recent, tw.tw_bound_dev_if, tos, tw.tw_txhash, tw.tw_md5_key);
}

/** In the name of a request: what came does not complete the handshake. */
export function tcp_v4_reqsk_send_ack(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock): void {
  const seq = sk.sk_state === TCP_LISTEN ? (req.snt_isn + 1) >>> 0 : sk.tcp!.snd_nxt;
  const tsval = (tcp_ns_to_ts(cpu.now) + req.ts_off) >>> 0;
  tcp_v4_send_ack(cpu, skb, seq, req.rcv_nxt, tcp_synack_window(req) >>> req.rcv_wscale, tsval, req.ts_recent, 0, iph_tos(skb) & ~INET_ECN_MASK, req.txhash, tcp_md5_do_lookup(cpu, sk, iph_saddr(skb)));
}
