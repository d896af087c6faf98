/** Stamps of a stream (net/ipv4/tcp.c): the last byte of a write, the last segment of a read. */
import type { Cpu } from '../../../../machine/types.ts';
import { SOCK_RCVTSTAMP, SOF_TIMESTAMPING_OPT_RX_FILTER, SOF_TIMESTAMPING_RX_SOFTWARE, SOF_TIMESTAMPING_SOFTWARE, SOF_TIMESTAMPING_TX_ACK, SOF_TIMESTAMPING_TX_RECORD_MASK } from '../../../include/linux/net_tstamp.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { msghdr, sock } from '../../../include/net/sock.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { tcp_write_queue_tail } from '../../../include/net/tcp_inlines/queues.ts';
import { sock_flag } from '../../core/sock/timestamping.ts';
import { __sock_tx_timestamp } from '../../socket/timestamp.ts';

/** The write has ended: its last byte is the one to be stamped. It may have been sent already. */
export function tcp_tx_timestamp(cpu: Cpu, sk: sock, tsflags: number): void {
  const skb = tcp_write_queue_tail(sk) ?? sk.tcp_rtx_queue[sk.tcp_rtx_queue.length - 1] ?? null;
  if (skb === null) return;
  const { shinfo } = skb;
  const tcb = TCP_SKB_CB(skb);
  shinfo.tx_flags |= __sock_tx_timestamp(cpu, tsflags);
  if ((tsflags & SOF_TIMESTAMPING_TX_ACK) !== 0) tcb.txstamp_ack = true;
  if ((tsflags & SOF_TIMESTAMPING_TX_RECORD_MASK) !== 0) shinfo.tskey = (tcb.seq + skb.len - 1) >>> 0;
}

/** The reader has taken bytes of this segment: when it came, ns. */
export function tcp_update_recv_tstamps(skb: sk_buff, tss: { tss: number }): void {
  tss.tss = skb.tstamp;
}

/** recvmsg tells when the last segment came that it has taken bytes of; `tstamp` in ns. */
export function tcp_recv_timestamp(_cpu: Cpu, msg: msghdr, sk: sock, tstamp: number): void {
  if (msg.msg_controllen === 0) return;
  const tsflags = sk.sk_tsflags;
  if (sock_flag(sk, SOCK_RCVTSTAMP)) msg.cmsg.timestamp = tstamp;
  if ((tsflags & SOF_TIMESTAMPING_SOFTWARE) === 0) return;
  if ((tsflags & SOF_TIMESTAMPING_RX_SOFTWARE) !== 0 || (tsflags & SOF_TIMESTAMPING_OPT_RX_FILTER) === 0) msg.cmsg.timestamping = [tstamp, 0, 0];
}
