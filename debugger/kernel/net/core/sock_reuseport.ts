/** Sockets that share a port: the group that they form, and which of them a flow meets (net/core/sock_reuseport.c). */
import type { Cpu } from '../../../machine/types.ts';
import { TCP_ESTABLISHED } from '../../include/net/sock.ts';
import type { sock, sock_reuseport } from '../../include/net/sock.ts';
import { EBUSY } from '../../include/uapi/asm-generic/errno.ts';

/** Bits of the hash that choose. */
const HASHES = 2 ** 32;

/** A group of one. A listener that listens again keeps its own. */
export function reuseport_alloc(_cpu: Cpu, sk: sock): void {
  if (sk.sk_reuseport_cb === null) sk.sk_reuseport_cb = { socks: [sk], has_conns: false, incoming_cpu: sk.sk_incoming_cpu >= 0 ? 1 : 0 };
}

/** Joins the group of `sk2`; -EBUSY when the socket is in another that is not its own. */
export function reuseport_add_sock(cpu: Cpu, sk: sock, sk2: sock): number {
  if (sk2.sk_reuseport_cb === null) reuseport_alloc(cpu, sk2);
  const old_reuse = sk.sk_reuseport_cb;
  if (old_reuse !== null && old_reuse.socks.length !== 1) return -EBUSY;
  const reuse = sk2.sk_reuseport_cb!;
  reuse.socks.push(sk);
  if (sk.sk_incoming_cpu >= 0) reuse.incoming_cpu++;
  sk.sk_reuseport_cb = reuse;
  return 0;
}

/** Leaves the group: the last member takes the place, so that those flows change their socket. */
export function reuseport_detach_sock(cpu: Cpu, sk: sock): void {
  const reuse = sk.sk_reuseport_cb!;
  sk.sk_reuseport_cb = null;
  if (sk.sk_incoming_cpu >= 0) reuse.incoming_cpu--;
  __reuseport_detach_sock(cpu, sk, reuse);
}

function __reuseport_detach_sock(_cpu: Cpu, sk: sock, reuse: sock_reuseport): void {
  const at = reuse.socks.indexOf(sk);
  if (at < 0) return;
  const last = reuse.socks.pop()!;
  if (last !== sk) reuse.socks[at] = last;
}

/** A listener closes. Connections under way stay with it (net.ipv4.tcp_migrate_req is 0). */
export function reuseport_stop_listen_sock(cpu: Cpu, sk: sock): void {
  reuseport_detach_sock(cpu, sk);
}

/** A member has a peer of its own now: the look-up goes on to compare scores. */
export function reuseport_has_conns_set(_cpu: Cpu, sk: sock): void {
  if (sk.sk_reuseport_cb !== null) sk.sk_reuseport_cb.has_conns = true;
}

/** SO_INCOMING_CPU: the group knows whether any of its sockets has one. */
export function reuseport_update_incoming_cpu(_cpu: Cpu, sk: sock, val: number): void {
  const before = Number(sk.sk_incoming_cpu >= 0);
  sk.sk_incoming_cpu = val;
  if (sk.sk_reuseport_cb !== null) sk.sk_reuseport_cb.incoming_cpu += Number(val >= 0) - before;
}

/** One of the group of `sk`, always the same for a flow; null without a group, or when all its sockets are connected. */
export function reuseport_select_sock(cpu: Cpu, sk: sock, hash: number): sock | null {
  const reuse = sk.sk_reuseport_cb;
  return reuse === null || reuse.socks.length === 0 ? null : reuseport_select_sock_by_hash(cpu, reuse, hash);
}

/** The next one that is not connected; where SO_INCOMING_CPU is set, the next one that wants packets of this CPU, if there is any. */
function reuseport_select_sock_by_hash(cpu: Cpu, reuse: sock_reuseport, hash: number): sock | null {
  const { socks, incoming_cpu } = reuse;
  const first = Math.floor((hash * socks.length) / HASHES);
  let first_valid_sk: sock | null = null;
  for (let i = 0; i < socks.length; i++) {
    const sk = socks[(first + i) % socks.length]!;
    if (sk.sk_state === TCP_ESTABLISHED) continue;
    if (incoming_cpu === 0 || sk.sk_incoming_cpu === cpu.id) return sk;
    if (first_valid_sk === null) first_valid_sk = sk;
  }
  return first_valid_sk;
}
