/** Stamps between sockets and packets: what a send asks for, what a receive tells (net/socket.c, include/net/sock.h). */
import type { Cpu } from '../../../machine/types.ts';
import {
  SOCK_RCVTSTAMP, SOCK_RXQ_OVFL, SOCK_TIMESTAMPING_ANY, SOF_TIMESTAMPING_OPT_RX_FILTER, SOF_TIMESTAMPING_RAW_HARDWARE, SOF_TIMESTAMPING_RX_HARDWARE, SOF_TIMESTAMPING_RX_SOFTWARE,
  SOF_TIMESTAMPING_SOFTWARE, SOF_TIMESTAMPING_TX_HARDWARE, SOF_TIMESTAMPING_TX_SCHED, SOF_TIMESTAMPING_TX_SOFTWARE,
} from '../../include/linux/net_tstamp.ts';
import { SKB_EXT_ERR } from '../../include/linux/errqueue.ts';
import { PACKET_OUTGOING, SKBTX_HW_TSTAMP_NOBPF, SKBTX_SCHED_TSTAMP, SKBTX_SW_TSTAMP } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { SOCK_SKB_CB } from '../../include/linux/sock_skb_cb.ts';
import { MSG_CTRUNC, SOL_SOCKET, SO_RXQ_OVFL } from '../../include/linux/socket.ts';
import type { msghdr, sock } from '../../include/net/sock.ts';
import { put_cmsg } from '../core/scm.ts';
import { packetBytes } from '../core/skbuff/data.ts';
import { sock_flag } from '../core/sock/timestamping.ts';

/** SKBTX_* of a packet whose socket has asked for `tsflags`. */
export function __sock_tx_timestamp(_cpu: Cpu, tsflags: number): number {
  let flags = 0;
  if ((tsflags & SOF_TIMESTAMPING_TX_HARDWARE) !== 0) flags |= SKBTX_HW_TSTAMP_NOBPF;
  if ((tsflags & SOF_TIMESTAMPING_TX_SOFTWARE) !== 0) flags |= SKBTX_SW_TSTAMP;
  if ((tsflags & SOF_TIMESTAMPING_TX_SCHED) !== 0) flags |= SKBTX_SCHED_TSTAMP;
  return flags;
}

/** @helper An entry of the error queue; what came in is never PACKET_OUTGOING. */
function skb_is_err_queue(skb: sk_buff): boolean {
  return skb.pkt_type === PACKET_OUTGOING;
}

/** @helper Whether stamps of this kind are to be told: those of sent packets always, those of received ones unless OPT_RX_FILTER asks for them by name. */
function wanted(sk: sock, skb: sk_buff, report: number, generate: number): boolean {
  const tsflags = sk.sk_tsflags;
  return (tsflags & report) !== 0 && ((tsflags & generate) !== 0 || skb_is_err_queue(skb) || (tsflags & SOF_TIMESTAMPING_OPT_RX_FILTER) === 0);
}

/** Writes the control messages SCM_TIMESTAMP, SCM_TIMESTAMPNS and SCM_TIMESTAMPING. */
export function __sock_recv_timestamp(cpu: Cpu, msg: msghdr, sk: sock, skb: sk_buff): void {
  let false_tstamp = false;
  if (sock_flag(sk, SOCK_RCVTSTAMP)) {
    if (skb.tstamp === 0) {
      skb.tstamp = cpu.now;
      false_tstamp = true;
    }
    if (msg.msg_controllen === 0) msg.msg_flags |= MSG_CTRUNC;
    else msg.cmsg.timestamp = skb.tstamp;
  }
  const software = wanted(sk, skb, SOF_TIMESTAMPING_SOFTWARE, SOF_TIMESTAMPING_RX_SOFTWARE) ? skb.tstamp : 0;
  const by_software = skb.tstamp !== 0 && !false_tstamp && skb_is_err_queue(skb);
  const hardware = wanted(sk, skb, SOF_TIMESTAMPING_RAW_HARDWARE, SOF_TIMESTAMPING_RX_HARDWARE) && !by_software ? skb.shinfo.hwtstamp : 0;
  if (software === 0 && hardware === 0) return;
  if (msg.msg_controllen === 0) msg.msg_flags |= MSG_CTRUNC;
  else {
    msg.cmsg.timestamping = [software, 0, hardware];
    if (skb_is_err_queue(skb) && skb.len > 0 && SKB_EXT_ERR(skb).opt_stats) msg.cmsg.opt_stats = packetBytes(cpu, skb, 0, skb.len);
  }
}

/** When the packet came, or the stamp in an entry of the error queue, as far as the socket has asked. */
export function sock_recv_timestamp(cpu: Cpu, msg: msghdr, sk: sock, skb: sk_buff): void {
  const tsflags = sk.sk_tsflags;
  if (sock_flag(sk, SOCK_RCVTSTAMP) || (tsflags & SOF_TIMESTAMPING_RX_SOFTWARE) !== 0 || (skb.tstamp !== 0 && (tsflags & SOF_TIMESTAMPING_SOFTWARE) !== 0)
    || (skb.shinfo.hwtstamp !== 0 && (tsflags & SOF_TIMESTAMPING_RAW_HARDWARE) !== 0)) __sock_recv_timestamp(cpu, msg, sk, skb);
}

/** The control message SO_RXQ_OVFL: how many packets the socket had lost when this one came; nothing when it was none. */
function sock_recv_drops(msg: msghdr, sk: sock, skb: sk_buff): void {
  if (!sock_flag(sk, SOCK_RXQ_OVFL)) return;
  const { dropcount } = SOCK_SKB_CB(skb);
  if (dropcount !== 0) put_cmsg(msg, SOL_SOCKET, SO_RXQ_OVFL, dropcount);
}

const FLAGS_RECV_CMSGS = SOCK_RXQ_OVFL | SOCK_RCVTSTAMP | SOCK_TIMESTAMPING_ANY;

/** @helper Of a datagram that is read. */
export function sock_recv_cmsgs(cpu: Cpu, msg: msghdr, sk: sock, skb: sk_buff): void {
  if ((sk.sk_flags & FLAGS_RECV_CMSGS) !== 0) __sock_recv_cmsgs(cpu, msg, sk, skb);
}

export function __sock_recv_cmsgs(cpu: Cpu, msg: msghdr, sk: sock, skb: sk_buff): void {
  sock_recv_timestamp(cpu, msg, sk, skb);
  sock_recv_drops(msg, sk, skb);
}
