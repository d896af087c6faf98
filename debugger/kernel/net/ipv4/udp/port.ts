/** Ports of UDP sockets (net/ipv4/udp.c). */
import { inet_rcv_saddr_equal } from '../rcv_saddr.ts';
import { roll } from '../../../../machine/random.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sock } from '../../../include/net/sock.ts';
import { reuseport_add_sock, reuseport_alloc, reuseport_detach_sock } from '../../core/sock_reuseport.ts';
import { inet_sk_get_local_port_range } from '../inet_connection_sock/port.ts';
import { udp_ehashfn, udp_hashfn } from './hash.ts';
import { udp_rehash4, udp_unhash4 } from './hash4.ts';

/** Whether two sockets may not share a port: same address or one of them all, and not both willing. */
function udp_lib_lport_inuse(sk: sock, num: number, slot: sock[]): boolean {
  for (const sk2 of slot) {
    if (sk2 === sk || sk2.inet.inet_num !== num) continue;
    if (sk2.sk_reuse && sk.sk_reuse) continue;
    if (sk2.sk_bound_dev_if !== 0 && sk.sk_bound_dev_if !== 0 && sk2.sk_bound_dev_if !== sk.sk_bound_dev_if) continue;
    if (!inet_rcv_saddr_equal(sk, sk2)) continue;
    if (sk2.sk_reuseport && sk.sk_reuseport && sk.sk_reuseport_cb === null) continue;
    return true;
  }
  return false;
}

/** Binds to `snum`, or to a free port of ip_local_port_range; true when that failed. */
export function udp_lib_get_port(cpu: Cpu, sk: sock, snum: number): boolean {
  const table = cpu.host.udp_table;
  let port = snum;
  if (port === 0) {
    port = freePort(cpu, sk);
    if (port === 0) return true;
  } else if (udp_lib_lport_inuse(sk, port, table[udp_hashfn(port)]!)) return true;
  sk.inet.inet_num = port;
  const slot = table[udp_hashfn(port)]!;
  if (sk.sk_reuseport && udp_reuseport_add_sock(cpu, sk, slot) < 0) {
    sk.inet.inet_num = 0;
    return true;
  }
  slot.unshift(sk);
  return false;
}

/** Joins those with the same port, address and device that share it, or is the first of a group. */
function udp_reuseport_add_sock(cpu: Cpu, sk: sock, slot: sock[]): number {
  const { inet_num, inet_rcv_saddr } = sk.inet;
  for (const sk2 of slot) {
    if (sk2 !== sk && sk2.inet.inet_num === inet_num && sk2.sk_bound_dev_if === sk.sk_bound_dev_if && sk2.sk_reuseport && sk2.inet.inet_rcv_saddr === inet_rcv_saddr
      && sk2.sk_v6_rcv_saddr === sk.sk_v6_rcv_saddr && sk2.sk_ipv6only === sk.sk_ipv6only) {
      return reuseport_add_sock(cpu, sk, sk2);
    }
  }
  reuseport_alloc(cpu, sk);
  return 0;
}

/** @helper Starts anywhere in the range, by chance; 0 when all are taken. */
function freePort(cpu: Cpu, sk: sock): number {
  const { low, high } = inet_sk_get_local_port_range(cpu, sk);
  const remaining = high - low + 1;
  const first = roll(cpu.host, remaining);
  for (let i = 0; i < remaining; i++) {
    const port = low + ((first + i) % remaining);
    if (!udp_lib_lport_inuse(sk, port, cpu.host.udp_table[udp_hashfn(port)]!)) return port;
  }
  return 0;
}

export function udp_v4_get_port(cpu: Cpu, sk: sock, snum: number): boolean {
  return udp_lib_get_port(cpu, sk, snum);
}

/** Out of the table: nothing more is received. */
export function udp_lib_unhash(cpu: Cpu, sk: sock): void {
  const port = sk.inet.inet_num;
  if (port === 0) return;
  const slot = cpu.host.udp_table[udp_hashfn(port)]!;
  if (sk.sk_reuseport_cb !== null) reuseport_detach_sock(cpu, sk);
  const at = slot.indexOf(sk);
  if (at >= 0) slot.splice(at, 1);
  sk.inet.inet_num = 0;
  udp_unhash4(cpu, sk);
}

/** The own address has changed: the socket stands before those that were there, and shares the port with nobody. */
export function udp_v4_rehash(cpu: Cpu, sk: sock): void {
  const { inet_rcv_saddr, inet_num, inet_daddr, inet_dport } = sk.inet;
  udp_lib_rehash(cpu, sk, udp_ehashfn(inet_rcv_saddr, inet_num, inet_daddr, inet_dport));
}

function udp_lib_rehash(cpu: Cpu, sk: sock, newhash4: number): void {
  const slot = cpu.host.udp_table[udp_hashfn(sk.inet.inet_num)]!;
  const at = slot.indexOf(sk);
  if (at < 0) return;
  if (sk.sk_reuseport_cb !== null) reuseport_detach_sock(cpu, sk);
  slot.splice(at, 1);
  slot.unshift(sk);
  if (sk.udp!.udp_lrpa_hash < 0) return;
  if (sk.inet.inet_rcv_saddr === 0) udp_unhash4(cpu, sk);
  else udp_rehash4(cpu, sk, newhash4);
}
