/** A SYN with data: Fast Open's client (net/ipv4/tcp_output.c tcp_send_syn_data; RFC 7413, section 4.2.1). */
import { perKib } from '../../../../machine/costs.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { msghdr, sock } from '../../../include/net/sock.ts';
import { MAX_TCP_OPTION_SPACE, TCPHDR_ACK, TCPHDR_PSH, TCP_CHRONO_BUSY } from '../../../include/net/tcp.ts';
import type { tcp_fastopen_request } from '../../../include/net/tcp_fastopen.ts';
import { TCP_SKB_CB, createTcpSkbCb } from '../../../include/net/tcp_sock.ts';
import { tcp_skb_pcount } from '../../../include/net/tcp_inlines/queues.ts';
import { tcp_mss_clamp } from '../../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { skb_zcopy_set } from '../../core/skbuff/zerocopy.ts';
import { tcp_stream_alloc_skb, tcp_wmem_schedule } from '../tcp/alloc.ts';
import { appendLineage } from '../tcp/queues.ts';
import { sk_page_frag_refill } from '../tcp/sendmsg.ts';
import { tcp_fastopen_cookie_check } from '../tcp_fastopen.ts';
import { tcp_chrono_start } from './chrono.ts';
import { tcp_connect_queue_skb } from './connect.ts';
import { __tcp_mtu_to_mss, tcp_sync_mss } from './mss.ts';
import { tcp_transmit_skb } from './transmit.ts';

/** `space` of the user's bytes into an skb that is empty as yet. @helper */
function copySynData(cpu: Cpu, sk: sock, skb: sk_buff, msg: msghdr, space: number): void {
  const frag = sk.sk_frag;
  const iter = msg.iter;
  spend(cpu, perKib(cpu.costs.copy_from_user_kib, space));
  frag.page!.set(iter.bytes.subarray(iter.offset, iter.offset + space), frag.offset);
  skb.shinfo.frags.push({ page: frag.page!, offset: frag.offset, size: space });
  skb.len += space;
  skb.data_len += space;
  skb.truesize += space;
  appendLineage(cpu, skb, msg.lineage, iter.offset, space);
  frag.offset += space;
  iter.offset += space;
  iter.count -= space;
}

/** The SYN's copy with as much data as fits a segment with all options; null: without a cookie, or without memory, there is none. @helper */
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
    copySynData(cpu, sk, skb, fo.data!, space);
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
