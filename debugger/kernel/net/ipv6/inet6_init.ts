/** Start of IPv6 on a host (net/ipv6/af_inet6.c inet6_init). */
import type { Host } from '../../include/linux/host.ts';
import { IPPROTO_ICMPV6 } from '../../include/linux/in6.ts';
import { createIpv6Pinfo } from '../../include/linux/ipv6.ts';
import { AF_INET6, IPPROTO_TCP, SOCK_RAW } from '../../include/net/sock.ts';
import type { sock } from '../../include/net/sock.ts';
import { HZ } from '../../kernel/time/jiffies.ts';
import { createKernelSock } from '../core/sock/create.ts';
import { SKB_TRUESIZE } from '../../include/linux/skbuff.ts';
import { ND_HOP_LIMIT } from './ndisc/send.ts';
import { ndisc_init } from './ndisc.ts';

/** Room for three on each CPU. */
const SOCKS_A_HOST = 4096;

/** Tables, knobs and the kernel's own sockets, as inet_init() for IPv4. */
export function inet6_init(host: Host): void {
  sysctl_ipv6_init(host);
  ndisc_init(host);
  for (let i = 0; i < host.cpus.length; i++) {
    host.ipv6_icmp_sk.push(controlSock(host, IPPROTO_ICMPV6));
    host.ipv6_tcp_sk.push(controlSock(host, IPPROTO_TCP));
    const ndisc = controlSock(host, IPPROTO_ICMPV6);
    ndisc.inet.pinet6!.hop_limit = ND_HOP_LIMIT;
    host.ndisc_sk.push(ndisc);
  }
}

/** inet_ctl_sock_create(). Its number is below 0, so that IPv6 moves nobody else's. @helper */
function controlSock(host: Host, protocol: number): sock {
  const sk = createKernelSock(host, AF_INET6, 'RAW');
  host.world.next_id--;
  sk.id = -1 - host.index * SOCKS_A_HOST - host.ipv6_icmp_sk.length - host.ipv6_tcp_sk.length - host.ndisc_sk.length;
  sk.sk_type = SOCK_RAW;
  sk.sk_protocol = protocol;
  sk.sk_sndbuf = 2 * SKB_TRUESIZE(64 * 1024);
  sk.inet.pinet6 = createIpv6Pinfo();
  return sk;
}

/** Knobs of IPv6, under names of their own: some last parts are those of IPv4, too (net/ipv6/sysctl_net_ipv6.c). */
function sysctl_ipv6_init(host: Host): void {
  const value = (name: string): number => host.sysctl[`net.ipv6.${name}`]![0] as number;
  host.knobs.ipv6_auto_flowlabels = value('auto_flowlabels');
  host.knobs.ipv6_bindv6only = value('bindv6only');
  host.knobs.ipv6_echo_ignore_all = value('icmp.echo_ignore_all');
  host.knobs.ipv6_icmp_ratelimit = Math.ceil((value('icmp.ratelimit') * HZ) / 1000);
  host.knobs.ipv6_min_adv_mss = value('route.min_adv_mss');
  host.knobs.ipv6_frag_time = value('ip6frag_time') * HZ;
  host.knobs.ipv6_frag_high_thresh = value('ip6frag_high_thresh');
}
