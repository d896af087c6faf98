/** The two queues of a listener: handshakes under way (SYN queue, which Linux keeps in the table of connections) and done (accept queue). */
import type { sock } from '../../kernel/include/net/sock.ts';
import type { request_sock } from '../../kernel/include/net/tcp_sock.ts';
import type { Child } from '../children.ts';
import { endpoint } from '../format/address.ts';
import { JIFFY, relative } from '../format/time.ts';
import { group, leaf } from '../group.ts';
import type { Look } from '../look.ts';

export function acceptQueueNode(sk: sock, parent: string | null): Child {
  const path = parent && `${parent}.icsk.icsk_accept_queue.rskq_accept`;
  const requests = sk.icsk!.icsk_accept_queue.rskq_accept;
  const children = (): Child[] =>
    requests.map((request, i) => ({
      name: endpoint(request.ir_v6_rmt_addr ?? request.ir_rmt_addr, request.ir_rmt_port),
      value: request.sk ?? request,
      expression: path && `${path}[${i}]${request.sk === null ? '' : '.sk'}`,
      virtual: true,
    }));
  return listNode('Accept queue', `${requests.length} of ${sk.sk_max_ack_backlog}`, requests.length, children);
}

export function synQueueNode(sk: sock, look: Look): Child {
  const requests = requestsOf(sk);
  const children = (): Child[] => requests.map((request) => requestNode(request, look));
  const most = sk.sk_max_ack_backlog;
  return listNode('SYN queue', `${requests.length} of ${most}`, requests.length, children);
}

/** A request that has its child waits in the accept queue, or is about to. */
export function requestsOf(sk: sock): request_sock[] {
  const all = sk.host.tcp_tables.ehash.flat().map(({ req }) => req);
  return all.filter((req): req is request_sock => req !== null && req.rsk_listener === sk && req.sk === null);
}

function requestNode(request: request_sock, look: Look): Child {
  const again = request.rsk_timer.pending
    ? `, SYN-ACK again ${relative(request.rsk_timer.expires * JIFFY, look.now)}`
    : '';
  const summary = `sent ${request.num_retrans + 1} SYN-ACK${request.num_retrans === 0 ? '' : 's'}${again}`;
  const children = (): Child[] => [{ name: 'request_sock', value: request, expression: null }];
  const name = endpoint(request.ir_v6_rmt_addr ?? request.ir_rmt_addr, request.ir_rmt_port);
  return { name, value: group(summary, children), expression: null, virtual: true };
}

function listNode(name: string, summary: string, length: number, children: () => Child[]): Child {
  return { name, value: length === 0 ? leaf(summary) : group(summary, children), expression: null, virtual: true };
}
