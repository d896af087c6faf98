/** TIME-WAIT (net/ipv4/inet_timewait_sock.c): what is left of a connection, so that late segments do no harm. */
import type { Cpu } from '../../../machine/types.ts';
import type { timer_list } from '../../include/linux/timer.ts';
import { TCP_TIME_WAIT } from '../../include/net/sock.ts';
import type { sock } from '../../include/net/sock.ts';
import type { inet_timewait_sock } from '../../include/net/tcp_sock.ts';
import { NET_INC_STATS } from '../../include/net/snmp.ts';
import { jiffies, mod_timer, timer_delete, timer_pending, timer_setup } from '../../kernel/time/timer.ts';
import { inet_bind_bucket_destroy } from './inet_connection_sock/port.ts';
import { hashTimewait, removeEntry } from './inet_hashtables.ts';

const HZ = 250;

/** The small sock that takes the place of `sk`; null when there are too many. */
export function inet_twsk_alloc(cpu: Cpu, sk: sock, state: number): inet_timewait_sock | null {
  const tables = cpu.host.tcp_tables;
  if (tables.tw_count >= cpu.host.knobs.sysctl_tcp_max_tw_buckets!) return null;
  tables.tw_count++;
  const inet = sk.inet;
  const tw: inet_timewait_sock = {
    id: cpu.world.next_id++, sk_state: TCP_TIME_WAIT, host: cpu.host, tw_substate: state, tw_rcv_wscale: 0, tw_sport: inet.inet_sport, tw_num: inet.inet_num,
    tw_dport: inet.inet_dport, tw_daddr: inet.inet_daddr, tw_rcv_saddr: inet.inet_rcv_saddr, tw_bound_dev_if: sk.sk_bound_dev_if, tw_mark: sk.sk_mark,
    tw_reuse: sk.sk_reuse, tw_reuseport: sk.sk_reuseport, tw_priority: sk.sk_priority, tw_tos: inet.tos, tw_txhash: sk.sk_txhash, tw_entry_stamp: 0, tw_timer: timer_setup('tw_timer_handler', null), tw_tb: null,
    tw_rcv_wnd: 0, tw_ts_offset: 0, tw_ts_recent: 0, tw_last_oow_ack_time: 0, tw_ts_recent_stamp: 0, tw_rcv_nxt: 0, tw_snd_nxt: 0, tw_md5_key: null, tw_v6_daddr: sk.sk_v6_daddr, tw_v6_rcv_saddr: sk.sk_v6_rcv_saddr, tw_ipv6only: sk.sk_ipv6only, hashed: null,
  };
  tw.tw_timer.data = tw;
  return tw;
}

/** Takes the place of `sk` in both tables and starts its time. */
export function inet_twsk_hashdance_schedule(cpu: Cpu, tw: inet_timewait_sock, sk: sock, timeo: number): void {
  const tb = sk.icsk!.icsk_bind_hash;
  tw.tw_tb = tb;
  if (tb !== null) tb.tw.push(tw);
  hashTimewait(cpu, tw, sk);
  __inet_twsk_schedule(cpu, tw, timeo, false);
}

/** Starts its time, or with `rearm` starts it again, unless it is already over. */
export function __inet_twsk_schedule(cpu: Cpu, tw: inet_timewait_sock, timeo: number, rearm: boolean): void {
  if (rearm) {
    if (timer_pending(tw.tw_timer)) mod_timer(cpu, tw.tw_timer, jiffies(cpu) + timeo);
    return;
  }
  NET_INC_STATS(cpu, timeo <= 4 * HZ ? 'TWKilled' : 'TW');
  mod_timer(cpu, tw.tw_timer, jiffies(cpu) + timeo);
}

export function inet_twsk_reschedule(cpu: Cpu, tw: inet_timewait_sock, timeo: number): void {
  __inet_twsk_schedule(cpu, tw, timeo, true);
}

/** Its time is up. */
export function tw_timer_handler(cpu: Cpu, timer: timer_list): void {
  inet_twsk_kill(cpu, timer.data as inet_timewait_sock);
}

/** Out of both tables. */
export function inet_twsk_kill(cpu: Cpu, tw: inet_timewait_sock): void {
  const tables = cpu.host.tcp_tables;
  if (tw.hashed !== null && tw.hashed.tw === tw) removeEntry(cpu, tw.hashed);
  tw.hashed = null;
  tables.tw_count--;
  const tb = tw.tw_tb;
  tw.tw_tb = null;
  if (tb === null) return;
  const at = tb.tw.indexOf(tw);
  if (at >= 0) tb.tw.splice(at, 1);
  inet_bind_bucket_destroy(cpu, tb);
}

/** Ends it before its time. */
export function inet_twsk_deschedule_put(cpu: Cpu, tw: inet_timewait_sock): void {
  if (timer_delete(cpu, tw.tw_timer)) inet_twsk_kill(cpu, tw);
}
