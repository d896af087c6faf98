/** struct msghdr: the one place where one is made. */
import type { Lineage } from '../../include/linux/skbuff.ts';
import type { iov_iter, msghdr } from '../../include/net/sock.ts';

/** @helper No control messages yet; whoever sends or receives adds what it has. */
export function createMsghdr(msg_name: msghdr['msg_name'], msg_flags: number, iter: iov_iter, msg_controllen: number, lineage: Lineage | null): msghdr {
  return {
    msg_name, msg_flags, iter, msg_controllen, msg_control: null, cmsg: { gso_size: 0, recverr: null, inq: -1, timestamp: 0, timestamping: null, opt_stats: null }, lineage, read: [],
  };
}
