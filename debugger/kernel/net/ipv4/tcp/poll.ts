/** poll(2) and epoll on TCP sockets (net/ipv4/tcp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { file, poll_table } from '../../../include/linux/fs.ts';
import { EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT, EPOLLPRI, EPOLLRDHUP, EPOLLRDNORM, EPOLLWRNORM } from '../../../include/linux/poll.ts';
import { RCV_SHUTDOWN, SEND_SHUTDOWN, SHUTDOWN_MASK, TCP_CLOSE, TCP_LISTEN, TCP_SYN_RECV, TCP_SYN_SENT } from '../../../include/net/sock.ts';
import type { sock, socket } from '../../../include/net/sock.ts';
import { SOCK_NOSPACE, TCP_URG_VALID } from '../../../include/net/tcp.ts';
import { tcp_epollin_ready } from '../../../include/net/tcp_inlines/receive_path.ts';
import { sock_poll_wait } from '../../core/datagram.ts';
import { sock_rcvlowat } from '../../core/sock.ts';
import { __sk_stream_is_writeable } from '../../core/stream.ts';
import { inet_csk_listen_poll } from '../inet_connection_sock/listen.ts';

function tcp_stream_is_readable(_cpu: Cpu, sk: sock, target: number): boolean {
  return tcp_epollin_ready(sk, target);
}

/** What a connected socket is ready for. @helper */
function connectedMask(cpu: Cpu, sk: sock): number {
  const tp = sk.tcp!;
  let mask = 0;
  let target = sock_rcvlowat(sk, false, 0x7fffffff);
  if (tp.urg_data !== 0 && tp.urg_seq === tp.copied_seq && !sk.sk_urginline) target++;
  if (tcp_stream_is_readable(cpu, sk, target)) mask |= EPOLLIN | EPOLLRDNORM;
  if ((sk.sk_shutdown & SEND_SHUTDOWN) !== 0 || __sk_stream_is_writeable(cpu, sk, 1)) mask |= EPOLLOUT | EPOLLWRNORM;
  else sk.sk_socket!.flags |= SOCK_NOSPACE;
  if ((tp.urg_data & TCP_URG_VALID) !== 0) mask |= EPOLLPRI;
  return mask;
}

export function tcp_poll(cpu: Cpu, filp: file, sock: socket, wait: poll_table | null): number {
  const sk = sock.sk!;
  sock_poll_wait(cpu, filp, sock, wait);
  const state = sk.sk_state;
  if (state === TCP_LISTEN) return inet_csk_listen_poll(cpu, sk);
  let mask = 0;
  if (sk.sk_shutdown === SHUTDOWN_MASK || state === TCP_CLOSE) mask |= EPOLLHUP;
  if ((sk.sk_shutdown & RCV_SHUTDOWN) !== 0) mask |= EPOLLIN | EPOLLRDNORM | EPOLLRDHUP;
  if (state !== TCP_SYN_SENT && (state !== TCP_SYN_RECV || sk.tcp!.tfo.fastopen_rsk !== null)) mask |= connectedMask(cpu, sk);
  else if (state === TCP_SYN_SENT && sk.inet.defer_connect) mask |= EPOLLOUT | EPOLLWRNORM;
  if (sk.sk_err !== 0 || sk.sk_error_queue.length > 0) mask |= EPOLLERR;
  return mask;
}
