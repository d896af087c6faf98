/** Peers without SACK: duplicate ACKs are counted as if each told of a segment (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sock } from '../../../include/net/sock.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { tcp_ecn_mode_rfc3168 } from '../../../include/net/tcp_ecn.ts';
import { tcp_count_delivered_ce } from './accecn.ts';

/** More segments have arrived. */
export function tcp_count_delivered(cpu: Cpu, tp: tcp_sock, delivered: number, ece_ack: boolean): void {
  tp.delivered += delivered;
  if (ece_ack && tcp_ecn_mode_rfc3168(tp)) tcp_count_delivered_ce(cpu, tp, delivered);
}

/** No more may be sacked than is outstanding less what is lost; true when that had to be enforced. */
export function tcp_limit_reno_sacked(_cpu: Cpu, tp: tcp_sock): boolean {
  const holes = Math.min(Math.max(tp.lost_out, 1), tp.packets_out);
  if (tp.sacked_out + holes <= tp.packets_out) return false;
  tp.sacked_out = tp.packets_out - holes;
  return true;
}

/** More duplicates than segments: the network has reordered. */
function tcp_check_reno_reordering(cpu: Cpu, sk: sock, addend: number): void {
  const tp = sk.tcp!;
  if (!tcp_limit_reno_sacked(cpu, tp)) return;
  tp.reordering = Math.min(tp.packets_out + addend, cpu.host.knobs.sysctl_tcp_max_reordering!);
  tp.reord_seen++;
  NET_INC_STATS(cpu, 'TCPRenoReorder');
}

export function tcp_add_reno_sack(cpu: Cpu, sk: sock, num_dupack: number, ece_ack: boolean): void {
  if (num_dupack === 0) return;
  const tp = sk.tcp!;
  const prior_sacked = tp.sacked_out;
  tp.sacked_out += num_dupack;
  tcp_check_reno_reordering(cpu, sk, 0);
  const delivered = tp.sacked_out - prior_sacked;
  if (delivered > 0) tcp_count_delivered(cpu, tp, delivered, ece_ack);
}

/** An ACK covers `acked` segments: some of them had been counted as sacked. */
export function tcp_remove_reno_sacks(cpu: Cpu, sk: sock, acked: number, ece_ack: boolean): void {
  const tp = sk.tcp!;
  if (acked > 0) {
    tcp_count_delivered(cpu, tp, Math.max(acked - tp.sacked_out, 1), ece_ack);
    tp.sacked_out = acked - 1 >= tp.sacked_out ? 0 : tp.sacked_out - (acked - 1);
  }
  tcp_check_reno_reordering(cpu, sk, acked);
}

export function tcp_reset_reno_sack(_cpu: Cpu, tp: tcp_sock): void {
  tp.sacked_out = 0;
}
