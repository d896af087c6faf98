/** A better way: telling senders of it, and believing routers that do (net/ipv4/route.c; RFC 792, RFC 1122 3.2.2.2). */
import type { Cpu } from '../../../../machine/types.ts';
import { get_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { ICMP_REDIRECT, ICMP_REDIR_HOST, ICMP_REDIR_HOSTTOS } from '../../../include/linux/icmp.ts';
import { ipv4_is_lbcast, ipv4_is_multicast, ipv4_is_zeronet, iph_daddr, iph_saddr } from '../../../include/linux/ip.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { RTN_UNICAST } from '../../../include/net/dst.ts';
import type { dst_entry, flowi4 } from '../../../include/net/dst.ts';
import { NUD_VALID } from '../../../include/net/neighbour.ts';
import type { sock } from '../../../include/net/sock.ts';
import { HZ, jiffies } from '../../../kernel/time/jiffies.ts';
import { neigh_event_send } from '../../core/neighbour/output.ts';
import { __neigh_create, ipv4NeighLookup } from '../../core/neighbour/table.ts';
import { inet_addr_onlink } from '../devinet.ts';
import { inet_addr_type } from '../fib_frontend.ts';
import { fib_lookup } from '../fib_trie.ts';
import { icmp_send } from '../icmp/send.ts';
import { inet_getpeer } from '../inetpeer.ts';
import { rt_kill, rt_nexthop } from './cache.ts';
import { __ip_route_output_key, createFlowi4 } from './output.ts';
import { update_or_create_fnhe } from './pmtu.ts';

/** The way leads back to the network it came from: the sender should use the next hop itself. Who does not heed that is told less and less often, and at last no more. */
export function ip_rt_send_redirect(cpu: Cpu, skb: sk_buff): void {
  const rt = skb.dst!;
  if (rt.dev.ip_ptr.cnf.send_redirects === 0) return;
  const { sysctl_redirect_silence, sysctl_redirect_number, sysctl_redirect_load } = cpu.host.knobs;
  const now = jiffies(cpu);
  const peer = inet_getpeer(cpu, iph_saddr(skb));
  if (now > peer.rate_last + sysctl_redirect_silence!) {
    peer.rate_tokens = 0;
    peer.n_redirects = 0;
  }
  if (peer.n_redirects >= sysctl_redirect_number!) {
    peer.rate_last = now;
    return;
  }
  if (peer.n_redirects !== 0 && now <= peer.rate_last + sysctl_redirect_load! * 2 ** peer.n_redirects) return;
  icmp_send(cpu, skb, ICMP_REDIRECT, ICMP_REDIR_HOST, rt_nexthop(rt, iph_daddr(skb)));
  peer.rate_last = now;
  peer.n_redirects++;
}

/** @helper Whether `new_gw` may be the next hop of who asked `old_gw` until now. */
function believable(cpu: Cpu, dev: net_device, new_gw: number, old_gw: number): boolean {
  const { cnf } = dev.ip_ptr;
  if (new_gw === old_gw || cnf.accept_redirects === 0) return false;
  if (ipv4_is_multicast(new_gw) || ipv4_is_lbcast(new_gw) || ipv4_is_zeronet(new_gw)) return false;
  if (cnf.shared_media !== 0) return inet_addr_type(cpu, new_gw) === RTN_UNICAST;
  return inet_addr_onlink(cpu, dev.ip_ptr, new_gw, old_gw) && (cnf.secure_redirects === 0 || ip_fib_check_default(cpu, new_gw, dev));
}

/** Whether `gw` is a gateway of some route. */
function ip_fib_check_default(cpu: Cpu, gw: number, dev: net_device): boolean {
  return cpu.host.fib.some((fi) => fi.gw === gw && fi.dev === dev);
}

/**
 * The router that `rt` goes by names another for this destination. Its address must be known: the first time it is only asked for,
 * and the next redirect changes the way (fib_nh_exception). `skb` is the message; skb.data is at the quoted packet.
 */
function __ip_do_redirect(cpu: Cpu, rt: dst_entry, skb: sk_buff, fl4: flowi4, kill_route: boolean): void {
  const new_gw = get_unaligned_be32(skb.head, skb.transport_header + 4);
  const old_gw = iph_saddr(skb);
  const dev = skb.dev!;
  if ((skb.head[skb.transport_header + 1]! & 7) > ICMP_REDIR_HOSTTOS) return;
  if (rt.rt_gw4 !== old_gw || !believable(cpu, dev, new_gw, old_gw)) return;
  const n = ipv4NeighLookup(cpu, rt.dev, new_gw) ?? __neigh_create(cpu, cpu.host.arp_tbl, new_gw, rt.dev);
  if (n === null) return;
  if ((n.nud_state & NUD_VALID) === 0) {
    neigh_event_send(cpu, n, null);
    return;
  }
  const res = fib_lookup(cpu, fl4.daddr, 0);
  if (res !== null) update_or_create_fnhe(cpu, res, fl4.daddr, new_gw, 0, false, jiffies(cpu) + cpu.host.knobs.sysctl_gc_timeout! * HZ);
  if (kill_route) rt_kill(rt);
}

/** @helper The flow of the quoted packet. */
function quotedFlow(skb: sk_buff, oif: number, protocol: number): flowi4 {
  return createFlowi4(protocol, oif, 0, get_unaligned_be32(skb.head, skb.data + 12), get_unaligned_be32(skb.head, skb.data + 16), 0, 0);
}

/** dst_ops.redirect: the route of a connection. */
export function ip_do_redirect(cpu: Cpu, dst: dst_entry, sk: sock, skb: sk_buff): void {
  __ip_do_redirect(cpu, dst, skb, quotedFlow(skb, sk.sk_bound_dev_if, sk.sk_protocol), true);
}

/** Of a packet that no socket of its own has sent. */
export function ipv4_redirect(cpu: Cpu, skb: sk_buff, oif: number, protocol: number): void {
  const fl4 = quotedFlow(skb, oif, protocol);
  const rt = __ip_route_output_key(cpu, fl4);
  if (typeof rt !== 'number') __ip_do_redirect(cpu, rt, skb, fl4, false);
}

export function ipv4_sk_redirect(cpu: Cpu, skb: sk_buff, sk: sock): void {
  ipv4_redirect(cpu, skb, sk.sk_bound_dev_if, sk.sk_protocol);
}
