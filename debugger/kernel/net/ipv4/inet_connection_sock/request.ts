/** Connections that are being opened by the other side (net/ipv4/inet_connection_sock.c): SYN received, not yet accepted. */
import type { Cpu } from '../../../../machine/types.ts';
import type { timer_list } from '../../../include/linux/timer.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import { TCP_LISTEN } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCP_TIMEOUT_INIT } from '../../../include/net/tcp.ts';
import { TCP_ACCECN_ACE_FAIL_SEND } from '../../../include/net/tcp_ecn.ts';
import { createRequestSock } from '../../../include/net/tcp_sock.ts';
import type { request_sock, request_sock_queue } from '../../../include/net/tcp_sock.ts';
import { tcp_rto_max } from '../../../include/net/tcp_inlines/timeouts.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { jiffies, mod_timer, timer_delete, timer_setup } from '../../../kernel/time/timer.ts';
import { sock_hold, sock_put } from '../../core/sock.ts';
import { hashRequest, removeEntry } from '../inet_hashtables.ts';
import { createFlowi4, ip_route_output_flow } from '../route.ts';
import { tcp_rtx_synack } from '../tcp_output/synack.ts';
import { inet_child_forget } from './listen.ts';

export function inet_reqsk_alloc(cpu: Cpu, sk_listener: sock): request_sock {
  return createRequestSock(cpu.world.next_id++, sk_listener);
}

/** Route of the answer to a SYN; null when there is none. */
export function inet_csk_route_req(cpu: Cpu, sk: sock, req: request_sock): dst_entry | null {
  return routeOf(cpu, sk, req);
}

/** @helper */
function routeOf(cpu: Cpu, sk: sock, req: request_sock): dst_entry | null {
  const fl4 = createFlowi4(sk.sk_protocol, req.ir_iif, sk.inet.tos, req.ir_loc_addr, req.ir_rmt_addr, req.ir_num, req.ir_rmt_port);
  const rt = ip_route_output_flow(cpu, fl4, sk);
  if (typeof rt !== 'number') return rt;
  cpu.host.mib.Ip.OutNoRoutes++;
  return null;
}

/** The same for the connection that has come of it. */
export function inet_csk_route_child_sock(cpu: Cpu, sk: sock, _newsk: sock, req: request_sock): dst_entry | null {
  return routeOf(cpu, sk, req);
}

export function tcp_reqsk_timeout(_cpu: Cpu, req: request_sock): number {
  return Math.min(req.timeout * (1 << Math.min(req.num_timeout, 30)), tcp_rto_max(req.rsk_listener));
}

/** The request is found by the ACK that will come, and repeats its SYN-ACK until then. False: another SYN was faster. */
export function inet_csk_reqsk_queue_hash_add(cpu: Cpu, sk: sock, req: request_sock): boolean {
  if (!reqsk_queue_hash_req(cpu, req)) return false;
  const queue = sk.icsk!.icsk_accept_queue;
  queue.young++;
  queue.qlen++;
  return true;
}

function reqsk_queue_hash_req(cpu: Cpu, req: request_sock): boolean {
  if (!hashRequest(cpu, req)) return false;
  req.timeout = TCP_TIMEOUT_INIT;
  req.rsk_timer = timer_setup('reqsk_timer_handler', req);
  mod_timer(cpu, req.rsk_timer, jiffies(cpu) + req.timeout);
  sock_hold(req.rsk_listener);
  return true;
}

/** @helper reqsk_queue_removed() */
export function reqsk_queue_removed(queue: request_sock_queue, req: request_sock): void {
  if (req.num_timeout === 0) queue.young--;
  queue.qlen--;
}

/** Out of the table; whether it was in it. */
function reqsk_queue_unlink(cpu: Cpu, req: request_sock): boolean {
  const found = req.hashed !== null && removeEntry(cpu, req.hashed);
  req.hashed = null;
  return found;
}

/** `from_timer`: its timer has just fired, else it is stopped. */
export function __inet_csk_reqsk_queue_drop(cpu: Cpu, sk: sock, req: request_sock, from_timer: boolean): boolean {
  const unlinked = reqsk_queue_unlink(cpu, req);
  if (!from_timer) timer_delete(cpu, req.rsk_timer);
  if (unlinked) {
    reqsk_queue_removed(sk.icsk!.icsk_accept_queue, req);
    reqsk_free(cpu, req);
  }
  return unlinked;
}

export function inet_csk_reqsk_queue_drop(cpu: Cpu, sk: sock, req: request_sock): boolean {
  return __inet_csk_reqsk_queue_drop(cpu, sk, req, false);
}

/** The request is done with: it no longer needs its listener. */
export function reqsk_free(cpu: Cpu, req: request_sock): void {
  const listener = req.rsk_listener;
  sock_put(cpu, listener);
}

/** Whether the request has had its chances, and whether to send the SYN-ACK once more. @helper */
function synAckRecalc(req: request_sock, thresh: number, rskq_defer_accept: number): { expire: boolean; resend: boolean } {
  if (rskq_defer_accept === 0) return { expire: req.num_timeout >= thresh, resend: true };
  const expire = req.num_timeout >= thresh && (!req.acked || req.num_timeout >= rskq_defer_accept);
  return { expire, resend: !req.acked || req.num_timeout >= rskq_defer_accept - 1 };
}

/** No ACK came for the SYN-ACK. */
export function reqsk_timer_handler(cpu: Cpu, timer: timer_list): void {
  const req = timer.data as request_sock;
  const sk = req.rsk_listener;
  if (sk.sk_state === TCP_LISTEN) {
    const icsk = sk.icsk!;
    const queue = icsk.icsk_accept_queue;
    let max_syn_ack_retries = icsk.icsk_syn_retries !== 0 ? icsk.icsk_syn_retries : cpu.host.knobs.sysctl_tcp_synack_retries!;
    if (queue.qlen << 1 > Math.max(8, sk.sk_max_ack_backlog)) {
      let young = queue.young << 1;
      while (max_syn_ack_retries > 2 && queue.qlen >= young) {
        max_syn_ack_retries--;
        young <<= 1;
      }
    }
    const { expire, resend } = synAckRecalc(req, max_syn_ack_retries, queue.rskq_defer_accept);
    NET_INC_STATS(cpu, 'TCPTimeouts');
    if (!expire && (!resend || tcp_rtx_synack(cpu, sk, req) === 0 || req.acked)) {
      if (req.accecn_ok && req.num_retrans > 1) req.accecn_fail_mode |= TCP_ACCECN_ACE_FAIL_SEND;
      if (req.num_timeout++ === 0) queue.young--;
      mod_timer(cpu, req.rsk_timer, jiffies(cpu) + tcp_reqsk_timeout(cpu, req));
      return;
    }
  }
  __inet_csk_reqsk_queue_drop(cpu, sk, req, true);
}

/** The new connection waits for accept(). Null when the listener is gone. */
export function inet_csk_reqsk_queue_add(cpu: Cpu, sk: sock, req: request_sock, child: sock): sock | null {
  if (sk.sk_state !== TCP_LISTEN) {
    inet_child_forget(cpu, sk, req, child);
    return null;
  }
  req.sk = child;
  sk.icsk!.icsk_accept_queue.rskq_accept.push(req);
  sk.sk_ack_backlog++;
  return child;
}

/** The handshake is complete: the request gives way to its child. */
export function inet_csk_complete_hashdance(cpu: Cpu, sk: sock, child: sock, req: request_sock, own_req: boolean): sock | null {
  if (own_req) {
    inet_csk_reqsk_queue_drop(cpu, req.rsk_listener, req);
    reqsk_queue_removed(sk.icsk!.icsk_accept_queue, req);
    if (inet_csk_reqsk_queue_add(cpu, sk, req, child) !== null) return child;
    reqsk_free(cpu, req);
  }
  sock_put(cpu, child);
  return null;
}
