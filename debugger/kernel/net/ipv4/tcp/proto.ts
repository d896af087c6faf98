/** tcp_prot: what a TCP socket does (net/ipv4/tcp_ipv4.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sockaddr_in } from '../../../include/linux/socket.ts';
import { AF_INET } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { EAFNOSUPPORT } from '../../../include/uapi/asm-generic/errno.ts';
import { inet_csk_get_port } from '../inet_connection_sock/port.ts';
import { inet_hash, inet_unhash } from '../inet_hashtables.ts';
import type { proto } from '../protos.ts';
import { tcp_v4_connect_resumable } from '../tcp_ipv4/connect.ts';
import { tcp_v4_destroy_sock, tcp_v4_init_sock } from '../tcp_ipv4/init.ts';
import { tcp_set_keepalive } from '../tcp_timer.ts';
import { tcp_close, tcp_shutdown } from './close.ts';
import { tcpDisconnectResumable } from './disconnect.ts';
import { tcp_recvmsg } from './recvmsg.ts';
import { tcp_sendmsg, tcp_splice_eof } from './sendmsg.ts';
import { tcp_ioctl } from './inq.ts';
import { tcp_getsockopt, tcp_set_rcvlowat, tcp_setsockopt } from './sockopt.ts';

export const tcp_prot: proto = {
  name: 'TCP', no_autobind: true, init: tcp_v4_init_sock, close: tcp_close, destroy: tcp_v4_destroy_sock, pre_connect: tcp_v4_pre_connect, connect: tcp_v4_connect_resumable,
  disconnect: tcpDisconnectResumable, shutdown: tcp_shutdown, sendmsg: tcp_sendmsg, recvmsg: tcp_recvmsg, splice_eof: tcp_splice_eof, ioctl: tcp_ioctl, setsockopt: tcp_setsockopt, getsockopt: tcp_getsockopt,
  hash: inet_hash, unhash: inet_unhash, get_port: inet_csk_get_port, keepalive: tcp_set_keepalive, set_rcvlowat: tcp_set_rcvlowat,
};

export function tcp_v4_pre_connect(_cpu: Cpu, _sk: sock, addr: sockaddr_in): number {
  return addr.family === AF_INET ? 0 : -EAFNOSUPPORT;
}
