/**
 * Memory accounting of sockets (net/core/sock.c, include/net/sock.h): a socket takes pages from its protocol's account and charges
 * packets to them; sk_forward_alloc is what it has taken and not charged.
 */
import type { Cpu } from '../../../../machine/types.ts';
import { PAGE_SHIFT, PAGE_SIZE, SK_MEM_RECV, SK_MEM_SEND, SOCK_SNDBUF_LOCK } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { tcp_enter_memory_pressure, tcp_leave_memory_pressure } from '../../ipv4/tcp/memory.ts';
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

/** @helper Pages of the protocol's account: without what CPUs have in reserve or have taken out of it. */
export function sk_memory_allocated(sk: sock): number {
  const { memory_allocated } = sk.host;
  return Math.max(0, sk.tcp !== null ? memory_allocated.TCP : memory_allocated.UDP);
}

/** What this CPU has taken (or given back) beside the account goes to it. */
function proto_memory_pcpu_drain(cpu: Cpu, sk: sock): void {
  const { memory_allocated, per_cpu_fw_alloc } = cpu.host;
  if (sk.tcp !== null) {
    memory_allocated.TCP += per_cpu_fw_alloc.TCP[cpu.id]!;
    per_cpu_fw_alloc.TCP[cpu.id] = 0;
  } else {
    memory_allocated.UDP += per_cpu_fw_alloc.UDP[cpu.id]!;
    per_cpu_fw_alloc.UDP[cpu.id] = 0;
  }
}

/** @helper This CPU takes pages, or gives them back when `val` is negative; the account hears of them when they are net.core.mem_pcpu_rsv. */
export function sk_memory_allocated_add(cpu: Cpu, sk: sock, val: number): void {
  const { per_cpu_fw_alloc, knobs } = cpu.host;
  const taken = sk.tcp !== null ? per_cpu_fw_alloc.TCP : per_cpu_fw_alloc.UDP;
  const sum = (taken[cpu.id]! += val);
  if (sum >= knobs.mem_pcpu_rsv! || sum <= -knobs.mem_pcpu_rsv!) proto_memory_pcpu_drain(cpu, sk);
}

/** @helper Only TCP knows pressure. */
function sk_has_memory_pressure(sk: sock): boolean {
  return sk.tcp !== null;
}

/** @helper */
export function sk_under_global_memory_pressure(sk: sock): boolean {
  return sk_has_memory_pressure(sk) && sk.host.tcp_memory_pressure !== 0;
}

export function sk_enter_memory_pressure(cpu: Cpu, sk: sock): void {
  if (sk_has_memory_pressure(sk)) tcp_enter_memory_pressure(cpu);
}

export function sk_leave_memory_pressure(cpu: Cpu, sk: sock): void {
  if (sk_has_memory_pressure(sk)) tcp_leave_memory_pressure(cpu);
}

/** Under pressure a stream socket's send buffer shrinks to half of what it holds. */
export function sk_stream_moderate_sndbuf(_cpu: Cpu, sk: sock): void {
  if ((sk.sk_userlocks & SOCK_SNDBUF_LOCK) !== 0) return;
  const val = Math.min(sk.sk_sndbuf, sk.sk_wmem_queued >> 1);
  sk.sk_sndbuf = Math.max(val, SOCK_MIN_SNDBUF);
}

/** Whether the protocol may take `amt` pages more for `size` bytes of this socket; they are taken if so. */
export function __sk_mem_raise_allocated(cpu: Cpu, sk: sock, size: number, amt: number, kind: number): boolean {
  sk_memory_allocated_add(cpu, sk, amt);
  const allocated = sk_memory_allocated(sk);
  if (allocated <= sk_prot_mem_limits(sk, 0)) {
    sk_leave_memory_pressure(cpu, sk);
    return true;
  }
  if (allocated > sk_prot_mem_limits(sk, 1)) sk_enter_memory_pressure(cpu, sk);
  if (allocated <= sk_prot_mem_limits(sk, 2) && mayRaise(sk, kind)) return true;
  if (kind === SK_MEM_SEND && sk.sk_type === SOCK_STREAM) {
    sk_stream_moderate_sndbuf(cpu, sk);
    if (sk.sk_wmem_queued + size >= sk.sk_sndbuf) return true;
  }
  sk_memory_allocated_add(cpu, sk, -amt);
  return false;
}

/** Below the hard limit: the least buffer is for everyone; under pressure, sockets that hold less than the average may have more. @helper */
function mayRaise(sk: sock, kind: number): boolean {
  if (kind === SK_MEM_RECV) {
    if (sk.sk_rmem_alloc < sk_get_rmem0(sk)) return true;
  } else if (sk.sk_type === SOCK_STREAM) {
    if (sk.sk_wmem_queued < sk_get_wmem0(sk)) return true;
  } else if (sk.sk_wmem_alloc < sk_get_wmem0(sk)) return true;
  if (!sk_has_memory_pressure(sk)) return false;
  if (!sk_under_global_memory_pressure(sk)) return true;
  const alloc = Math.max(0, sk.host.tcp_sockets_allocated);
  return sk_prot_mem_limits(sk, 2) > alloc * sk_mem_pages(sk.sk_wmem_queued + sk.sk_rmem_alloc + sk.sk_forward_alloc);
}

/** What a request for memory failed by, in pages. @helper */
export function memoryValues(sk: sock): Record<string, number> {
  return { memory_allocated: sk_memory_allocated(sk), pressure_limit: sk_prot_mem_limits(sk, 1), hard_limit: sk_prot_mem_limits(sk, 2), memory_pressure: Number(sk_under_global_memory_pressure(sk)) };
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
  sk_memory_allocated_add(cpu, sk, -amount);
  if (sk_under_global_memory_pressure(sk) && sk_memory_allocated(sk) < sk_prot_mem_limits(sk, 0)) sk_leave_memory_pressure(cpu, sk);
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
export function sk_forced_mem_schedule(cpu: Cpu, sk: sock, size: number): void {
  const delta = size - sk.sk_forward_alloc;
  if (delta <= 0) return;
  const amt = sk_mem_pages(delta);
  sk.sk_forward_alloc += amt << PAGE_SHIFT;
  sk_memory_allocated_add(cpu, sk, amt);
}
