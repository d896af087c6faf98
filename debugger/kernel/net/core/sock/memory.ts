/**
 * Memory accounting of sockets (net/core/sock.c, include/net/sock.h): a socket takes pages from its protocol's account and charges
 * packets to them; sk_forward_alloc is what it has taken and not charged.
 */
import type { Cpu } from '../../../../machine/types.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { PAGE_SHIFT, PAGE_SIZE, SK_MEM_RECV, SK_MEM_SEND, SOCK_SNDBUF_LOCK } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { SOCK_STREAM } from '../../../include/net/sock.ts';

const SOCK_MIN_SNDBUF = 4608;

/** @helper */
export function sk_mem_pages(amt: number): number {
  return (amt + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

/** @helper Protocols without an account of their own are not counted. */
export function sk_has_account(sk: sock): boolean {
  return sk.tcp !== null || sk.udp !== null;
}

/** @helper The protocol's limit in pages: 0 low, 1 pressure, 2 high. */
function sk_prot_mem_limits(sk: sock, index: 0 | 1 | 2): number {
  const knobs = sk.host.knobs;
  if (sk.tcp !== null) return index === 0 ? knobs.sysctl_tcp_mem_0! : index === 1 ? knobs.sysctl_tcp_mem_1! : knobs.sysctl_tcp_mem_2!;
  return index === 0 ? knobs.sysctl_udp_mem_0! : index === 1 ? knobs.sysctl_udp_mem_1! : knobs.sysctl_udp_mem_2!;
}

/** @helper */
function sk_get_rmem0(sk: sock): number {
  return sk.tcp !== null ? sk.host.knobs.sysctl_tcp_rmem_0! : sk.host.knobs.sysctl_udp_rmem_min!;
}

/** @helper */
function sk_get_wmem0(sk: sock): number {
  return sk.tcp !== null ? sk.host.knobs.sysctl_tcp_wmem_0! : sk.host.knobs.sysctl_udp_wmem_min!;
}

/** @helper */
export function sk_memory_allocated(sk: sock): number {
  return sk.tcp !== null ? sk.host.memory_allocated.TCP : sk.host.memory_allocated.UDP;
}

/** @helper Adds pages to the protocol's account; answers what it holds then. */
export function sk_memory_allocated_add(sk: sock, pages: number): number {
  const account = sk.host.memory_allocated;
  if (sk.tcp !== null) return (account.TCP += pages);
  return (account.UDP += pages);
}

/** @helper Only TCP knows pressure. */
export function sk_under_memory_pressure(sk: sock): boolean {
  return sk.tcp !== null && sk.host.knobs.tcp_memory_pressure !== 0;
}

export function sk_enter_memory_pressure(cpu: Cpu, sk: sock): void {
  if (sk.tcp === null || sk.host.knobs.tcp_memory_pressure !== 0) return;
  sk.host.knobs.tcp_memory_pressure = Math.max(1, Math.floor(cpu.now / 4_000_000));
  NET_INC_STATS(cpu, 'TCPMemoryPressures');
}

export function sk_leave_memory_pressure(_cpu: Cpu, sk: sock): void {
  if (sk.tcp !== null && sk.host.knobs.tcp_memory_pressure !== 0) sk.host.knobs.tcp_memory_pressure = 0;
}

/** Under pressure a stream socket's send buffer shrinks to half of what it holds. */
export function sk_stream_moderate_sndbuf(_cpu: Cpu, sk: sock): void {
  if ((sk.sk_userlocks & SOCK_SNDBUF_LOCK) !== 0) return;
  const val = Math.min(sk.sk_sndbuf, sk.sk_wmem_queued >> 1);
  sk.sk_sndbuf = Math.max(val, SOCK_MIN_SNDBUF);
}

/** Whether the protocol may take `amt` pages more for `size` bytes of this socket; they are taken if so. */
export function __sk_mem_raise_allocated(cpu: Cpu, sk: sock, size: number, amt: number, kind: number): boolean {
  const allocated = sk_memory_allocated_add(sk, amt);
  if (allocated <= sk_prot_mem_limits(sk, 0)) {
    sk_leave_memory_pressure(cpu, sk);
    return true;
  }
  if (allocated > sk_prot_mem_limits(sk, 1)) sk_enter_memory_pressure(cpu, sk);
  if (allocated <= sk_prot_mem_limits(sk, 2)) {
    if (kind === SK_MEM_RECV) {
      if (sk.sk_rmem_alloc < sk_get_rmem0(sk)) return true;
    } else if (sk.sk_type === SOCK_STREAM) {
      if (sk.sk_wmem_queued < sk_get_wmem0(sk)) return true;
    } else if (sk.sk_wmem_alloc < sk_get_wmem0(sk)) return true;
    if (sk.tcp !== null && !sk_under_memory_pressure(sk)) return true;
  }
  if (kind === SK_MEM_SEND && sk.sk_type === SOCK_STREAM) {
    sk_stream_moderate_sndbuf(cpu, sk);
    if (sk.sk_wmem_queued + size >= sk.sk_sndbuf) return true;
  }
  sk_memory_allocated_add(sk, -amt);
  return false;
}

/** Takes whole pages for `size` bytes into sk_forward_alloc. */
export function __sk_mem_schedule(cpu: Cpu, sk: sock, size: number, kind: number): boolean {
  const amt = sk_mem_pages(size);
  sk.sk_forward_alloc += amt << PAGE_SHIFT;
  const ok = __sk_mem_raise_allocated(cpu, sk, size, amt, kind);
  if (!ok) sk.sk_forward_alloc -= amt << PAGE_SHIFT;
  return ok;
}

/** Gives pages back to the protocol. */
export function __sk_mem_reduce_allocated(cpu: Cpu, sk: sock, amount: number): void {
  sk_memory_allocated_add(sk, -amount);
  if (sk_under_memory_pressure(sk) && sk_memory_allocated(sk) < sk_prot_mem_limits(sk, 0)) sk_leave_memory_pressure(cpu, sk);
}

export function __sk_mem_reclaim(cpu: Cpu, sk: sock, amount: number): void {
  const pages = amount >> PAGE_SHIFT;
  sk.sk_forward_alloc -= pages << PAGE_SHIFT;
  __sk_mem_reduce_allocated(cpu, sk, pages);
}

/** @helper Gives back whole pages that nothing is charged to. */
export function sk_mem_reclaim(cpu: Cpu, sk: sock): void {
  if (!sk_has_account(sk)) return;
  if (sk.sk_forward_alloc >= PAGE_SIZE) __sk_mem_reclaim(cpu, sk, sk.sk_forward_alloc);
}

/** @helper */
export function sk_mem_charge(sk: sock, size: number): void {
  if (sk_has_account(sk)) sk.sk_forward_alloc -= size;
}

/** @helper */
export function sk_mem_uncharge(cpu: Cpu, sk: sock, size: number): void {
  if (!sk_has_account(sk)) return;
  sk.sk_forward_alloc += size;
  sk_mem_reclaim(cpu, sk);
}

/** @helper */
export function sk_wmem_schedule(cpu: Cpu, sk: sock, size: number): boolean {
  if (!sk_has_account(sk)) return true;
  const delta = size - sk.sk_forward_alloc;
  return delta <= 0 || __sk_mem_schedule(cpu, sk, delta, SK_MEM_SEND);
}

/** @helper */
export function sk_rmem_schedule(cpu: Cpu, sk: sock, skb: sk_buff, size: number): boolean {
  if (!sk_has_account(sk)) return true;
  const delta = size - sk.sk_forward_alloc;
  return delta <= 0 || __sk_mem_schedule(cpu, sk, delta, SK_MEM_RECV) || skb.pfmemalloc;
}

/** For packets that must be sent (a FIN): taken whatever the limits say. */
export function sk_forced_mem_schedule(_cpu: Cpu, sk: sock, size: number): void {
  const delta = size - sk.sk_forward_alloc;
  if (delta <= 0) return;
  const amt = sk_mem_pages(delta);
  sk.sk_forward_alloc += amt << PAGE_SHIFT;
  sk_memory_allocated_add(sk, amt);
}
