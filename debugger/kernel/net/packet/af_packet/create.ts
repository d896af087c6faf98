/** Packet sockets: made, hooked in among the handlers of packets, bound, closed (net/packet/af_packet.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { IFF_LOOPBACK, IFF_UP } from '../../../include/linux/netdevice.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import type { sockaddr_ll } from '../../../include/linux/if_packet.ts';
import type { sockaddr_in } from '../../../include/linux/socket.ts';
import { AF_PACKET, SOCK_DGRAM, SOCK_RAW, SS_UNCONNECTED } from '../../../include/net/sock.ts';
import type { sock, socket } from '../../../include/net/sock.ts';
import { EINVAL, ENETDOWN, ENODEV, EOPNOTSUPP, ESOCKTNOSUPPORT } from '../../../include/uapi/asm-generic/errno.ts';
import { __dev_remove_pack, dev_add_pack } from '../../core/dev/ptype.ts';
import { skb_queue_purge } from '../../core/skbuff/queue.ts';
import { __sock_put, sk_alloc, sock_hold, sock_init_data, sock_orphan, sock_put } from '../../core/sock/create.ts';
import { lock_sock_nested, release_sock } from '../../core/sock/lock.ts';
import { sk_error_report } from '../../core/sock/callbacks.ts';
import { dev_get_by_index_rcu } from '../../ipv4/devinet.ts';
import { createPacketSock, pkt_sk } from '../internal.ts';
import { packet_flush_mclist } from './membership.ts';
import { NO_RING, packet_set_ring } from './ring.ts';

const ARPHRD_ETHER = 1;
const ARPHRD_LOOPBACK = 772;

/** @helper dev->type */
export function hatypeOf(dev: net_device): number {
  return (dev.flags & IFF_LOOPBACK) !== 0 ? ARPHRD_LOOPBACK : ARPHRD_ETHER;
}

/** A packet socket for `protocol` (0: none until it is bound), which sees the packets of all devices from now on; 0 or a negative errno. */
export function packet_create(cpu: Cpu, sock: socket, protocol: number): number {
  if (sock.type !== SOCK_DGRAM && sock.type !== SOCK_RAW) return -ESOCKTNOSUPPORT;
  sock.state = SS_UNCONNECTED;
  const sk = sk_alloc(cpu, AF_PACKET, 'PACKET');
  sock.ops = 'packet_ops';
  sock_init_data(cpu, sock, sk);
  const po = createPacketSock(sk, protocol);
  sk.packet = po;
  sk.sk_destruct = 'packet_sock_destruct';
  if (protocol !== 0) {
    po.prot_hook.type = protocol;
    __register_prot_hook(cpu, sk);
  }
  cpu.host.packet_sklist.push(sk);
  return 0;
}

export function packet_sock_destruct(cpu: Cpu, sk: sock): void {
  skb_queue_purge(cpu, sk.sk_error_queue);
}

export function __register_prot_hook(cpu: Cpu, sk: sock): void {
  const po = pkt_sk(sk);
  if (po.running) return;
  dev_add_pack(cpu, po.prot_hook);
  sock_hold(sk);
  po.running = true;
}

/** @helper */
export function register_prot_hook(cpu: Cpu, sk: sock): void {
  __register_prot_hook(cpu, sk);
}

/** The hook is off at once: no CPU of the model is in the middle of a list, so nobody has to wait (synchronize_net). */
export function __unregister_prot_hook(cpu: Cpu, sk: sock): void {
  const po = pkt_sk(sk);
  po.running = false;
  __dev_remove_pack(cpu, po.prot_hook);
  __sock_put(sk);
}

/** @helper */
function unregister_prot_hook(cpu: Cpu, sk: sock): void {
  if (pkt_sk(sk).running) __unregister_prot_hook(cpu, sk);
}

/** bind(2) to a struct sockaddr_ll: a device, 0 for all, and a protocol, 0 for the socket's own. */
export function* packet_bind(cpu: Cpu, sock: socket, uaddr: sockaddr_in): Resumable<number> {
  const sll = uaddr.ll;
  if (uaddr.family !== AF_PACKET || sll === null) return -EINVAL;
  const sk = sock.sk!;
  return yield* packet_do_bind(cpu, sk, sll.sll_ifindex, sll.sll_protocol !== 0 ? sll.sll_protocol : pkt_sk(sk).num);
}

export function* packet_do_bind(cpu: Cpu, sk: sock, ifindex: number, proto: number): Resumable<number> {
  yield* lock_sock_nested(cpu, sk);
  const ret = bindLocked(cpu, sk, ifindex, proto);
  yield* release_sock(cpu, sk);
  return ret;
}

/** @helper The part of packet_do_bind under the socket's lock. */
function bindLocked(cpu: Cpu, sk: sock, ifindex: number, proto: number): number {
  const po = pkt_sk(sk);
  const hook = po.prot_hook;
  const dev = ifindex === 0 ? null : dev_get_by_index_rcu(cpu, ifindex);
  if (ifindex !== 0 && dev === null) return -ENODEV;
  if (hook.type === proto && hook.dev === dev) return 0;
  if (po.running) __unregister_prot_hook(cpu, sk);
  po.num = proto;
  hook.type = proto;
  hook.dev = dev;
  po.ifindex = ifindex;
  po.cached_dev = dev;
  if (proto === 0) return 0;
  if (dev === null || (dev.flags & IFF_UP) !== 0) {
    register_prot_hook(cpu, sk);
    return 0;
  }
  sk.sk_err = ENETDOWN;
  if (!sk.sk_dead) sk_error_report(cpu, sk);
  return 0;
}

/** The device and protocol that it is bound to. There is no peer. */
export function packet_getname(cpu: Cpu, sock: socket, peer: number): sockaddr_in | number {
  if (peer !== 0) return -EOPNOTSUPP;
  const po = pkt_sk(sock.sk!);
  const dev = dev_get_by_index_rcu(cpu, po.ifindex);
  const ll: sockaddr_ll = {
    sll_protocol: po.num, sll_ifindex: po.ifindex, sll_hatype: dev === null ? 0 : hatypeOf(dev), sll_pkttype: 0,
    sll_halen: dev === null ? 0 : dev.dev_addr.length, sll_addr: dev === null ? [] : dev.dev_addr.slice(),
  };
  return { family: AF_PACKET, addr: 0, port: 0, ll, sin6_addr: null };
}

/** close(2): out of the lists, the ring is given back, what nobody read is freed. */
export function* packet_release(cpu: Cpu, sock: socket): Resumable<number> {
  const sk = sock.sk;
  if (sk === null) return 0;
  const list = cpu.host.packet_sklist;
  list.splice(list.indexOf(sk), 1);
  unregister_prot_hook(cpu, sk);
  pkt_sk(sk).cached_dev = null;
  pkt_sk(sk).prot_hook.dev = null;
  packet_flush_mclist(cpu, sk);
  yield* lock_sock_nested(cpu, sk);
  if (pkt_sk(sk).rx_ring.pg_vec !== null) packet_set_ring(cpu, sk, NO_RING, true);
  yield* release_sock(cpu, sk);
  sock_orphan(cpu, sk);
  sock.sk = null;
  skb_queue_purge(cpu, sk.sk_receive_queue);
  sock_put(cpu, sk);
  return 0;
}
