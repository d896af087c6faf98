/** Connected sockets by the addresses and ports of both ends (net/ipv4/udp.c): a server with a socket for each peer finds the right one at once. */
import type { Cpu } from '../../../../machine/types.ts';
import type { Host } from '../../../include/linux/host.ts';
import type { sock } from '../../../include/net/sock.ts';
import { reuseport_detach_sock } from '../../core/sock_reuseport.ts';
import { UDP_HTABLE_SIZE, inet_match, udp_ehashfn } from './hash.ts';

/** The table, empty; its buckets are made when they are first used. @helper */
export function createUdpHash4(): Host['udp_hash4'] {
  return { count: 0, slots: {} };
}

/** @helper The bucket of a hash. */
function udp_hashslot4(cpu: Cpu, hash: number): sock[] {
  const { slots } = cpu.host.udp_hash4;
  return (slots[hash & (UDP_HTABLE_SIZE - 1)] ??= []);
}

/** The socket connected to saddr:sport from daddr:hnum, null when there is none. */
export function udp4_lib_lookup4(cpu: Cpu, saddr: number, sport: number, daddr: number, hnum: number, dif: number): sock | null {
  const slot = cpu.host.udp_hash4.slots[udp_ehashfn(daddr, hnum, saddr, sport) & (UDP_HTABLE_SIZE - 1)];
  if (slot === undefined) return null;
  for (const sk of slot) if (inet_match(sk, daddr, hnum, saddr, sport, dif)) return sk;
  return null;
}

/** connect() has succeeded: sockets with an address of their own are found by both ends. */
export function udp4_hash4(cpu: Cpu, sk: sock): void {
  const inet = sk.inet;
  if (inet.inet_num === 0 || inet.inet_rcv_saddr === 0) return;
  udp_lib_hash4(cpu, sk, udp_ehashfn(inet.inet_rcv_saddr, inet.inet_num, inet.inet_daddr, inet.inet_dport));
}

/** Enters it, unless an earlier connect() has; it leaves the group of those that share its port. */
export function udp_lib_hash4(cpu: Cpu, sk: sock, hash: number): void {
  const up = sk.udp!;
  if (up.udp_lrpa_hash >= 0) return;
  up.udp_lrpa_hash = hash;
  if (sk.sk_reuseport_cb !== null) reuseport_detach_sock(cpu, sk);
  udp_hashslot4(cpu, hash).unshift(sk);
  cpu.host.udp_hash4.count++;
}

/** The own address has changed. */
export function udp_rehash4(cpu: Cpu, sk: sock, newhash4: number): void {
  udp_unhash4(cpu, sk);
  sk.udp!.udp_lrpa_hash = newhash4;
  udp_hashslot4(cpu, newhash4).unshift(sk);
  cpu.host.udp_hash4.count++;
}

/** Not connected any more, or gone. */
export function udp_unhash4(cpu: Cpu, sk: sock): void {
  const up = sk.udp!;
  if (up.udp_lrpa_hash < 0) return;
  const slot = udp_hashslot4(cpu, up.udp_lrpa_hash);
  const at = slot.indexOf(sk);
  if (at >= 0) slot.splice(at, 1);
  up.udp_lrpa_hash = -1;
  cpu.host.udp_hash4.count--;
}

/** connect() to AF_UNSPEC. */
export function udp_unhash4_on_disconnect(cpu: Cpu, sk: sock): void {
  if (sk.udp!.udp_lrpa_hash >= 0) udp_unhash4(cpu, sk);
}
