/** How much waits in a UDP socket's queues (net/ipv4/udp.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { SIOCINQ, SIOCOUTQ } from '../../../include/linux/sockios.ts';
import type { sock } from '../../../include/net/sock.ts';
import { ENOIOCTLCMD } from '../../../include/uapi/asm-generic/errno.ts';
import { sk_wmem_alloc_get } from '../../core/sock/wmem.ts';
import { first_packet_length } from './poll.ts';

/** Answers the number that the user's int gets, or a negative errno. */
export function* udp_ioctl(cpu: Cpu, sk: sock, cmd: number): Resumable<number> {
  if (cmd === SIOCOUTQ) return sk_wmem_alloc_get(sk);
  return cmd === SIOCINQ ? Math.max(0, first_packet_length(cpu, sk)) : -ENOIOCTLCMD;
}
