/** Control messages at SOL_IP: what a reader is told of a datagram, what a sender asks for one (net/ipv4/ip_sockglue.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { iph_daddr, iph_saddr, iph_tos, iph_ttl } from '../../../include/linux/ip.ts';
import { PACKET_OUTGOING } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { SOCK_SKB_CB } from '../../../include/linux/sock_skb_cb.ts';
import type { in_pktinfo } from '../../../include/linux/sock_skb_cb.ts';
import { IP_ORIGDSTADDR, IP_PKTINFO, IP_TOS, IP_TTL, SOL_IP, SOL_SOCKET } from '../../../include/linux/socket.ts';
import { uh_dest } from '../../../include/linux/udp.ts';
import { rt_tos2priority } from '../../../include/net/route.ts';
import { AF_INET } from '../../../include/net/sock.ts';
import type { cmsghdr, ipcm_cookie, msghdr, sock } from '../../../include/net/sock.ts';
import { EINVAL } from '../../../include/uapi/asm-generic/errno.ts';
import { put_cmsg } from '../../core/scm.ts';
import { __sock_cmsg_send } from '../../core/sock/cmsg.ts';
import { fib_compute_spec_dst } from '../fib_frontend.ts';

/** Bits of inet_sock.cmsg_flags: what recvmsg() is to tell. */
export const IP_CMSG_PKTINFO = 1 << 0;
export const IP_CMSG_TTL = 1 << 1;
export const IP_CMSG_TOS = 1 << 2;
export const IP_CMSG_ORIGDSTADDR = 1 << 6;

/** Before the route goes: the device the datagram came by, and which address of ours it was for. */
export function ipv4_pktinfo_prepare(cpu: Cpu, sk: sock, skb: sk_buff, drop_dst: boolean): void {
  if ((sk.inet.cmsg_flags & IP_CMSG_PKTINFO) !== 0 && skb.dst !== null) {
    const pktinfo = SOCK_SKB_CB(skb);
    pktinfo.ipi_ifindex = skb.skb_iif;
    pktinfo.ipi_spec_dst = fib_compute_spec_dst(cpu, skb);
  }
  if (drop_dst) skb.dst = null;
}

/** An entry of the error queue has the device alone (SOCK_SKB_CB is another struct there); of a time stamp, its own address too. */
function ip_cmsg_recv_pktinfo(msg: msghdr, skb: sk_buff): void {
  const { ipi_ifindex, ipi_spec_dst } = skb.pkt_type === PACKET_OUTGOING ? { ipi_ifindex: skb.skb_iif, ipi_spec_dst: iph_saddr(skb) } : SOCK_SKB_CB(skb);
  put_cmsg(msg, SOL_IP, IP_PKTINFO, { ipi_ifindex, ipi_spec_dst, ipi_addr: iph_daddr(skb) } satisfies in_pktinfo);
}

function ip_cmsg_recv_ttl(msg: msghdr, skb: sk_buff): void {
  put_cmsg(msg, SOL_IP, IP_TTL, iph_ttl(skb));
}

function ip_cmsg_recv_tos(msg: msghdr, skb: sk_buff): void {
  put_cmsg(msg, SOL_IP, IP_TOS, iph_tos(skb));
}

function ip_cmsg_recv_dstaddr(msg: msghdr, skb: sk_buff): void {
  put_cmsg(msg, SOL_IP, IP_ORIGDSTADDR, { family: AF_INET, addr: iph_daddr(skb), port: uh_dest(skb), ll: null, sin6_addr: null });
}

/** Tells what the socket has asked for. */
export function ip_cmsg_recv_offset(_cpu: Cpu, msg: msghdr, sk: sock, skb: sk_buff): void {
  const flags = sk.inet.cmsg_flags;
  if ((flags & IP_CMSG_PKTINFO) !== 0) ip_cmsg_recv_pktinfo(msg, skb);
  if ((flags & IP_CMSG_TTL) !== 0) ip_cmsg_recv_ttl(msg, skb);
  if ((flags & IP_CMSG_TOS) !== 0) ip_cmsg_recv_tos(msg, skb);
  if ((flags & IP_CMSG_ORIGDSTADDR) !== 0) ip_cmsg_recv_dstaddr(msg, skb);
}

/** The same for an entry of the error queue. */
export function ip_cmsg_recv(cpu: Cpu, msg: msghdr, sk: sock, skb: sk_buff): void {
  ip_cmsg_recv_offset(cpu, msg, sk, skb);
}

/** @helper One message at SOL_IP. */
function ipCmsgSend({ cmsg_type, data }: cmsghdr, ipc: ipcm_cookie): number {
  if (cmsg_type === IP_PKTINFO) {
    if (typeof data === 'number' || !('ipi_ifindex' in data)) return -EINVAL;
    if (data.ipi_ifindex !== 0) ipc.oif = data.ipi_ifindex;
    ipc.addr = data.ipi_spec_dst;
    return 0;
  }
  if (typeof data !== 'number') return -EINVAL;
  if (cmsg_type === IP_TTL) {
    if (data < 1 || data > 255) return -EINVAL;
    ipc.ttl = data;
    return 0;
  }
  if (cmsg_type !== IP_TOS || data < 0 || data > 255) return -EINVAL;
  ipc.tos = data;
  ipc.priority = rt_tos2priority(data);
  return 0;
}

/** What the sender asks for this datagram goes into `ipc`; 0 or a negative errno. */
export function ip_cmsg_send(cpu: Cpu, sk: sock, control: readonly cmsghdr[], ipc: ipcm_cookie): number {
  for (const cmsg of control) {
    let err = 0;
    if (cmsg.cmsg_level === SOL_SOCKET) err = __sock_cmsg_send(cpu, sk, cmsg, ipc);
    else if (cmsg.cmsg_level === SOL_IP) err = ipCmsgSend(cmsg, ipc);
    if (err !== 0) return err;
  }
  return 0;
}
