/** ACKs that ask a suspicious peer to show what it knows, and limits to such answers (RFC 5961; net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { th_flags } from '../../../include/linux/tcp.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCPHDR_SYN } from '../../../include/net/tcp.ts';
import { tcp_accecn_reflector_flags } from '../../../include/net/tcp_ecn.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { tcp_jiffies32 } from '../../../include/net/tcp_inlines/clock.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { __tcp_send_ack } from '../tcp_output/ack.ts';

/** Who remembers when it last answered a segment outside of its window. */
interface answerer { last_oow_ack_time: number }

function __tcp_oow_rate_limited(cpu: Cpu, mib: string, who: answerer): boolean {
  const now = tcp_jiffies32(cpu);
  if (who.last_oow_ack_time !== 0) {
    const elapsed = now - who.last_oow_ack_time;
    if (elapsed >= 0 && elapsed < cpu.host.knobs.sysctl_tcp_invalid_ratelimit!) {
      NET_INC_STATS(cpu, mib);
      return true;
    }
  }
  who.last_oow_ack_time = now;
  return false;
}

/** Data are answered always, other segments once in net.ipv4.tcp_invalid_ratelimit. */
export function tcp_oow_rate_limited(cpu: Cpu, skb: sk_buff, mib: string, who: answerer): boolean {
  const tcb = TCP_SKB_CB(skb);
  if (tcb.seq !== tcb.end_seq && (th_flags(skb) & TCPHDR_SYN) === 0) return false;
  return __tcp_oow_rate_limited(cpu, mib, who);
}

/** An ACK; where it is the handshake's with Accurate ECN, its flags tell the ECN field of the SYN-ACK. */
export function tcp_send_ack_reflect_ect(cpu: Cpu, sk: sock, accecn_reflector: boolean): void {
  const tp = sk.tcp!;
  __tcp_send_ack(cpu, sk, tp.rcv_nxt, accecn_reflector ? tcp_accecn_reflector_flags(tp.accecn.syn_ect_rcv) : 0);
}

/** A challenge ACK, once in a while per connection and so many a second for the host. */
export function tcp_send_challenge_ack(cpu: Cpu, sk: sock, accecn_reflector: boolean): void {
  const tables = cpu.host.tcp_tables;
  if (__tcp_oow_rate_limited(cpu, 'TCPACKSkippedChallenge', sk.tcp!)) return;
  const limit = cpu.host.knobs.sysctl_tcp_challenge_ack_limit!;
  if (limit !== 0x7fffffff) {
    const now = Math.floor(cpu.now / 1_000_000_000) + 1;
    if (now !== tables.challenge_timestamp) {
      tables.challenge_timestamp = now;
      tables.challenge_count = limit;
    }
    if (tables.challenge_count <= 0) return;
    tables.challenge_count--;
  }
  NET_INC_STATS(cpu, 'TCPChallengeACK');
  tcp_send_ack_reflect_ect(cpu, sk, accecn_reflector);
}
