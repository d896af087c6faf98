/** SYN-ACKs (net/ipv4/tcp_output.c). */
import { sendSynack } from '../tcp/af_ops.ts';
import { put_unaligned_be16, put_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { CHECKSUM_PARTIAL } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import type { sock } from '../../../include/net/sock.ts';
import { MAX_TCP_HEADER, SIZEOF_TCPHDR, TCPHDR_ACK, TCPHDR_SYN } from '../../../include/net/tcp.ts';
import type { tcp_fastopen_cookie } from '../../../include/net/tcp_fastopen.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { request_sock, tcp_synack_type } from '../../../include/net/tcp_sock.ts';
import { tcp_skb_timestamp_us } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_rtx_queue_head } from '../../../include/net/tcp_inlines/queues.ts';
import { tcp_mss_clamp, tcp_synack_window } from '../../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS, TCP_INC_STATS } from '../../../include/net/snmp.ts';
import { EFAULT } from '../../../include/uapi/asm-generic/errno.ts';
import { alloc_skb } from '../../core/skbuff/alloc.ts';
import { skb_set_owner_w } from '../../core/sock.ts';
import { dst_metric_advmss } from '../../core/dst.ts';
import { cookie_init_timestamp } from '../syncookies.ts';
import { net_tx_rndhash } from '../tcp_ipv4/hash.ts';
import { tcp_v4_md5_hash_skb } from '../tcp_ipv4/md5_hash.ts';
import { tcp_v4_reqsk_md5_lookup } from '../tcp_ipv4/md5_keys.ts';
import { tcp_ecn_make_synack, tcp_ecn_send_synack } from './ecn.ts';
import { createTcpOutOptions, tcp_options_write, tcp_synack_options } from './options.ts';
import { tcp_transmit_skb } from './transmit.ts';

/** A SYN-ACK for a request, without IP header. */
export function tcp_make_synack(cpu: Cpu, sk: sock, dst: dst_entry, req: request_sock, foc: tcp_fastopen_cookie | null, synack_type: tcp_synack_type): sk_buff {
  const skb = alloc_skb(cpu, MAX_TCP_HEADER);
  skb.data += MAX_TCP_HEADER;
  skb.tail += MAX_TCP_HEADER;
  skb.dst = dst;
  if (synack_type === 'TCP_SYNACK_FASTOPEN') skb_set_owner_w(cpu, skb, sk);
  const mss = tcp_mss_clamp(sk.tcp!, dst_metric_advmss(cpu, dst));
  skb.skb_mstamp_ns = cpu.now;
  skb.tstamp = cpu.now;
  if (synack_type === 'TCP_SYNACK_COOKIE' && req.tstamp_ok) skb.skb_mstamp_ns = cookie_init_timestamp(cpu, req, cpu.now);
  else if (req.snt_synack === 0) req.snt_synack = Math.max(tcp_skb_timestamp_us(skb), 1);
  skb.hash = req.txhash;
  skb.l4_hash = true;
  const key = tcp_v4_reqsk_md5_lookup(cpu, sk, req);
  const opts = createTcpOutOptions();
  const tcp_header_size = tcp_synack_options(cpu, req, mss, skb, opts, foc, synack_type, key) + SIZEOF_TCPHDR;
  skb.data -= tcp_header_size;
  skb.len += tcp_header_size;
  skb.transport_header = skb.data;
  skb.ip_summed = CHECKSUM_PARTIAL;
  const o = skb.data;
  const flags = TCPHDR_SYN | TCPHDR_ACK | tcp_ecn_make_synack(cpu, req, synack_type);
  put_unaligned_be16(req.ir_num, skb.head, o);
  put_unaligned_be16(req.ir_rmt_port, skb.head, o + 2);
  put_unaligned_be32(req.snt_isn, skb.head, o + 4);
  put_unaligned_be32(req.rcv_nxt, skb.head, o + 8);
  put_unaligned_be16(((tcp_header_size >> 2) << 12) | flags, skb.head, o + 12);
  put_unaligned_be16(tcp_synack_window(req), skb.head, o + 14);
  put_unaligned_be16(0, skb.head, o + 16);
  put_unaligned_be16(0, skb.head, o + 18);
  tcp_options_write(cpu, skb.head, o + SIZEOF_TCPHDR, null, opts);
  TCP_INC_STATS(cpu, 'OutSegs');
  if (key !== null) skb.head.set(tcp_v4_md5_hash_skb(cpu, key, req.ir_rmt_addr, req.ir_loc_addr, skb), opts.hash_location);
  return skb;
}

/** Once more: its timer fired, or the SYN came again. */
export function tcp_rtx_synack(cpu: Cpu, sk: sock, req: request_sock): number {
  req.txhash = net_tx_rndhash(cpu);
  const res = sendSynack(cpu, sk, null, req, null, 'TCP_SYNACK_RETRANS');
  if (res === 0) {
    req.num_retrans++;
    TCP_INC_STATS(cpu, 'RetransSegs');
    NET_INC_STATS(cpu, 'TCPSynRetrans');
    sk.tcp!.total_retrans++;
  }
  return res;
}

/** Two SYNs have crossed: ours is sent again with an ACK. */
export function tcp_send_synack(cpu: Cpu, sk: sock): number {
  const skb = tcp_rtx_queue_head(sk);
  if (skb === null || (TCP_SKB_CB(skb).tcp_flags & TCPHDR_SYN) === 0) return -EFAULT;
  const tcb = TCP_SKB_CB(skb);
  if ((tcb.tcp_flags & TCPHDR_ACK) === 0) {
    tcb.tcp_flags |= TCPHDR_ACK;
    tcp_ecn_send_synack(cpu, sk, skb);
  }
  return tcp_transmit_skb(cpu, sk, skb, true);
}
