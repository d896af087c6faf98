/** The end of a Fast Open request (net/core/request_sock.c). */
import type { Cpu } from '../../../machine/types.ts';
import { TCP_LISTEN } from '../../include/net/sock.ts';
import type { sock } from '../../include/net/sock.ts';
import type { request_sock } from '../../include/net/tcp_sock.ts';
import { HZ, jiffies } from '../../kernel/time/jiffies.ts';
import { reqsk_free } from '../ipv4/inet_connection_sock/request.ts';

/** How long an RST (`reset`) keeps a place of the queue taken: whoever forges SYNs gets no further than that. */
const RST_QUARANTINE = 60 * HZ;

/** The handshake of a socket that Fast Open has made is over, for better or worse: its request is no longer needed. */
export function reqsk_fastopen_remove(cpu: Cpu, sk: sock, req: request_sock, reset: boolean): void {
  const lsk = req.rsk_listener;
  const fastopenq = lsk.icsk!.icsk_accept_queue.fastopenq;
  sk.tcp!.tfo.fastopen_rsk = null;
  fastopenq.qlen--;
  req.tfo_listener = false;
  if (req.sk !== null) return;
  if (!reset || lsk.sk_state !== TCP_LISTEN) {
    reqsk_free(cpu, req);
    return;
  }
  req.rsk_timer.expires = jiffies(cpu) + RST_QUARANTINE;
  fastopenq.rskq_rst_head.push(req);
  fastopenq.qlen++;
}
