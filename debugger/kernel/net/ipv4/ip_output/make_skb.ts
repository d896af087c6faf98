/** A datagram from its parts, and on its way (net/ipv4/ip_output.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { IP_DF, SIZEOF_IPHDR } from '../../../include/linux/ip.ts';
import type { Lineage, sk_buff } from '../../../include/linux/skbuff.ts';
import { IP_PMTUDISC_DO, IP_PMTUDISC_PROBE, MSG_PROBE } from '../../../include/linux/socket.ts';
import { RTN_MULTICAST } from '../../../include/net/dst.ts';
import type { dst_entry, flowi4 } from '../../../include/net/dst.ts';
import { IPPROTO_ICMP } from '../../../include/net/sock.ts';
import type { inet_cork, ipcm_cookie, sock } from '../../../include/net/sock.ts';
import { net_xmit_errno } from '../../core/dev/xmit.ts';
import { __skb_pull } from '../../core/skbuff/data.ts';
import { kfree_skb } from '../../core/skbuff/free.ts';
import { createCork } from '../../core/sock/create.ts';
import { icmp_out_count } from '../icmp/count.ts';
import { ipv4_mtu } from '../route/cache.ts';
import { __ip_append_data, ipAppendDataAtomic, ip_setup_cork } from './append.ts';
import type { GetfragName } from './getfrag.ts';
import { ip_dont_fragment, ip_select_ident, ip_select_ttl, ip_sk_ignore_df, writeIpHeader } from './ident.ts';
import { ip_local_out } from './local_out.ts';

/** The queued packets become one, the later ones as its frag_list; it gets its IP header. */
export function __ip_make_skb(cpu: Cpu, sk: sock, fl4: flowi4, queue: sk_buff[], cork: inet_cork): sk_buff | null {
  if (queue.length === 0) return null;
  const skb = queue[0]!;
  const inet = sk.inet;
  const rt = cork.dst!;
  if (skb.data < skb.network_header) __skb_pull(skb, skb.network_header - skb.data);
  for (let i = 1; i < queue.length; i++) {
    const part = queue[i]!;
    __skb_pull(part, SIZEOF_IPHDR);
    skb.shinfo.frag_list.push(part);
    skb.len += part.len;
    skb.data_len += part.len;
    skb.truesize += part.truesize;
    part.destructor = null;
    part.sk = null;
  }
  queue.length = 0;
  skb.ignore_df = ip_sk_ignore_df(sk);
  const pmtudisc = inet.pmtudisc;
  const df = pmtudisc === IP_PMTUDISC_DO || pmtudisc === IP_PMTUDISC_PROBE || (skb.len <= ipv4_mtu(cpu, rt) && ip_dont_fragment(sk, rt));
  const ttl = cork.ttl !== 0 ? cork.ttl : rt.rt_type === RTN_MULTICAST ? inet.mc_ttl : ip_select_ttl(cpu, inet);
  writeIpHeader(skb, cork.tos !== -1 ? cork.tos : inet.tos, df ? IP_DF : 0, ttl, sk.sk_protocol, fl4.saddr, fl4.daddr);
  ip_select_ident(cpu, skb, sk);
  skb.priority = cork.priority;
  skb.mark = cork.mark;
  skb.dst = rt;
  cork.dst = null;
  if (sk.sk_protocol === IPPROTO_ICMP) icmp_out_count(cpu, skb.head[skb.transport_header]!);
  ip_cork_release(cork);
  return skb;
}

/** @helper */
export function ip_cork_release(cork: inet_cork): void {
  cork.active = false;
  cork.dst = null;
  cork.fl4 = null;
}

/** Drops what was queued. */
export function __ip_flush_pending_frames(cpu: Cpu, queue: sk_buff[], cork: inet_cork): void {
  while (queue.length > 0) kfree_skb(cpu, queue.pop()!);
  ip_cork_release(cork);
}

export function ip_flush_pending_frames(cpu: Cpu, sk: sock): void {
  __ip_flush_pending_frames(cpu, sk.sk_write_queue, sk.inet.cork);
}

/** A whole datagram at once, without the socket's lock; null for nothing to send, a negative errno. */
export function* ip_make_skb(
  cpu: Cpu, sk: sock, fl4: flowi4, getfrag: GetfragName, from: unknown, lineage: Lineage | null, length: number, transhdrlen: number,
  tos: number, ttl: number, gso_size: number, rt: dst_entry, flags: number, ipc: ipcm_cookie | null,
): Resumable<sk_buff | null | number> {
  if ((flags & MSG_PROBE) !== 0) return null;
  const queue: sk_buff[] = [];
  const cork = createCork();
  let err = ip_setup_cork(cpu, sk, cork, rt, tos, ttl, gso_size, ipc);
  if (err !== 0) return err;
  err = yield* __ip_append_data(cpu, sk, fl4, queue, cork, getfrag, from, lineage, length, transhdrlen, flags);
  if (err !== 0) {
    __ip_flush_pending_frames(cpu, queue, cork);
    return err;
  }
  return __ip_make_skb(cpu, sk, fl4, queue, cork);
}

/** More data for the socket's corked datagram; the first sets the cork up. For softirqs (ICMP): never sleeps. */
export function ip_append_data(
  cpu: Cpu, sk: sock, fl4: flowi4, getfrag: GetfragName, from: unknown, lineage: Lineage | null, length: number, transhdrlen: number,
  tos: number, rt: dst_entry, flags: number,
): number {
  const cork = sk.inet.cork;
  let header = transhdrlen;
  if ((flags & MSG_PROBE) !== 0) return 0;
  if (sk.sk_write_queue.length === 0) {
    const err = ip_setup_cork(cpu, sk, cork, rt, tos, 0, 0, null);
    if (err !== 0) return err;
    cork.fl4 = fl4;
  } else header = 0;
  return ipAppendDataAtomic(cpu, sk, fl4, sk.sk_write_queue, cork, getfrag, from, lineage, length, header, flags);
}

/** ip_append_data of a system call, which may sleep for room in the send buffer (UDP_CORK, MSG_MORE). @helper */
export function* ipAppendDataWaiting(
  cpu: Cpu, sk: sock, fl4: flowi4, getfrag: GetfragName, from: unknown, lineage: Lineage | null, length: number, transhdrlen: number,
  tos: number, rt: dst_entry, flags: number, gso_size: number, ipc: ipcm_cookie | null,
): Resumable<number> {
  const cork = sk.inet.cork;
  let header = transhdrlen;
  if (sk.sk_write_queue.length === 0) {
    const err = ip_setup_cork(cpu, sk, cork, rt, tos, 0, gso_size, ipc);
    if (err !== 0) return err;
    cork.fl4 = fl4;
  } else header = 0;
  return yield* __ip_append_data(cpu, sk, fl4, sk.sk_write_queue, cork, getfrag, from, lineage, length, header, flags);
}

/** Sends; the answer of a congested device is an error only for sockets that asked to know. */
export function ip_send_skb(cpu: Cpu, skb: sk_buff): number {
  let err = ip_local_out(cpu, skb.sk, skb);
  if (err > 0) err = net_xmit_errno(err);
  if (err !== 0) cpu.host.mib.Ip.OutDiscards++;
  return err;
}

/** The corked datagram is complete: off with it. */
export function ip_push_pending_frames(cpu: Cpu, sk: sock, fl4: flowi4): number {
  const skb = __ip_make_skb(cpu, sk, fl4, sk.sk_write_queue, sk.inet.cork);
  return skb === null ? 0 : ip_send_skb(cpu, skb);
}
