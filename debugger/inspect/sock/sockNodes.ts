/** What a TCP sock shows before its fields: these in groups, and its queues; a packet socket its queue or ring. */
import type { sock } from '../../kernel/include/net/sock.ts';
import type { Child } from '../children.ts';
import { formatOf } from '../format/field.ts';
import { duration, JIFFY, relative } from '../format/time.ts';
import { group } from '../group.ts';
import type { Look } from '../look.ts';
import { structOf } from '../struct.ts';
import { acceptQueueNode, synQueueNode } from './listenQueues.ts';
import { packetNodes } from './packetNodes.ts';
import { type QueueKind, queueNode } from './skbQueues.ts';
import { FIELD_GROUPS, type FieldGroup } from './tcpGroups.ts';

const LISTEN = 10;

/** icsk_pending: what the shared timer is armed for. */
const PENDING: Readonly<Record<number, string>> = { 1: 'RTO', 3: 'zero window probe', 5: 'TLP', 6: 'RACK reordering' };

/** Nothing for socks of other protocols: their fields are few. */
export function sockNodes(sk: sock, parent: string | null, look: Look): Child[] {
  if (sk.packet !== null) return packetNodes(sk, parent, look);
  if (sk.tcp === null || sk.icsk === null) return [];
  const groups = FIELD_GROUPS.map((each) => groupNode(sk, each, parent, look));
  if (sk.sk_state === LISTEN) return [acceptQueueNode(sk, parent), synQueueNode(sk, look), ...groups];
  return [...groups, ...queueKinds(sk, parent).map((kind) => queueNode(kind, look))];
}

function groupNode(sk: sock, { name, paths }: FieldGroup, parent: string | null, look: Look): Child {
  const children = (): Child[] => paths.map((path) => fieldNode(sk, path, parent));
  return { name, value: group(SUMMARIES[name]!(sk, look), children), expression: null, virtual: true };
}

function fieldNode(sk: sock, path: string, parent: string | null): Child {
  const [record, field] = path.split('.') as [string, string];
  const holder = (record === 'sk' ? sk : sk[record as 'tcp']) as unknown as Record<string, unknown>;
  const base = record === 'sk' ? parent : parent && `${parent}.${record}`;
  return {
    name: field,
    value: holder[field],
    format: formatOf(structOf(holder), field),
    expression: base && `${base}.${field}`,
    owner: holder,
  };
}

const SUMMARIES: Readonly<Record<string, (sk: sock, look: Look) => string>> = {
  'Sequence space': ({ tcp }) => {
    const { snd_una, snd_nxt, write_seq, snd_wnd, rcv_nxt, copied_seq, rcv_wnd } = tcp!;
    const [flight, notSent] = [(snd_nxt - snd_una) >>> 0, (write_seq - snd_nxt) >>> 0];
    const unread = Math.max(0, (rcv_nxt - copied_seq) | 0);
    return `${flight} B sent and not acknowledged, ${notSent} B not sent, window ${snd_wnd}; ${unread} B to read, window ${rcv_wnd}`;
  },
  Congestion: ({ tcp, icsk }) => {
    const { snd_cwnd, snd_ssthresh, packets_out, sacked_out, lost_out, retrans_out, srtt_us } = tcp!;
    const flight = packets_out - sacked_out - lost_out + retrans_out;
    const ssthresh = snd_ssthresh >= 0x7fffffff ? '' : `, ssthresh ${snd_ssthresh}`;
    return `${icsk!.icsk_ca_ops}, cwnd ${snd_cwnd}, ${flight} in flight${ssthresh}, srtt ${duration((srtt_us * 1000) / 8)}`;
  },
  Timers: ({ icsk, tcp }, look) => {
    const timers = [icsk!.icsk_delack_timer, icsk!.icsk_keepalive_timer, tcp!.pacing_timer, tcp!.compressed_ack_timer];
    const armed = timers.filter(({ pending }) => pending).map(({ function: name }) => name);
    const pending = PENDING[icsk!.icsk_pending];
    const shared = pending === undefined ? [] : [`${pending} ${relative(icsk!.icsk_timeout * JIFFY, look.now)}`];
    return [...shared, ...armed].join(', ') || 'none armed';
  },
  Memory: ({ sk_rmem_alloc, sk_rcvbuf, sk_wmem_queued, sk_sndbuf, sk_backlog }) =>
    `received ${sk_rmem_alloc} of ${sk_rcvbuf}, to send ${sk_wmem_queued} of ${sk_sndbuf}, backlog ${sk_backlog.len}`,
  Options: ({ tcp }) => {
    const { rx_opt, mss_cache, nonagle } = tcp!;
    const wscale = rx_opt.wscale_ok ? `wscale ${rx_opt.snd_wscale},${rx_opt.rcv_wscale}` : '';
    const words = [
      rx_opt.tstamp_ok ? 'timestamps' : '',
      rx_opt.sack_ok === 0 ? '' : 'sack',
      wscale,
      `mss ${mss_cache}`,
    ];
    return [...words, (nonagle & 1) === 0 ? '' : 'no delay'].filter((word) => word !== '').join(', ');
  },
};

function queueKinds(sk: sock, parent: string | null): QueueKind[] {
  const path = (name: string): string | null => parent && `${parent}.${name}`;
  const una = sk.tcp!.snd_una;
  return [
    { name: 'Write queue', skbs: sk.sk_write_queue, path: path('sk_write_queue'), base: una, originals: false },
    { name: 'Retransmission queue', skbs: sk.tcp_rtx_queue, path: path('tcp_rtx_queue'), base: una, originals: true },
    {
      name: 'Receive queue',
      skbs: sk.sk_receive_queue,
      path: path('sk_receive_queue'),
      base: sk.tcp!.copied_seq,
      originals: false,
    },
    {
      name: 'Out-of-order queue',
      skbs: sk.tcp!.out_of_order_queue,
      path: path('tcp.out_of_order_queue'),
      base: sk.tcp!.rcv_nxt,
      originals: false,
    },
  ];
}
