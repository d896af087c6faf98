/** Control messages to the reader of a message (net/core/scm.c). */
import { MSG_CTRUNC } from '../../include/linux/socket.ts';
import type { cmsghdr, msghdr } from '../../include/net/sock.ts';

/** One more, if the reader has room for any. */
export function put_cmsg(msg: msghdr, level: number, type: number, data: cmsghdr['data']): void {
  if (msg.msg_controllen === 0) {
    msg.msg_flags |= MSG_CTRUNC;
    return;
  }
  const cmsg: cmsghdr = { cmsg_level: level, cmsg_type: type, data };
  if (msg.msg_control === null) msg.msg_control = [cmsg];
  else msg.msg_control.push(cmsg);
}
