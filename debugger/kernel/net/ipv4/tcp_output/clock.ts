/** A socket's clocks, refreshed once for each thing it does (net/ipv4/tcp_output.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';

/** Takes the time: all that this socket does until the next call happens, for TCP, at that moment. */
export function tcp_mstamp_refresh(cpu: Cpu, tp: tcp_sock): void {
  tp.tcp_clock_cache = cpu.now;
  tp.tcp_mstamp = Math.floor(cpu.now / 1000);
}
