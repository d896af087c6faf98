/** Numbers by which UDP sockets are found (net/ipv4/udp.c, include/net/udp.h). */
import type { sock } from '../../../include/net/sock.ts';

export const UDP_HTABLE_SIZE = 512;

/** @helper The bucket of a port. */
export function udp_hashfn(port: number): number {
  return port & (UDP_HTABLE_SIZE - 1);
}

/** A number for a flow: its bucket among connected sockets, and which socket of a SO_REUSEPORT group it meets. */
export function udp_ehashfn(laddr: number, lport: number, faddr: number, fport: number): number {
  let h = Math.imul(laddr ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(faddr, 0xc2b2ae35) ^ Math.imul((lport << 16) | fport, 0x27d4eb2f);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return (h ^ (h >>> 12)) >>> 0;
}

/** Whether the socket is connected to this peer (include/net/inet_hashtables.h). @helper */
export function inet_match(sk: sock, loc_addr: number, loc_port: number, rmt_addr: number, rmt_port: number, dif: number): boolean {
  const inet = sk.inet;
  return inet.inet_num === loc_port && inet.inet_rcv_saddr === loc_addr && inet.inet_daddr === rmt_addr && inet.inet_dport === rmt_port
    && (sk.sk_bound_dev_if === 0 || sk.sk_bound_dev_if === dif);
}
