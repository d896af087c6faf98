/** A SYN with data: Fast Open's client (net/ipv4/tcp_output.c tcp_send_syn_data; RFC 7413, section 4.2.1). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { msghdr, sock } from '../../../include/net/sock.ts';
import { MAX_TCP_OPTION_SPACE, TCPHDR_ACK, TCPHDR_PSH, TCP_CHRONO_BUSY } from '../../../include/net/tcp.ts';
import type { tcp_fastopen_request } from '../../../include/net/tcp_fastopen.ts';
import { TCP_SKB_CB, createTcpSkbCb } from '../../../include/net/tcp_sock.ts';
import { tcp_skb_pcount } from '../../../include/net/tcp_inlines/queues.ts';
import { tcp_mss_clamp } from '../../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { copy_from_iter } from '../../../lib/iov_iter.ts';
import { kfree_skb } from '../../core/skbuff/free.ts';
import { skb_zcopy_set } from '../../core/skbuff/zerocopy.ts';
import { tcp_stream_alloc_skb, tcp_wmem_schedule } from '../tcp/alloc.ts';
import { appendLineage } from '../../core/skbuff/lineage.ts';
import { sk_page_frag_refill } from '../tcp/sendmsg.ts';
import { tcp_fastopen_cookie_check } from '../tcp_fastopen.ts';
import { tcp_chrono_start } from './chrono.ts';
import { tcp_connect_queue_skb } from './connect.ts';
import { __tcp_mtu_to_mss, tcp_sync_mss } from './mss.ts';
import { tcp_transmit_skb } from './transmit.ts';

/** Up to `space` of the user's bytes into an skb that is empty as yet; how many. @helper */
function copySynData(cpu: Cpu, sk: sock, skb: sk_buff, msg: msghdr, space: number): number {
  const frag = sk.sk_frag;
  const offset = msg.iter.offset;
  const copied = copy_from_iter(cpu, msg.iter, space, frag.page!, frag.offset);
  if (copied === 0) return 0;
  skb.shinfo.frags.push({ page: frag.page!, offset: frag.offset, size: copied });
  skb.len += copied;
  skb.data_len += copied;
  skb.truesize += copied;
  appendLineage(cpu, skb, msg.lineage, offset, copied);
  frag.offset += copied;
  return copied;
}

/** The SYN's copy with as much data as fits a segment with all options; null: without a cookie, without memory, or without the user's, there is none. @helper */
function makeSynData(cpu: Cpu, sk: sock, syn: sk_buff, fo: tcp_fastopen_request): sk_buff | null {
  const tp = sk.tcp!;
  const { ok, mss } = tcp_fastopen_cookie_check(cpu, sk, tp.advmss, fo.cookie);
  tp.rx_opt.mss_clamp = mss;
  if (!ok) return null;
  tp.rx_opt.mss_clamp = tcp_mss_clamp(tp, mss);
  tcp_sync_mss(cpu, sk, sk.icsk!.icsk_pmtu_cookie);
  let space = Math.min(__tcp_mtu_to_mss(cpu, sk, sk.icsk!.icsk_pmtu_cookie) - MAX_TCP_OPTION_SPACE, fo.size);
  sk_page_frag_refill(cpu, sk);
  const skb = tcp_stream_alloc_skb(cpu, sk, false, fo.data === null ? null : fo.data.lineage);
  if (skb === null) return null;
  const scb = TCP_SKB_CB(syn);
  skb.cb = createTcpSkbCb(scb.seq, scb.end_seq, scb.tcp_flags);
  TCP_SKB_CB(skb).tcp_gso_segs = scb.tcp_gso_segs;
  if (space > 0) space = tcp_wmem_schedule(cpu, sk, Math.min(space, sk.sk_frag.size - sk.sk_frag.offset));
  if (space > 0) {
    space = copySynData(cpu, sk, skb, fo.data!, space);
    if (space === 0) {
      kfree_skb(cpu, skb);
      return null;
    }
    if (fo.uarg !== null) skb_zcopy_set(skb, fo.uarg);
  }
  if (space === fo.size) fo.data = null;
  fo.copied = space;
  return skb;
}

/** Sends the SYN `syn` with data and cookie, or asks for a cookie. The data stand in the retransmission queue as an skb of their own behind the SYN: what is sent again is either. */
export function tcp_send_syn_data(cpu: Cpu, sk: sock, syn: sk_buff, fo: tcp_fastopen_request): number {
  const tp = sk.tcp!;
  const syn_data = makeSynData(cpu, sk, syn, fo);
  if (syn_data !== null) {
    tcp_connect_queue_skb(cpu, sk, syn_data);
    if (syn_data.len > 0) tcp_chrono_start(cpu, sk, TCP_CHRONO_BUSY);
    const err = tcp_transmit_skb(cpu, sk, syn_data, true);
    syn.skb_mstamp_ns = syn_data.skb_mstamp_ns;
    const tcb = TCP_SKB_CB(syn_data);
    tcb.seq = (tcb.seq + 1) >>> 0;
    tcb.tcp_flags = TCPHDR_ACK | TCPHDR_PSH;
    if (err === 0) {
      tp.tfo.syn_data = fo.copied > 0;
      sk.tcp_rtx_queue.push(syn_data);
      NET_INC_STATS(cpu, 'TCPOrigDataSent');
      fo.cookie.len = -1;
      return 0;
    }
    sk.sk_write_queue.push(syn_data);
    tp.packets_out -= tcp_skb_pcount(syn_data);
  }
  if (fo.cookie.len > 0) fo.cookie.len = 0;
  const err = tcp_transmit_skb(cpu, sk, syn, true);
  if (err !== 0) tp.tfo.syn_fastopen = false;
  fo.cookie.len = -1;
  return err;
}
