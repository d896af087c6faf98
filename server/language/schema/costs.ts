/**
 * What things cost: the one table, for the editor and for the machine. ns unless the name says otherwise.
 *
 * Sources: [M] measured on Linux 6.18, Zen 4 (facts/peers-costs-knobs.md §5.1); [P] published (§5.2); [S] starting value of ours
 * (§5.3), to be replaced by a measurement. A scenario's `costs` block overrides any of them.
 */
import { MAX_WHOLE, measure, numberSetting } from './build.ts';
import type { SettingTable } from './shapes.ts';

export const COST_FIGURES = {
  // interrupts, softirqs, scheduling
  hardirq_entry: [500, '[S] bare-metal guess: 800 with handler and exit'],
  hardirq_exit: [150, '[S]'],
  igb_msix_ring: [150, '[S]'],
  softirq_entry: [100, '[S] raise and entry 50-150'],
  napi_poll: [200, '[S] fixed part of a poll 100-300'],
  busy_loop: [40, '[S] a round of busy polling, beside the poll: clock, bottom halves off and on, cpu_relax'],
  napi_complete_done: [60, '[S]'],
  ipi: [500, '[S] sending a reschedule or call-function interrupt'],
  mutex_spin: [20, '[S] a round of waiting for a mutex whose owner runs on another CPU'],
  wake_up: [130, '[M] sock_def_readable with its RCU, 129'],
  context_switch: [1200, '[P] 1.07 us between threads; 2.45 us with a pipe write and read'],
  timer_interrupt: [400, '[S]'],
  idle_exit: [0, '[S] 0: an idle loop that polls; C1 takes about 1 us, C6 tens'],
  // system calls
  syscall_entry: [82, '[M] null system call 164, in and out'],
  syscall_exit: [82, '[M]'],
  socket_call: [60, '[S] descriptor look-up, sockaddr copy'],
  poll_entry: [70, '[M] epoll_wait with one ready item 140'],
  poll_fd: [40, '[S] a descriptor asked by poll or select: look-up, poll function, its place in the table'],
  // copies and checksums, per KiB in ns
  copy_from_user_kib: [44, '[M] _copy_from_iter 63 for 1448 B'],
  copy_to_user_kib: [88, '[M] _copy_to_iter 125 for 1448 B'],
  csum_kib: [35, '[M] csum_partial 98 for 1448 B twice'],
  md5_kib: [1600, '[S] MD5 of a signed segment, about 640 MB/s'],
  pin_page: [60, '[S] a page of a MSG_ZEROCOPY send found and held (get_user_pages)'],
  splice_page: [40, '[S] a page of a file found and held, by splice or sendfile'],
  splice_frag: [
    15,
    '[S] a page that is at hand held once more: a frag as a piece of a pipe, a piece of a pipe as a frag',
  ],
  pipe_page: [
    60,
    '[S] a page of a pipe that is written or read, beside the copy: its mutex, its slot, the page itself',
  ],
  // memory
  alloc_skb: [104, '[M] __alloc_skb'],
  free_skb: [67, '[M] skb_release_data'],
  skb_clone: [40, '[S]'],
  skb_segment: [224, '[M]'],
  // device and driver
  driver_rx_packet: [100, '[S] descriptor, skb build, refill: 50-150'],
  driver_xmit: [130, '[S]'],
  doorbell: [100, '[S] posted MMIO write'],
  tx_clean_packet: [50, '[S]'],
  gro_packet: [40, '[S] 20-60'],
  eth_type_trans: [8, '[M]'],
  veth_xmit: [46, '[M]'],
  backlog_enqueue: [43, '[M] netif_rx_internal + enqueue_to_backlog'],
  netif_receive_skb_core: [19, '[M]'],
  packet_rcv: [80, '[S] a tap on a packet, beside clone and copy: its address, its queue or frame'],
  qdisc_enqueue: [30, '[S] pfifo_fast enqueue + dequeue 60'],
  qdisc_dequeue: [30, '[S]'],
  dev_queue_xmit: [40, '[S]'],
  dev_hard_start_xmit: [11, '[M] self'],
  // IP
  ip_rcv: [52, '[M] ip_rcv 19 + ip_rcv_core 34'],
  ip_rcv_finish: [23, '[M] self'],
  ip_route_input: [80, '[S] fib look-up'],
  ip_route_output: [80, '[S]'],
  early_demux: [58, '[M] tcp_v4_early_demux'],
  ip_local_deliver: [30, '[M] ip_local_deliver_finish 11 + ip_protocol_deliver_rcu 19'],
  ip_forward: [60, '[S]'],
  ip_output: [30, '[S]'],
  ip_fragment: [80, '[S] a fragment'],
  ip_defrag: [100, '[S] a fragment'],
  ip_send_check: [10, '[M]'],
  neigh_resolve: [60, '[S]'],
  arp_process: [150, '[S]'],
  nf_rule: [40, '[S] a rule of nft_do_chain'],
  br_handle_frame: [60, '[S] a frame at a port of a bridge'],
  br_fdb_find: [20, '[S] an address looked up in the forwarding database'],
  br_forward: [30, '[S] a frame on its way out by a port'],
  nf_conntrack_in: [80, '[S] a packet at conntrack: headers read, state and timeout written'],
  nf_ct_hash: [25, '[S] SipHash of a tuple'],
  nf_ct_entry: [15, '[S] an entry of a bucket looked at: a cache miss is likely'],
  nf_ct_alloc: [150, '[S] a new connection from its cache, zeroed'],
  nf_ct_confirm: [120, '[S] a connection enters the table, beside its hash'],
  nf_ct_gc_bucket: [2, '[S] a bucket that the garbage collector passes over'],
  nf_nat_setup: [150, '[S] a mapping made, beside the search for a free port'],
  nf_nat_manip: [40, '[S] addresses, ports and checksums of a packet rewritten'],
  icmp_send: [250, '[S]'],
  // transports
  udp_sendmsg: [150, '[S]'],
  udp_rcv: [100, '[S]'],
  udp_recvmsg: [120, '[S]'],
  sock_lookup: [22, '[M] __inet_lookup_established'],
  tcp_v4_rcv: [62, '[M] self'],
  tcp_rcv_established: [63, '[M] self'],
  tcp_ack: [120, '[S]'],
  tcp_data_queue: [60, '[M] tcp_data_queue 21, tcp_queue_rcv 35'],
  tcp_sendmsg: [30, '[M] self of the send path'],
  tcp_write_xmit: [40, '[S]'],
  tcp_transmit_skb: [60, '[S]'],
  tcp_recvmsg: [40, '[S]'],
  tcp_conn_request: [400, '[S]'],
  tcp_close: [200, '[S]'],
  // hardware
  dma_latency: [600, '[P] 500-900 one way for descriptor and data'],
  dma_kib: [256, '[S] 4 B a ns: PCIe x4 of the third generation, per KiB'],
  nic_latency: [300, '[S] MAC and PHY, each way'],
} as const satisfies Record<string, readonly [number, string]>;

export type CostName = keyof typeof COST_FIGURES;

const SOURCES: Readonly<Record<string, string>> = {
  '[M]': 'Measured on Linux 6.18, Zen 4',
  '[P]': 'Published',
  '[S]': 'A starting value of ours, not measured',
};

/** `[M] self of the send path` in words. */
function docOf(source: string): string {
  const [mark = '', ...note] = source.split(' ');
  return `${[SOURCES[mark] ?? mark, note.join(' ')].filter(Boolean).join(': ')}.`;
}

/** The names that a `costs` block may set. */
export const COST_TABLE: SettingTable = {
  what: 'cost',
  closed: true,
  known: new Map(
    Object.entries(COST_FIGURES).map(([name, [ns, source]]) => [
      name,
      numberSetting(name, measure('ns', 0, MAX_WHOLE, '100ns'), docOf(source), `${ns}ns`),
    ]),
  ),
};
