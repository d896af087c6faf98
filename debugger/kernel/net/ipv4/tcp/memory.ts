/** TCP short of memory: tcp_mem's second limit was passed, and less than the first is not reached yet (net/ipv4/tcp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { NET_ADD_STATS, NET_INC_STATS } from '../../../include/net/snmp.ts';
import type { sock } from '../../../include/net/sock.ts';
import { jiffies_to_msecs } from '../../../kernel/time/jiffies.ts';
import { jiffies } from '../../../kernel/time/timer.ts';
import { SOCK_MIN_SNDBUF } from '../../core/sock/options.ts';
import { sk_memory_allocated } from '../../core/sock/memory.ts';
import { tcp_too_many_orphans } from './orphan.ts';

/** From now on TCP is under pressure; tcp_memory_pressure is since when, in jiffies. */
export function tcp_enter_memory_pressure(cpu: Cpu): void {
  if (cpu.host.tcp_memory_pressure !== 0) return;
  cpu.host.tcp_memory_pressure = jiffies(cpu) || -1;
  NET_INC_STATS(cpu, 'TCPMemoryPressures');
}

export function tcp_leave_memory_pressure(cpu: Cpu): void {
  const val = cpu.host.tcp_memory_pressure;
  if (val === 0) return;
  cpu.host.tcp_memory_pressure = 0;
  NET_ADD_STATS(cpu, 'TCPMemoryPressuresChrono', jiffies_to_msecs(jiffies(cpu) - val));
}

/** This socket has more to send than the least, and all of them hold more than the hard limit. */
function tcp_out_of_memory(cpu: Cpu, sk: sock): boolean {
  return sk.sk_wmem_queued > SOCK_MIN_SNDBUF && sk_memory_allocated(sk) > cpu.host.knobs.sysctl_tcp_mem_2!;
}

/** Whether orphans or their memory are too many. */
export function tcp_check_oom(cpu: Cpu, sk: sock, shift: number): boolean {
  return tcp_too_many_orphans(cpu, shift) || tcp_out_of_memory(cpu, sk);
}
