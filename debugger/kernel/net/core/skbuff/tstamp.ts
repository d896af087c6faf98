/** Time stamps of what is sent, told by the error queue (net/core/skbuff.c, include/linux/skbuff.h). */
import type { Cpu } from '../../../../machine/types.ts';
import { SKB_EXT_ERR, SO_EE_ORIGIN_TIMESTAMPING, createExtendedErr } from '../../../include/linux/errqueue.ts';
import type { sock_exterr_skb } from '../../../include/linux/errqueue.ts';
import {
  SCM_TSTAMP_ACK, SCM_TSTAMP_SCHED, SCM_TSTAMP_SND, SOF_TIMESTAMPING_OPT_ID, SOF_TIMESTAMPING_OPT_STATS, SOF_TIMESTAMPING_OPT_TSONLY, SOF_TIMESTAMPING_OPT_TX_SWHW,
} from '../../../include/linux/net_tstamp.ts';
import { SKBTX_ANY_TSTAMP, SKBTX_HW_TSTAMP_NOBPF, SKBTX_IN_PROGRESS, SKBTX_SCHED_TSTAMP, SKBTX_SW_TSTAMP } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { ENOMSG } from '../../../include/uapi/asm-generic/errno.ts';
import { tcp_get_timestamping_opt_stats } from '../../ipv4/tcp/opt_stats.ts';
import { alloc_skb } from './alloc.ts';
import { skb_clone } from './clone.ts';
import { notQueued, sock_queue_err_skb } from './errqueue.ts';
import { skb_orphan_frags_rx } from './zerocopy.ts';

/** @helper */
export function __net_timestamp(cpu: Cpu, skb: sk_buff): void {
  skb.tstamp = cpu.now;
}

/** Drivers call it just before the hardware has the packet. */
export function skb_tx_timestamp(cpu: Cpu, skb: sk_buff): void {
  if ((skb.shinfo.tx_flags & SKBTX_SW_TSTAMP) !== 0) skb_tstamp_tx(cpu, skb, 0);
}

/** `hwtstamps`: ns by the NIC's clock; 0: by the host's, now. */
export function skb_tstamp_tx(cpu: Cpu, orig_skb: sk_buff, hwtstamps: number): void {
  __skb_tstamp_tx(cpu, orig_skb, null, hwtstamps, orig_skb.sk, SCM_TSTAMP_SND);
}

/** Tells `sk` that the packet has come to `tstype` (SCM_TSTAMP_*): by a clone, or with OPT_TSONLY by an empty skb, or (OPT_STATS) by one with what TCP knows of the connection. `ack_skb`: the ACK, null when it is none. */
export function __skb_tstamp_tx(cpu: Cpu, orig_skb: sk_buff, ack_skb: sk_buff | null, hwtstamps: number, sk: sock | null, tstype: number): void {
  if (sk === null || !skb_tstamp_tx_report_so_timestamping(orig_skb, hwtstamps, tstype)) return;
  const tsflags = sk.sk_tsflags;
  const in_progress = (orig_skb.shinfo.tx_flags & SKBTX_IN_PROGRESS) !== 0;
  if (hwtstamps === 0 && in_progress && (tsflags & SOF_TIMESTAMPING_OPT_TX_SWHW) === 0) return;
  const tsonly = (tsflags & SOF_TIMESTAMPING_OPT_TSONLY) !== 0;
  if (!skb_may_tx_timestamp(cpu, tsonly)) return;
  const opt_stats = tsonly && (tsflags & SOF_TIMESTAMPING_OPT_STATS) !== 0 && sk.tcp !== null;
  const skb = opt_stats ? tcp_get_timestamping_opt_stats(cpu, sk, orig_skb, ack_skb) : tsonly ? alloc_skb(cpu, 0, orig_skb.lineage) : skb_clone(cpu, orig_skb);
  if (tsonly) {
    skb.shinfo.tx_flags |= orig_skb.shinfo.tx_flags & SKBTX_ANY_TSTAMP;
    skb.shinfo.tskey = orig_skb.shinfo.tskey;
  } else {
    skb_orphan_frags_rx(cpu, skb);
  }
  if (hwtstamps !== 0) skb.shinfo.hwtstamp = hwtstamps;
  else __net_timestamp(cpu, skb);
  __skb_complete_tx_timestamp(cpu, skb, sk, tstype, opt_stats);
}

/** Whether this stamp of the packet was asked for. */
function skb_tstamp_tx_report_so_timestamping(skb: sk_buff, hwtstamps: number, tstype: number): boolean {
  const tx_flags = skb.shinfo.tx_flags;
  if (tstype === SCM_TSTAMP_SCHED) return (tx_flags & SKBTX_SCHED_TSTAMP) !== 0;
  if (tstype === SCM_TSTAMP_SND) return (tx_flags & (hwtstamps !== 0 ? SKBTX_HW_TSTAMP_NOBPF : SKBTX_SW_TSTAMP)) !== 0;
  return tstype === SCM_TSTAMP_ACK && TCP_SKB_CB(skb).txstamp_ack;
}

/** Every process of the model has CAP_NET_RAW, but not what net.core.tstamp_allow_data keeps from sockets. */
function skb_may_tx_timestamp(cpu: Cpu, tsonly: boolean): boolean {
  return tsonly || cpu.host.knobs.sysctl_tstamp_allow_data! !== 0;
}

/** Puts the stamp into the error queue. With OPT_ID ee_data says which send: UDP by number, TCP by its last byte. */
function __skb_complete_tx_timestamp(cpu: Cpu, skb: sk_buff, sk: sock, tstype: number, opt_stats: boolean): void {
  const cb: sock_exterr_skb = { ee: createExtendedErr(ENOMSG, SO_EE_ORIGIN_TIMESTAMPING, 0, 0, tstype), daddr: 0, port: 0, opt_stats };
  skb.cb = cb;
  if ((sk.sk_tsflags & SOF_TIMESTAMPING_OPT_ID) !== 0) {
    SKB_EXT_ERR(skb).ee.ee_data = (skb.shinfo.tskey - (sk.tcp === null ? 0 : sk.sk_tskey)) >>> 0;
  }
  if (sock_queue_err_skb(cpu, sk, skb) !== 0) notQueued(cpu, sk, skb);
}
