/** send(2) that opens the connection: MSG_FASTOPEN, or the first write after a connect() that waited for it (net/ipv4/tcp.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { O_NONBLOCK } from '../../../include/linux/fs.ts';
import type { ubuf_info_msgzc } from '../../../include/linux/skbuff.ts';
import { MSG_DONTWAIT } from '../../../include/linux/socket.ts';
import { AF_UNSPEC } from '../../../include/net/sock.ts';
import type { msghdr, sock } from '../../../include/net/sock.ts';
import { TFO_CLIENT_ENABLE, createFastopenCookie } from '../../../include/net/tcp_fastopen.ts';
import { EALREADY, EOPNOTSUPP } from '../../../include/uapi/asm-generic/errno.ts';
import { __inet_stream_connect } from '../af_inet_stream.ts';
import { createFastopenRequest, tcp_free_fastopen_req } from '../tcp_fastopen.ts';
import { connectFailed } from '../tcp_ipv4/connect.ts';
import { tcp_connect } from '../tcp_output/connect.ts';

/** Connects with as much of `msg` in the SYN as goes; `sent.copied` tells how much. 0 when connected, -EINPROGRESS when it goes on, or an error. */
export function* tcp_sendmsg_fastopen(cpu: Cpu, sk: sock, msg: msghdr, sent: { copied: number }, size: number, uarg: ubuf_info_msgzc | null): Resumable<number> {
  const tfo = sk.tcp!.tfo;
  const name = msg.msg_name;
  if ((cpu.host.knobs.sysctl_tcp_fastopen! & TFO_CLIENT_ENABLE) === 0 || (name !== null && name.family === AF_UNSPEC)) return -EOPNOTSUPP;
  if (tfo.fastopen_req !== null) return -EALREADY;
  const req = createFastopenRequest(createFastopenCookie(0));
  req.data = msg;
  req.size = size;
  req.uarg = uarg;
  tfo.fastopen_req = req;
  if (sk.inet.defer_connect) {
    const failed = tcp_connect(cpu, sk);
    if (failed !== 0) connectFailed(cpu, sk, failed);
  }
  const err = yield* __inet_stream_connect(cpu, sk.sk_socket!, name, (msg.msg_flags & MSG_DONTWAIT) !== 0 ? O_NONBLOCK : 0, true);
  if (tfo.fastopen_req !== null) {
    sent.copied = req.copied;
    tcp_free_fastopen_req(cpu, sk);
    sk.inet.defer_connect = false;
  }
  return err;
}
