/** Birth of a TCP socket of AF_INET6, and tcpv6_prot (net/ipv6/tcp_ipv6.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { SKB_GSO_TCPV6 } from '../../../include/linux/skbuff.ts';
import type { sockaddr_in } from '../../../include/linux/socket.ts';
import { AF_INET6 } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { EINVAL } from '../../../include/uapi/asm-generic/errno.ts';
import type { proto } from '../../ipv4/protos.ts';
import { tcp_init_sock } from '../../ipv4/tcp/init.ts';
import { inet_csk_get_port } from '../../ipv4/inet_connection_sock/port.ts';
import { inet_hash, inet_unhash } from '../../ipv4/inet_hashtables.ts';
import { tcp_close, tcp_shutdown } from '../../ipv4/tcp/close.ts';
import { tcpDisconnectResumable } from '../../ipv4/tcp/disconnect.ts';
import { tcp_ioctl } from '../../ipv4/tcp/inq.ts';
import { tcp_recvmsg } from '../../ipv4/tcp/recvmsg.ts';
import { tcp_sendmsg, tcp_splice_eof } from '../../ipv4/tcp/sendmsg.ts';
import { tcp_getsockopt, tcp_set_rcvlowat, tcp_setsockopt } from '../../ipv4/tcp/sockopt.ts';
import { tcp_v4_destroy_sock } from '../../ipv4/tcp_ipv4/init.ts';
import { tcp_set_keepalive } from '../../ipv4/tcp_timer.ts';
import { inet6_sock_destruct } from '../af_inet6.ts';
import { tcp_v6_connect_resumable } from './connect.ts';

export const tcpv6_prot: proto = {
  name: 'TCPv6', no_autobind: true, init: tcp_v6_init_sock, close: tcp_close, destroy: tcp_v4_destroy_sock, pre_connect: tcp_v6_pre_connect, connect: tcp_v6_connect_resumable,
  disconnect: tcpDisconnectResumable, shutdown: tcp_shutdown, sendmsg: tcp_sendmsg, recvmsg: tcp_recvmsg, splice_eof: tcp_splice_eof, ioctl: tcp_ioctl, setsockopt: tcp_setsockopt,
  getsockopt: tcp_getsockopt, hash: inet_hash, unhash: inet_unhash, get_port: inet_csk_get_port, keepalive: tcp_set_keepalive, set_rcvlowat: tcp_set_rcvlowat,
};

export function tcp_v6_init_sock(cpu: Cpu, sk: sock): number {
  tcp_init_sock(cpu, sk);
  sk.sk_destruct = 'tcp6_destruct_sock';
  sk.sk_gso_type = SKB_GSO_TCPV6;
  sk.icsk!.icsk_af_ops = 'ipv6_specific';
  sk.sk_backlog_rcv = 'tcp_v6_do_rcv';
  return 0;
}

export function tcp6_destruct_sock(cpu: Cpu, sk: sock): void {
  inet6_sock_destruct(cpu, sk);
}

function tcp_v6_pre_connect(_cpu: Cpu, _sk: sock, addr: sockaddr_in): number {
  return addr.family === AF_INET6 ? 0 : -EINVAL;
}
