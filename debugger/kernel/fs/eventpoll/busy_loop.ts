/** epoll_wait() that busy-polls the NAPI instance of the socket that was ready last (fs/eventpoll.c). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { epitem, eventpoll } from '../../include/linux/eventpoll.ts';
import { BUSY_POLL_BUDGET, busy_loop_timeout, napi_id_valid, net_busy_loop_on } from '../../include/net/busy_poll.ts';
import { napi_busy_loop } from '../../net/core/dev/busy_poll.ts';
import { sock_from_file } from '../../net/socket.ts';
import { ep_events_available } from './poll.ts';

export function ep_busy_loop_on(cpu: Cpu, _ep: eventpoll): boolean {
  return net_busy_loop_on(cpu);
}

/** Something is ready, or the time of net.core.busy_poll is over. */
export function ep_busy_loop_end(cpu: Cpu, p: unknown, start_time: number): boolean {
  return ep_events_available(p as eventpoll) || busy_loop_timeout(cpu, start_time);
}

/** Polls for a while instead of sleeping; true when something has become ready. */
export function* ep_busy_loop(cpu: Cpu, ep: eventpoll): Resumable<boolean> {
  const napi_id = ep.napi_id;
  if (!napi_id_valid(napi_id) || !ep_busy_loop_on(cpu, ep)) return false;
  yield* napi_busy_loop(cpu, napi_id, 'ep_busy_loop_end', ep, BUSY_POLL_BUDGET);
  if (ep_events_available(ep)) return true;
  ep.napi_id = 0;
  return false;
}

/** Remembers which instance feeds the socket of this item. */
export function ep_set_busy_poll_napi_id(cpu: Cpu, epi: epitem): void {
  const ep = epi.ep;
  if (!ep_busy_loop_on(cpu, ep)) return;
  const sock = sock_from_file(epi.ffd.file);
  if (sock === null || sock.sk === null) return;
  const napi_id = sock.sk.sk_napi_id;
  if (napi_id_valid(napi_id) && napi_id !== ep.napi_id) ep.napi_id = napi_id;
}
