/** Corked data become one packet, which is sent (net/ipv6/ip6_output.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { IPPROTO_ICMPV6 } from '../../../include/linux/in6.ts';
import { SIZEOF_IPV6HDR, writeIpv6Header } from '../../../include/linux/ipv6.ts';
import { ETH_P_IPV6 } from '../../../include/linux/if_ether.ts';
import type { Lineage, sk_buff } from '../../../include/linux/skbuff.ts';
import { MSG_PROBE } from '../../../include/linux/socket.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import type { flowi6 } from '../../../include/net/ip6_fib.ts';
import type { inet_cork, ipcm_cookie, sock } from '../../../include/net/sock.ts';
import { __skb_pull } from '../../core/skbuff/data.ts';
import { kfree_skb } from '../../core/skbuff/free.ts';
import { createCork } from '../../core/sock/create.ts';
import { net_xmit_errno } from '../../core/dev/xmit.ts';
import type { GetfragName } from '../../ipv4/ip_output/getfrag.ts';
import { ip_cork_release } from '../../ipv4/ip_output/make_skb.ts';
import { icmpv6OutCount } from '../icmp/count.ts';
import { __ip6_append_data, ip6AppendDataAtomic, ip6_setup_cork, ip6_sk_ignore_df } from './append.ts';
import { ip6_autoflowlabel, ip6_local_out, ip6_make_flowlabel } from './xmit.ts';

/** The queued packets become one, the later ones as its frag_list; it gets its IPv6 header. */
export function __ip6_make_skb(cpu: Cpu, sk: sock, queue: sk_buff[], cork: inet_cork): sk_buff | null {
  if (queue.length === 0) return null;
  const skb = queue[0]!;
  const fl6 = cork.fl6!;
  if (skb.data < skb.network_header) __skb_pull(skb, skb.network_header - skb.data);
  for (let i = 1; i < queue.length; i++) {
    const part = queue[i]!;
    __skb_pull(part, SIZEOF_IPV6HDR);
    skb.shinfo.frag_list.push(part);
    skb.len += part.len;
    skb.data_len += part.len;
    skb.truesize += part.truesize;
    part.destructor = null;
    part.sk = null;
  }
  queue.length = 0;
  skb.ignore_df = ip6_sk_ignore_df(sk);
  skb.protocol = ETH_P_IPV6;
  const flowlabel = ip6_make_flowlabel(cpu, skb, fl6.flowlabel, ip6_autoflowlabel(cpu, sk), fl6);
  writeIpv6Header(skb, cork.tos, flowlabel, fl6.flowi6_proto, cork.ttl, fl6.saddr, fl6.daddr);
  skb.priority = cork.priority;
  skb.mark = cork.mark;
  skb.dst = cork.dst;
  if (sk.sk_protocol === IPPROTO_ICMPV6) icmpv6OutCount(cpu, skb.head[skb.transport_header]!);
  ip6_cork_release(cork);
  return skb;
}

function ip6_cork_release(cork: inet_cork): void {
  ip_cork_release(cork);
  cork.fl6 = null;
}

/** Drops what was queued. */
export function ip6_flush_pending_frames(cpu: Cpu, sk: sock): void {
  flush(cpu, sk.sk_write_queue, sk.inet.cork);
}

/** __ip6_flush_pending_frames @helper */
function flush(cpu: Cpu, queue: sk_buff[], cork: inet_cork): void {
  while (queue.length > 0) kfree_skb(cpu, queue.pop()!);
  ip6_cork_release(cork);
}

/** A whole datagram at once, without the socket's lock; null for nothing to send, a negative errno. */
export function* ip6_make_skb(
  cpu: Cpu, sk: sock, fl6: flowi6, getfrag: GetfragName, from: unknown, lineage: Lineage | null, length: number, transhdrlen: number,
  tclass: number, hlimit: number, gso_size: number, rt: dst_entry, flags: number, ipc: ipcm_cookie | null,
): Resumable<sk_buff | null | number> {
  if ((flags & MSG_PROBE) !== 0) return null;
  const queue: sk_buff[] = [];
  const cork = createCork();
  let err = ip6_setup_cork(cpu, sk, cork, rt, fl6, tclass, hlimit, gso_size, ipc);
  if (err !== 0) return err;
  err = yield* __ip6_append_data(cpu, sk, queue, cork, getfrag, from, lineage, length, transhdrlen, flags);
  if (err !== 0) {
    flush(cpu, queue, cork);
    return err;
  }
  return __ip6_make_skb(cpu, sk, queue, cork);
}

/** More data for the socket's corked datagram; the first sets the cork up. For softirqs (ICMP, TCP's answers): never sleeps. */
export function ip6_append_data(
  cpu: Cpu, sk: sock, fl6: flowi6, getfrag: GetfragName, from: unknown, lineage: Lineage | null, length: number, transhdrlen: number,
  tclass: number, hlimit: number, rt: dst_entry, flags: number,
): number {
  const cork = sk.inet.cork;
  let header = transhdrlen;
  if (sk.sk_write_queue.length === 0) {
    const err = ip6_setup_cork(cpu, sk, cork, rt, fl6, tclass, hlimit, 0, null);
    if (err !== 0) return err;
  } else header = 0;
  return ip6AppendDataAtomic(cpu, sk, sk.sk_write_queue, cork, getfrag, from, lineage, length, header, flags);
}

/** ip6_append_data of a system call, which may sleep for room in the send buffer (UDP_CORK, MSG_MORE). @helper */
export function* ip6AppendDataWaiting(
  cpu: Cpu, sk: sock, fl6: flowi6, getfrag: GetfragName, from: unknown, lineage: Lineage | null, length: number, transhdrlen: number,
  tclass: number, hlimit: number, rt: dst_entry, flags: number, gso_size: number, ipc: ipcm_cookie | null,
): Resumable<number> {
  const cork = sk.inet.cork;
  let header = transhdrlen;
  if (sk.sk_write_queue.length === 0) {
    const err = ip6_setup_cork(cpu, sk, cork, rt, fl6, tclass, hlimit, gso_size, ipc);
    if (err !== 0) return err;
  } else header = 0;
  return yield* __ip6_append_data(cpu, sk, sk.sk_write_queue, cork, getfrag, from, lineage, length, header, flags);
}

/** Sends; the answer of a congested device is an error only for sockets that asked to know. */
export function ip6_send_skb(cpu: Cpu, skb: sk_buff): number {
  let err = ip6_local_out(cpu, skb.sk, skb);
  if (err > 0) err = net_xmit_errno(err);
  if (err !== 0) cpu.host.mib.Ip6.OutDiscards++;
  return err;
}

/** The corked datagram is complete: off with it. */
export function ip6_push_pending_frames(cpu: Cpu, sk: sock): number {
  const skb = __ip6_make_skb(cpu, sk, sk.sk_write_queue, sk.inet.cork);
  return skb === null ? 0 : ip6_send_skb(cpu, skb);
}
