/** net/ipv4/icmp.c. */
import type { Host } from '../../include/linux/host.ts';
import { IP_PMTUDISC_DONT } from '../../include/linux/socket.ts';
import { SKB_TRUESIZE } from '../../include/linux/skbuff.ts';
import { AF_INET, IPPROTO_ICMP, SOCK_RAW } from '../../include/net/sock.ts';
import { createKernelSock } from '../core/sock/create.ts';

export { icmp_out_count } from './icmp/count.ts';
export { icmp_err, icmp_err_convert, icmp_socket_deliver, icmp_unreach } from './icmp/errors.ts';
export { icmp_echo, icmp_rcv } from './icmp/rcv.ts';
export { __icmp_send, icmp_reply, icmp_send } from './icmp/send.ts';

/** A socket for ICMP on each CPU, with room for two of the largest messages. */
export function icmp_init(host: Host): void {
  for (let i = 0; i < host.cpus.length; i++) {
    const sk = createKernelSock(host, AF_INET, 'RAW');
    sk.sk_type = SOCK_RAW;
    sk.sk_protocol = IPPROTO_ICMP;
    sk.sk_sndbuf = 2 * SKB_TRUESIZE(64 * 1024);
    sk.inet.pmtudisc = IP_PMTUDISC_DONT;
    host.ipv4_icmp_sk.push(sk);
  }
}

/** A socket on each CPU for what TCP sends without one: resets, and ACKs of connections that are no more. */
export function tcp_sk_init(host: Host): void {
  for (let i = 0; i < host.cpus.length; i++) {
    const sk = createKernelSock(host, AF_INET, 'RAW');
    sk.sk_type = SOCK_RAW;
    sk.sk_protocol = 6;
    sk.inet.uc_ttl = -1;
    sk.inet.pmtudisc = 2;
    host.ipv4_tcp_sk.push(sk);
  }
}
