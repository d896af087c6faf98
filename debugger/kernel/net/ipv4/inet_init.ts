/** Start of the Internet family on a host (net/ipv4/af_inet.c inet_init). */
import type { Host } from '../../include/linux/host.ts';
import { addProtocols } from '../core/dev/ptype.ts';
import { arp_init } from './arp.ts';
import { icmp_init, tcp_sk_init } from './icmp.ts';
import { sysctl_ipv4_init } from './sysctl_net_ipv4.ts';
import { tcpOrphanInit } from './tcp/orphan.ts';
import { udp_table_init } from './udp/proto.ts';

/** Tables, knobs and the kernel's own sockets. The CPUs must be there, devices need not. */
export function inet_init(host: Host): void {
  sysctl_ipv4_init(host);
  arp_init(host);
  udp_table_init(host);
  icmp_init(host);
  tcp_sk_init(host);
  tcpOrphanInit(host);
  addProtocols(host);
}
