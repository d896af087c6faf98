/** How much waits in a TCP socket's queues: SIOCINQ, SIOCOUTQ and TCP_INQ (net/ipv4/tcp.c, include/net/tcp.h). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { SIOCATMARK, SIOCINQ, SIOCOUTQ, SIOCOUTQNSD } from '../../../include/linux/sockios.ts';
import { TCP_LISTEN } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCPF_SYN_RECV, TCPF_SYN_SENT, before } from '../../../include/net/tcp.ts';
import { EINVAL, ENOIOCTLCMD } from '../../../include/uapi/asm-generic/errno.ts';
import { lock_sock_nested, release_sock } from '../../core/sock.ts';

/** @helper */
function handshaking(sk: sock): boolean {
  return ((1 << sk.sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) !== 0;
}

/** Bytes that can be read, up to urgent data; a FIN's sequence number is none. */
export function tcp_inq(_cpu: Cpu, sk: sock): number {
  const tp = sk.tcp!;
  if (handshaking(sk)) return 0;
  const urgent = !sk.sk_urginline && tp.urg_data !== 0 && !before(tp.urg_seq, tp.copied_seq) && before(tp.urg_seq, tp.rcv_nxt);
  if (urgent) return (tp.urg_seq - tp.copied_seq) >>> 0;
  const answ = (tp.rcv_nxt - tp.copied_seq) >>> 0;
  return answ !== 0 && sk.sk_done ? answ - 1 : answ;
}

/** What a reader is told is left: after a FIN at least 1, so that it reads on to the end. */
export function tcp_inq_hint(_cpu: Cpu, sk: sock): number {
  const tp = sk.tcp!;
  const inq = (tp.rcv_nxt - tp.copied_seq) >>> 0;
  return inq === 0 && sk.sk_done ? 1 : inq;
}

/** Answers the number that the user's int gets, or a negative errno. */
export function* tcp_ioctl(cpu: Cpu, sk: sock, cmd: number): Resumable<number> {
  const tp = sk.tcp!;
  if (cmd === SIOCATMARK) return tp.urg_data !== 0 && tp.urg_seq === tp.copied_seq ? 1 : 0;
  if (cmd !== SIOCINQ && cmd !== SIOCOUTQ && cmd !== SIOCOUTQNSD) return -ENOIOCTLCMD;
  if (sk.sk_state === TCP_LISTEN) return -EINVAL;
  if (cmd === SIOCINQ) {
    yield* lock_sock_nested(cpu, sk);
    const answ = tcp_inq(cpu, sk);
    yield* release_sock(cpu, sk);
    return answ;
  }
  if (handshaking(sk)) return 0;
  return (tp.write_seq - (cmd === SIOCOUTQ ? tp.snd_una : tp.snd_nxt)) >>> 0;
}
