/** struct net_device, napi_struct, softnet_data (include/linux/netdevice.h). */
import type { task_struct } from './sched.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { Qdisc } from '../net/sch_generic.ts';
import type { inet6_dev } from '../net/if_inet6.ts';
import type { in_device } from './inetdevice.ts';
import { SKB_GSO_TCP_ACCECN, SKB_GSO_TCP_ECN, SKB_GSO_TCP_FIXEDID, SKB_GSO_UDP_L4 } from './skbuff.ts';
import type { sk_buff } from './skbuff.ts';
import type { sock } from '../net/sock.ts';
import type { Host } from './host.ts';
import type { hrtimer } from './timer.ts';
import type { void_p } from './void.ts';

export const NETIF_F_SG = 1;
export const NETIF_F_IP_CSUM = 2;
export const NETIF_F_HW_CSUM = 8;
export const NETIF_F_TSO = 16;
export const NETIF_F_GSO = 32;
export const NETIF_F_GRO = 64;
export const NETIF_F_RXCSUM = 128;
export const NETIF_F_RXHASH = 256;
export const NETIF_F_LLTX = 512;
export const NETIF_F_GSO_UDP_L4 = 1024;
export const NETIF_F_GRO_UDP_FWD = 2048;
export const NETIF_F_FRAGLIST = 4096;
export const NETIF_F_GSO_ACCECN = 8192;
/** TSO of packets with CWR, and of packets whose segments all have one IP identification. */
export const NETIF_F_TSO_ECN = 16384;
export const NETIF_F_TSO_MANGLEID = 32768;
/** All that software can cut; loopback and veth leave every kind to whoever is behind them. */
export const NETIF_F_GSO_SOFTWARE = NETIF_F_TSO | NETIF_F_TSO_ECN | NETIF_F_TSO_MANGLEID | NETIF_F_GSO_UDP_L4 | NETIF_F_GSO_ACCECN;
/** What segmentation in software may leave to the device. */
export const NETIF_F_GSO_MASK = NETIF_F_GSO_SOFTWARE;
export const NETIF_F_CSUM_MASK = NETIF_F_IP_CSUM | NETIF_F_HW_CSUM;

/** @helper Whether the device can cut packets of this type (SKB_GSO_*). */
export function net_gso_ok(features: number, gso_type: number): boolean {
  let needed = (gso_type & SKB_GSO_UDP_L4) !== 0 ? NETIF_F_GSO_UDP_L4 : NETIF_F_TSO;
  if ((gso_type & SKB_GSO_TCP_ACCECN) !== 0) needed |= NETIF_F_GSO_ACCECN;
  if ((gso_type & SKB_GSO_TCP_ECN) !== 0) needed |= NETIF_F_TSO_ECN;
  if ((gso_type & SKB_GSO_TCP_FIXEDID) !== 0) needed |= NETIF_F_TSO_MANGLEID;
  return (features & needed) === needed;
}

/** Bits of net_device.state. */
export const __LINK_STATE_NOCARRIER = 1 << 2;
export const __LINK_STATE_LINKWATCH_PENDING = 1 << 3;
/** net_device.operstate (RFC 2863). */
export const IF_OPER_UNKNOWN = 0;
export const IF_OPER_DOWN = 2;
export const IF_OPER_UP = 6;

export const IFF_UP = 1;
export const IFF_BROADCAST = 2;
export const IFF_LOOPBACK = 8;
export const IFF_RUNNING = 0x40;
export const IFF_NOARP = 0x80;
export const IFF_PROMISC = 0x100;
export const IFF_LOWER_UP = 1 << 16;

/** dev->priv_flags: packets need no route any more when they are sent. */
export const IFF_XMIT_DST_RELEASE = 1 << 10;

export const NETDEV_TX_OK = 0;
export const NETDEV_TX_BUSY = 0x10;

/** dql (include/linux/dynamic_queue_limits.h): BQL's bookkeeping of one transmit queue. */
export interface dql {
  num_queued: number; adj_limit: number; last_obj_cnt: number;
  limit: number; num_completed: number; prev_ovlimit: number; prev_num_queued: number; prev_last_obj_cnt: number;
  lowest_slack: number; slack_start_time: number; max_limit: number; min_limit: number; slack_hold_time: number;
}

export const __QUEUE_STATE_DRV_XOFF = 1;
export const __QUEUE_STATE_STACK_XOFF = 2;
export const __QUEUE_STATE_FROZEN = 4;

export interface netdev_queue {
  dev: net_device;
  index: number;
  /** What packets are given to, and what it is to have: another while there is no carrier. */
  qdisc: Qdisc;
  qdisc_sleeping: Qdisc;
  state: number;
  dql: dql;
  trans_start: number;
  /** CPU that holds _xmit_lock, -1 when free, and ns of the last release. */
  xmit_lock_owner: number;
  xmit_lock_released: number;
  tx_packets: number;
  tx_bytes: number;
  trans_timeout: number;
}

export const NAPI_STATE_SCHED = 1;
export const NAPI_STATE_MISSED = 2;
export const NAPI_STATE_DISABLE = 4;
/** Polled by a kernel thread of its own, and scheduled there. */
export const NAPI_STATE_THREADED = 8;
export const NAPI_STATE_SCHED_THREADED = 16;
/** A task polls it and has it, SCHED included, for itself. */
export const NAPI_STATE_IN_BUSY_POLL = 32;
export const NAPI_POLL_WEIGHT = 64;

export interface napi_struct {
  name: string;
  /** Its number on this host, from MIN_NAPI_ID on; 0 for backlogs. */
  napi_id: number;
  dev: net_device | null;
  state: number;
  weight: number;
  /** Name in the table of poll functions (net/core/dev.ts): igb_poll, process_backlog. */
  poll: string;
  /** What the poll function works on: a q_vector; null for the backlog. */
  data: unknown;
  /** GRO: held packets by flow, in the order of arrival; skbs waiting to be delivered in one list. */
  gro_list: sk_buff[];
  rx_list: sk_buff[];
  rx_count: number;
  list_owner: number;
  /** Polls left to do without the interrupt (napi_defer_hard_irqs), and the timer that then polls again. */
  defer_hard_irqs_count: number;
  timer: hrtimer | null;
  /** ns it was scheduled at, to tell how long it waited. */
  scheduled_at: number;
  /** Its kernel thread (NAPI_STATE_THREADED). */
  thread: task_struct | null;
}

/** RFS: where a flow's packets go now, and how far that CPU's backlog was filled by the last of them (struct rps_dev_flow). */
export interface rps_dev_flow { cpu: number; last_qtail: number }

/** struct sd_flow_limit: packets of each flow (by hash) among the last FLOW_LIMIT_HISTORY; `count` were too many. */
export interface sd_flow_limit { count: number; log_buckets: number; history_head: number; history: number[]; buckets: number[] }

/** Per CPU: what net_rx_action and net_tx_action work on. */
export interface softnet_data {
  cpu: Cpu;
  poll_list: napi_struct[];
  in_net_rx_action: boolean;
  output_queue: Qdisc[];
  completion_queue: sk_buff[];
  input_pkt_queue: sk_buff[];
  process_queue: sk_buff[];
  backlog: napi_struct;
  defer_list: sk_buff[];
  defer_ipi_scheduled: boolean;
  processed: number;
  time_squeeze: number;
  dropped: number;
  received_rps: number;
  /** null: no flow is limited (net.core.flow_limit_cpu_bitmap). */
  flow_limit: sd_flow_limit | null;
  /** __dev_queue_xmit nesting (net_xmit recursion). */
  recursion: number;
  rps_ipi_list: softnet_data[];
  in_napi_threaded_poll: boolean;
  /** Packets that ever left and entered the backlog, so that a flow moves to another CPU only when its packets here are done. */
  input_queue_head: number;
  input_queue_tail: number;
  /** More frames follow at once (netdev_xmit_more): the driver may leave out the doorbell. */
  xmit_more: boolean;
  /** The driver's last answer to dev_hard_start_xmit (there *ret): NETDEV_TX_*, or NET_XMIT_DROP for a packet that it took and dropped. */
  xmit_rc: number;
}

export interface rtnl_link_stats {
  rx_packets: number; tx_packets: number; rx_bytes: number; tx_bytes: number;
  rx_errors: number; tx_errors: number; rx_dropped: number; tx_dropped: number;
  rx_missed_errors: number; rx_fifo_errors: number; rx_crc_errors: number; rx_length_errors: number; multicast: number;
}

/** A handler of packets: of the kernel, or a packet socket's hook. */
export interface packet_type {
  /** Protocol (ETH_P_*); ETH_P_ALL: all, on the way out too. */
  type: number;
  /** Names of the functions, for one packet and for lists: see packet_functions and list_functions (net/core/dev/ptype.ts). */
  func: string;
  list_func: string | null;
  /** Packets of this device alone; null: of all. */
  dev: net_device | null;
  af_packet_priv: sock | null;
  ignore_outgoing: boolean;
}

export interface net_device {
  name: string;
  ifindex: number;
  host: Host;
  /** 'igb', 'veth', 'bridge' or 'loopback': name in the table of net_device_ops (net/core/net_device_ops.ts). */
  netdev_ops: 'igb' | 'veth' | 'bridge' | 'loopback';
  flags: number;
  /** __LINK_STATE_*; IF_OPER_*; how often the carrier came and went. */
  state: number;
  operstate: number;
  carrier_up_count: number;
  carrier_down_count: number;
  /** IFF_XMIT_DST_RELEASE ... */
  priv_flags: number;
  mtu: number;
  hard_header_len: number;
  dev_addr: number[];
  broadcast: number[];
  features: number;
  gso_max_size: number;
  gso_max_segs: number;
  tso_max_size: number;
  tx_queue_len: number;
  num_tx_queues: number;
  real_num_tx_queues: number;
  _tx: netdev_queue[];
  /** Root qdisc: mq, or noqueue. */
  qdisc: Qdisc;
  ip_ptr: in_device;
  /** Its part in IPv6; null: it has no address there. */
  ip6_ptr: inet6_dev | null;
  /** Adapter of the driver: igb_adapter, veth_priv, net_bridge; null for loopback. */
  priv: void_p;
  /** Who takes its packets before the protocols do: a bridge, with the port that the device is to it. */
  rx_handler: 'br_handle_frame' | null;
  rx_handler_data: void_p;
  stats: rtnl_link_stats;
  gro_flush_timeout: number;
  napi_defer_hard_irqs: number;
  watchdog_timeo: number;
  /** Users who want all frames (IFF_PROMISC). */
  promiscuity: number;
  /** Packet sockets that are bound to this device: those of all packets, those of one protocol. */
  ptype_all: packet_type[];
  ptype_specific: packet_type[];
  /** CPUs of rps_cpus, for each receive queue; empty: no RPS. */
  rps_cpus: number[];
  /** rps_flow_cnt entries; empty: no RFS. */
  rps_flow_table: rps_dev_flow[];
  /** xps_cpus: transmit queues by sending CPU; empty: by flow hash. */
  xps_cpus: number[][];
}
