/**
 * Which C struct a record is. Records of the world carry no tag (a tag would be copied and hashed for nothing), so a struct is
 * known by fields that only it has; records that inspection makes itself (decoded headers) carry a symbol.
 */

const STRUCT = Symbol('struct');

/** Marks a record of ours as `struct name`. */
export function tagged<T extends object>(name: string, record: T): T {
  Object.defineProperty(record, STRUCT, { value: name, enumerable: false });
  return record;
}

/** struct -> fields that together only it has. The first row that fits counts. */
const MARKS: readonly (readonly [string, ...string[]])[] = [
  ['sk_buff', 'shinfo', 'skb_iif'],
  ['net_device', 'ifindex', 'netdev_ops'],
  ['sock', 'sk_family', 'sk_receive_queue'],
  ['socket', 'ops', 'sk', 'wq'],
  ['task_struct', 'pid', 'comm'],
  ['Cpu', 'irq_pending', 'hardirq_count'],
  ['softnet_data', 'poll_list', 'input_pkt_queue'],
  ['napi_struct', 'rx_list', 'poll', 'weight'],
  ['Qdisc', 'bstats', 'qstats'],
  ['netdev_queue', 'dql', 'trans_start'],
  ['dql', 'num_queued', 'adj_limit'],
  ['neighbour', 'nud_state', 'primary_key'],
  ['neigh_table', 'entries', 'parms'],
  ['fib_entry', 'prefixlen', 'prefsrc'],
  ['dst_entry', 'rt_type', 'rt_gw4'],
  ['flowi4', 'flowi4_oif', 'fl4_sport'],
  ['fib6_info', 'fib6_dst', 'fib6_nh'],
  ['rt6_info', 'rt6i_dst', 'rt6i_flags'],
  ['flowi6', 'flowi6_oif', 'fl6_sport'],
  ['ipv6_pinfo', 'hop_limit', 'rxopt'],
  ['inet6_dev', 'addr_list', 'cnf'],
  ['irq_desc', 'irq', 'kstat'],
  ['hrtimer', 'expires', 'function', 'pending'],
  ['file', 'f_op', 'private_data'],
  ['tx_ring', 'count', 'descriptors', 'busy'],
  ['rx_ring', 'count', 'descriptors', 'head'],
  ['eventpoll', 'rbr', 'rdllist'],
  ['epitem', 'ffd', 'rdllink'],
  ['epoll_event', 'events', 'data'],
  ['ubuf_info_msgzc', 'bytelen', 'zerocopy'],
  ['sock_exterr_skb', 'ee', 'daddr', 'port'],
  ['sock_extended_err', 'ee_errno', 'ee_origin'],
  ['eventfd_ctx', 'wqh', 'count'],
  ['pipe_inode_info', 'rd_wait', 'wr_wait'],
  ['pipe_buffer', 'page', 'len', 'ops'],
  ['mutex', 'owner', 'wait_list'],
  ['request_sock', 'rsk_listener', 'num_retrans'],
  ['inet_timewait_sock', 'tw_substate', 'tw_timer'],
  ['tcp_skb_cb', 'end_seq', 'tcp_gso_segs'],
  ['tcp_options_received', 'rcv_tsval', 'num_sacks'],
  ['tcp_fastopen_cookie', 'val', 'exp'],
  ['tcp_fastopen_request', 'cookie', 'copied'],
  ['fastopen_queue', 'rskq_rst_head', 'max_qlen'],
  ['icsk_ack', 'pingpong', 'ato'],
  ['tcp_sack_block', 'start_seq', 'end_seq'],
  ['wait_queue_head', 'head'],
  ['wait_queue_entry', 'func', 'private'],
  ['inet_sock', 'inet_daddr', 'inet_sport'],
  ['udp_sock', 'reader_queue', 'encap_type'],
  ['tcp_sock', 'snd_cwnd', 'rcv_nxt'],
  ['inet_connection_sock', 'icsk_ca_state'],
  ['skb_shared_info', 'frags', 'gso_size', 'dataref'],
  ['skb_frag', 'page', 'offset', 'size'],
  ['in_device', 'ifa_list', 'cnf'],
  ['in_ifaddr', 'ifa_local', 'ifa_mask'],
  ['rtnl_link_stats', 'rx_missed_errors', 'multicast'],
  ['ipq', 'fragments', 'meat'],
  ['msghdr', 'msg_name', 'iter'],
  ['nic', 'dma_busy_until', 'GPRC'],
  ['rx_descriptor', 'frame', 'ready', 'csum_ok'],
  ['tx_descriptor', 'offload', 'done', 'ready'],
  ['msix_vector', 'itr', 'cause', 'armed'],
  ['frame', 'bytes', 'headroom', 'lineage'],
  ['wire', 'rate', 'delay', 'ends'],
  ['cable', 'cuts', 'fast_link_down'],
  ['link_watch', 'lweventlist', 'nextevent'],
  ['worker_pool', 'worklist', 'idle_list'],
  ['work_struct', 'func', 'pending'],
  ['igb_adapter', 'tx_itr_setting', 'watchdog_task'],
  ['lineage', 'kind', 'from', 'event', 'length'],
  ['Host', 'devices', 'cpus', 'mib'],
  ['World', 'hosts', 'wires', 'costs'],
  ['wait_reason', 'what', 'until', 'since'],
  ['nft_rule', 'verdict', 'match'],
  ['nft_base_chain', 'family', 'hook', 'rules'],
  ['nf_hook_entry', 'hook', 'priority', 'priv'],
  ['nf_hook_state', 'hook', 'pf', 'in', 'out'],
  ['nf_conn', 'tuplehash', 'status', 'masq_index'],
  ['nf_conntrack_tuple_hash', 'tuple', 'ct'],
  ['nf_conntrack_tuple', 'src_port', 'protonum', 'dir'],
  ['ip_ct_tcp', 'seen', 'last_index'],
  ['ip_ct_tcp_state', 'td_end', 'td_maxwin'],
  ['nf_conntrack_net', 'hash_rnd', 'gc_work'],
  ['ip_conntrack_stat', 'insert_failed', 'chaintoolong'],
  ['net_bridge', 'port_list', 'fdb_list'],
  ['net_bridge_port', 'br', 'port_no', 'state'],
  ['net_bridge_fdb_entry', 'addr', 'is_local', 'updated'],
  ['nf_nat_range2', 'min_addr', 'max_proto'],
  ['packet_type', 'list_func', 'af_packet_priv'],
  ['packet_sock', 'prot_hook', 'tp_drops'],
  ['packet_ring_buffer', 'pg_vec', 'frames_per_block'],
  ['packet_skb_cb', 'origlen', 'll'],
  ['sockaddr_ll', 'sll_ifindex', 'sll_pkttype'],
  ['tpacket2_hdr', 'tp_status', 'tp_snaplen'],
];

/** The struct's name; '' for what is no known struct. A pending wheel timer and an hrtimer differ by `bucket`. */
export function structOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return '';
  const own = (value as { [STRUCT]?: string })[STRUCT];
  if (own !== undefined) return own;
  const row = MARKS.find(([, ...fields]) => fields.every((field) => field in value));
  if (row === undefined) return '';
  return row[0] === 'hrtimer' && 'bucket' in value ? 'timer_list' : row[0];
}

/** How a C programmer writes the type of a value. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof Uint8Array) return `u8[${value.length}]`;
  if (Array.isArray(value)) return arrayType(value);
  if (typeof value !== 'object') return typeof value === 'boolean' ? 'bool' : typeof value;
  const name = structOf(value);
  if (name === '') return 'struct';
  return /^[a-z]/.test(name) ? `struct ${name}` : name;
}

function arrayType(value: readonly unknown[]): string {
  const first = value.find((item) => item !== null && item !== undefined);
  const of = first === undefined ? '' : typeName(first);
  return `${of}[${value.length}]`;
}
