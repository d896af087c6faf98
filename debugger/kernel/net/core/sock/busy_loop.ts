/** When a reader's busy polling ends (net/core/sock.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { sk_busy_loop_timeout } from '../../../include/net/busy_poll.ts';
import type { sock } from '../../../include/net/sock.ts';

/** There is something to read, or the time is over. */
export function sk_busy_loop_end(cpu: Cpu, p: unknown, start_time: number): boolean {
  const sk = p as sock;
  if (sk.sk_receive_queue.length > 0) return true;
  if (sk.udp !== null && sk.udp.reader_queue.length > 0) return true;
  return sk_busy_loop_timeout(cpu, sk, start_time);
}
