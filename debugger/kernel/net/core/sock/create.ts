/** Birth and death of sockets (net/core/sock.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { init_waitqueue_head } from '../../../include/linux/sched.ts';
import type { timer_list } from '../../../include/linux/timer.ts';
import type { Host } from '../../../include/linux/host.ts';
import { SS_UNCONNECTED, TCP_CLOSE } from '../../../include/net/sock.ts';
import type { inet_cork, inet_sock, sock, socket } from '../../../include/net/sock.ts';
import { IP_PMTUDISC_WANT } from '../../../include/linux/socket.ts';
import { SK_FLAGS_TIMESTAMP } from '../../../include/linux/net_tstamp.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../kernel/time/sleep_timeout.ts';
import { mod_timer, timer_delete, timer_setup } from '../../../kernel/time/timer.ts';
import { skDestruct } from '../sock_callbacks.ts';
import { skb_queue_purge } from '../skbuff/queue.ts';
import { net_enable_timestamp } from '../dev/taps.ts';
import { sock_disable_timestamp, sock_flag } from './timestamping.ts';
import { protoOf } from '../../ipv4/protos.ts';
import { layOut } from '../../../../machine/wide_fields.ts';

const UNLIMITED_RATE = 9_000_000_000_000_000;

/** @helper */
export function createCork(): inet_cork {
  return { active: false, addr: 0, fragsize: 0, length: 0, dst: null, gso_size: 0, ttl: 0, tos: 0, fl4: null, fl6: null, tx_flags: 0, mark: 0, priority: 0 };
}

/** @helper The inet_sock part. */
function createInetSock(): inet_sock {
  return {
    inet_daddr: 0, inet_rcv_saddr: 0, inet_saddr: 0, inet_sport: 0, inet_dport: 0, inet_num: 0, uc_ttl: -1, tos: 0, mc_ttl: 1, min_ttl: 0,
    hdrincl: false, recverr: false, freebind: false, is_icsk: false, bind_address_no_port: false, local_port_range: 0, defer_connect: false, pmtudisc: IP_PMTUDISC_WANT, cmsg_flags: 0, inet_id: 0, cork: createCork(), pinet6: null,
  };
}

/** @helper The one literal of struct sock. */
function createSock(host: Host, family: number, prot: string): sock {
  return {
    id: host.world.next_id++, host, sk_family: family, sk_type: 0, sk_protocol: 0, sk_prot: prot, sk_state: TCP_CLOSE,
    sk_reuse: false, sk_reuseport: false, sk_bound_dev_if: 0, sk_v6_daddr: null, sk_v6_rcv_saddr: null, sk_ipv6only: false, sk_reuseport_cb: null, sk_receive_queue: [], sk_write_queue: [], sk_error_queue: [],
    sk_backlog: { queue: [], len: 0, rmem_alloc: 0 },
    sk_lock: { owned: false, owner: null, wq: init_waitqueue_head(), slock_released: 0, slock_cpu: -1 },
    sk_rmem_alloc: 0, sk_wmem_alloc: 1, sk_omem_alloc: 0, sk_forward_alloc: 0, sk_wmem_queued: 0, sk_rcvbuf: 0, sk_sndbuf: 0, sk_rcvlowat: 1,
    sk_rcvtimeo: 0, sk_sndtimeo: 0, sk_lingertime: 0, sk_linger: false, sk_userlocks: 0, sk_drops: 0, sk_err: 0, sk_err_soft: 0,
    sk_shutdown: 0, sk_dead: false, sk_done: false, sk_zapped: false, sk_keepopen: false, sk_broadcast: false, sk_urginline: false,
    sk_queue_shrunk: false, sk_fasync: false, sk_rxhash: 0, sk_txhash: 0, sk_no_check_tx: false, sk_priority: 0, sk_mark: 0,
    sk_ack_backlog: 0, sk_max_ack_backlog: 0, sk_dst_cache: null, sk_dst_pending_confirm: false, sk_rx_dst: null, sk_rx_dst_ifindex: 0,
    sk_tsq_flags: 0, tcp_rtx_queue: [], sk_write_pending: 0, sk_frag: { page: null, offset: 0, size: 0 }, sk_peek_off: -1,
    sk_gso_type: 0, sk_gso_max_size: 0, sk_gso_max_segs: 0, sk_route_caps: 0, sk_gso_disabled: false,
    sk_pacing_rate: 0, sk_max_pacing_rate: 0, sk_pacing_status: 0, sk_pacing_shift: 0,
    sk_allocation: 0, sk_tx_queue_mapping: -1, sk_tx_queue_mapping_jiffies: 0, sk_rx_queue_mapping: -1, sk_incoming_cpu: -1, sk_ll_usec: 0, sk_napi_id: 0,
    sk_timer: timer_setup('', null), sk_flags: 0, sk_stamp: 0, sk_tsflags: 0, sk_tskey: 0, sk_zckey: 0, sk_zerocopy: false, sk_refcnt: 1, sk_socket: null,
    sk_wq: init_waitqueue_head(), sk_data_ready: '', sk_write_space: '', sk_state_change: '', sk_error_report: '', sk_backlog_rcv: '',
    sk_destruct: '', inet: createInetSock(), udp: null, icsk: null, tcp: null, packet: null, write_lineage: null,
  };
}

const example = createSock({ world: { next_id: 0 } } as Host, 0, '');
layOut(example.sk_lock, 'slock_released');
layOut(example.inet, 'inet_id', 'inet_num', 'inet_sport', 'inet_daddr', 'inet_saddr', 'inet_rcv_saddr');
layOut(example, 'sk_rcvtimeo', 'sk_sndtimeo', 'sk_rxhash', 'sk_txhash', 'sk_pacing_rate', 'sk_max_pacing_rate');

/** A socket of protocol `prot` (a row of net/ipv4/protos.ts), with nothing set up yet. */
export function sk_alloc(cpu: Cpu, family: number, prot: string): sock {
  return createSock(cpu.host, family, prot);
}

/** Defaults that every kind of socket starts with. */
export function sock_init_data(cpu: Cpu, sock: socket | null, sk: sock): void {
  sock_init_data_host(cpu.host, sock, sk);
}

/** @helper As sock_init_data, for sockets that the kernel makes for itself while it starts. */
export function sock_init_data_host(host: Host, sock: socket | null, sk: sock): void {
  sk.sk_rcvbuf = host.knobs.sysctl_rmem_default!;
  sk.sk_sndbuf = host.knobs.sysctl_wmem_default!;
  sk.sk_state = TCP_CLOSE;
  sk.sk_zapped = true;
  if (sock !== null) {
    sk.sk_type = sock.type;
    sk.sk_wq = sock.wq;
    sk.sk_socket = sock;
    sock.sk = sk;
  }
  sk.sk_state_change = 'sock_def_wakeup';
  sk.sk_data_ready = 'sock_def_readable';
  sk.sk_write_space = 'sock_def_write_space';
  sk.sk_error_report = 'sock_def_error_report';
  sk.sk_destruct = 'sock_def_destruct';
  sk.sk_rcvlowat = 1;
  sk.sk_ll_usec = host.knobs.sysctl_busy_read!;
  sk.sk_rcvtimeo = MAX_SCHEDULE_TIMEOUT;
  sk.sk_sndtimeo = MAX_SCHEDULE_TIMEOUT;
  sk.sk_max_pacing_rate = UNLIMITED_RATE;
  sk.sk_pacing_rate = UNLIMITED_RATE;
  sk.sk_pacing_shift = 10;
}

/** @helper A socket of the kernel's own, made at start-up. */
export function createKernelSock(host: Host, family: number, prot: string): sock {
  const sk = createSock(host, family, prot);
  sock_init_data_host(host, null, sk);
  return sk;
}

/** @helper struct socket. */
export function createSocket(type: number): socket {
  return { state: SS_UNCONNECTED, type, ops: '', sk: null, file: null, wq: init_waitqueue_head(), flags: 0 };
}

/** @helper */
export function sock_hold(sk: sock): void {
  sk.sk_refcnt++;
}

/** @helper A reference less, not the last. */
export function __sock_put(sk: sock): void {
  sk.sk_refcnt--;
}

/** Arms a timer of the socket, which holds the socket while it is pending. */
export function sk_reset_timer(cpu: Cpu, sk: sock, timer: timer_list, expires: number): void {
  if (!mod_timer(cpu, timer, expires)) sock_hold(sk);
}

export function sk_stop_timer(cpu: Cpu, sk: sock, timer: timer_list): void {
  if (timer_delete(cpu, timer)) __sock_put(sk);
}

/** Gives up a reference; the last one frees the socket. */
export function sock_put(cpu: Cpu, sk: sock): void {
  if (--sk.sk_refcnt === 0) sk_free(cpu, sk);
}

/** Nobody refers to the socket any more; it goes once its last packet has left the device. */
export function sk_free(cpu: Cpu, sk: sock): void {
  if (--sk.sk_wmem_alloc === 0) __sk_free(cpu, sk);
}

export function __sk_free(cpu: Cpu, sk: sock): void {
  sk_destruct(cpu, sk);
}

export function sk_destruct(cpu: Cpu, sk: sock): void {
  __sk_destruct(cpu, sk);
}

export function __sk_destruct(cpu: Cpu, sk: sock): void {
  skDestruct(cpu, sk);
  sock_disable_timestamp(cpu, sk, SK_FLAGS_TIMESTAMP);
  sk.sk_done = true;
}

/** The user's side is gone. */
export function sock_orphan(_cpu: Cpu, sk: sock): void {
  sk.sk_dead = true;
  sk.sk_socket = null;
  sk.sk_wq = init_waitqueue_head();
}

/** Gives the user's side of an accepted connection to its socket. */
export function sock_graft(_cpu: Cpu, sk: sock, parent: socket): void {
  sk.sk_wq = parent.wq;
  parent.sk = sk;
  sk.sk_socket = parent;
}

/** The common end of sockets that need no farewell (UDP): out of the tables, off the user's side, one reference less. */
export function sk_common_release(cpu: Cpu, sk: sock): void {
  const prot = protoOf(sk);
  prot.destroy(cpu, sk);
  prot.unhash(cpu, sk);
  sock_orphan(cpu, sk);
  sock_put(cpu, sk);
}

export function sock_def_destruct(_cpu: Cpu, _sk: sock): void {}

/** What sockets of the Internet leave behind: packets that nobody read, and the memory they were charged for. */
export function inet_sock_destruct(cpu: Cpu, sk: sock): void {
  skb_queue_purge(cpu, sk.sk_receive_queue);
  skb_queue_purge(cpu, sk.sk_error_queue);
  sk.sk_dst_cache = null;
  sk.sk_rx_dst = null;
}

/**
 * A socket with the fields of `sk`, for a connection that a listener has accepted. What belongs to one connection only starts
 * empty; icsk and tcp are the caller's to fill (the kernel copies them with the rest).
 */
export function sk_clone(cpu: Cpu, sk: sock): sock {
  const newsk = createSock(cpu.host, sk.sk_family, sk.sk_prot);
  const id = newsk.id;
  const fresh = createSock(cpu.host, sk.sk_family, sk.sk_prot);
  cpu.world.next_id--;
  Object.assign(newsk, sk);
  newsk.id = id;
  newsk.sk_receive_queue = fresh.sk_receive_queue;
  newsk.sk_write_queue = fresh.sk_write_queue;
  newsk.sk_error_queue = fresh.sk_error_queue;
  newsk.tcp_rtx_queue = fresh.tcp_rtx_queue;
  newsk.sk_backlog = fresh.sk_backlog;
  newsk.sk_lock = fresh.sk_lock;
  newsk.sk_frag = fresh.sk_frag;
  newsk.sk_timer = fresh.sk_timer;
  newsk.sk_wq = fresh.sk_wq;
  newsk.inet = Object.assign(createInetSock(), sk.inet);
  newsk.inet.cork = createCork();
  if (sk.inet.pinet6 !== null) newsk.inet.pinet6 = { ...sk.inet.pinet6 };
  resetClone(newsk);
  if (sk.tcp !== null) cpu.host.tcp_sockets_allocated++;
  if (sock_flag(newsk, SK_FLAGS_TIMESTAMP)) net_enable_timestamp(cpu);
  return newsk;
}

/** @helper */
function resetClone(newsk: sock): void {
  newsk.sk_rmem_alloc = 0;
  newsk.sk_wmem_alloc = 1;
  newsk.sk_omem_alloc = 0;
  newsk.sk_wmem_queued = 0;
  newsk.sk_forward_alloc = 0;
  newsk.sk_drops = 0;
  newsk.sk_zckey = 0;
  newsk.sk_reuseport_cb = null;
  newsk.sk_userlocks &= ~4;
  newsk.sk_done = false;
  newsk.sk_dst_cache = null;
  newsk.sk_dst_pending_confirm = false;
  newsk.sk_rx_dst = null;
  newsk.sk_err = 0;
  newsk.sk_err_soft = 0;
  newsk.sk_priority = 0;
  newsk.sk_incoming_cpu = -1;
  newsk.sk_refcnt = 2;
  newsk.sk_socket = null;
  newsk.sk_tsq_flags = 0;
  newsk.sk_write_pending = 0;
  newsk.udp = null;
  newsk.icsk = null;
  newsk.tcp = null;
  newsk.write_lineage = null;
}
