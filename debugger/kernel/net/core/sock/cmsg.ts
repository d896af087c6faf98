/** Control messages at SOL_SOCKET that a sender gives (net/core/sock.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { SOF_TIMESTAMPING_TX_RECORD_MASK } from '../../../include/linux/net_tstamp.ts';
import { SO_MARK, SO_PRIORITY, SO_TIMESTAMPING } from '../../../include/linux/socket.ts';
import type { cmsghdr, ipcm_cookie, sock } from '../../../include/net/sock.ts';
import { EINVAL } from '../../../include/uapi/asm-generic/errno.ts';

/** Mark and priority of this message's packets, and which stamps it wants: 0 or a negative errno. */
export function __sock_cmsg_send(_cpu: Cpu, _sk: sock, { cmsg_type, data }: cmsghdr, ipc: ipcm_cookie): number {
  if (typeof data !== 'number') return -EINVAL;
  switch (cmsg_type) {
    case SO_MARK:
      ipc.mark = data;
      return 0;
    case SO_TIMESTAMPING:
      if ((data & ~SOF_TIMESTAMPING_TX_RECORD_MASK) !== 0) return -EINVAL;
      ipc.tsflags = (ipc.tsflags & ~SOF_TIMESTAMPING_TX_RECORD_MASK) | data;
      return 0;
    case SO_PRIORITY:
      ipc.priority = data;
      return 0;
    default:
      return -EINVAL;
  }
}
