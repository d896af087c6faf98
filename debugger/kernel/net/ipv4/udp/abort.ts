/** A datagram socket that an administrator ends (net/ipv4/udp.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sock } from '../../../include/net/sock.ts';
import { sk_error_report } from '../../core/sock/callbacks.ts';
import { lock_sock_nested, release_sock } from '../../core/sock/lock.ts';
import { __udp_disconnect } from './proto.ts';

/** Whoever waits on it gets `err`; it forgets its peer. */
export function* udp_abort(cpu: Cpu, sk: sock, err: number): Resumable<number> {
  yield* lock_sock_nested(cpu, sk);
  if (!sk.sk_dead) {
    sk.sk_err = err;
    sk_error_report(cpu, sk);
    __udp_disconnect(cpu, sk, 0);
  }
  yield* release_sock(cpu, sk);
  return 0;
}
