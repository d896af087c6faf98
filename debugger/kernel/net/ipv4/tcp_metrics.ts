/** What a host remembers of those that it has been connected to (net/ipv4/tcp_metrics.c): the model keeps what Fast Open needs. */
import type { Cpu } from '../../../machine/types.ts';
import type { sock } from '../../include/net/sock.ts';
import { createFastopenCookie } from '../../include/net/tcp_fastopen.ts';
import type { tcp_fastopen_cookie, tcp_metrics_block } from '../../include/net/tcp_fastopen.ts';
import { jiffies } from '../../kernel/time/jiffies.ts';

/** Blocks that are kept; the oldest goes first (there: five of a hash bucket). */
const TCP_METRICS_MAX = 1024;

/** The block of the socket's two addresses; `create`: one is made if there is none. */
function tcp_get_metrics(cpu: Cpu, sk: sock, create: boolean): tcp_metrics_block | null {
  const { inet_saddr: saddr, inet_daddr: daddr } = sk.inet;
  const blocks = cpu.host.tfo.tcp_metrics;
  for (const each of blocks) if (each.daddr === daddr && each.saddr === saddr) return each;
  return create ? tcpm_new(cpu, blocks, saddr, daddr) : null;
}

function tcpm_new(cpu: Cpu, blocks: tcp_metrics_block[], saddr: number, daddr: number): tcp_metrics_block {
  const tm: tcp_metrics_block = { saddr, daddr, stamp: jiffies(cpu), mss: 0, syn_loss: 0, try_exp: 0, last_syn_loss: 0, cookie: createFastopenCookie(0) };
  if (blocks.length >= TCP_METRICS_MAX) blocks.shift();
  blocks.push(tm);
  return tm;
}

/** Puts the server's cookie into `cookie`; answers its MSS, `mss` when that is not known. */
export function tcp_fastopen_cache_get(cpu: Cpu, sk: sock, mss: number, cookie: tcp_fastopen_cookie): number {
  const tm = tcp_get_metrics(cpu, sk, false);
  if (tm === null) return mss;
  cookie.len = tm.cookie.len;
  cookie.val = tm.cookie.val;
  cookie.exp = tm.cookie.exp || (tm.cookie.len <= 0 && tm.try_exp === 1);
  return tm.mss !== 0 ? tm.mss : mss;
}

/** What a SYN-ACK told. `try_exp`: 1 ask for the experimental option next time, 2 no more. */
export function tcp_fastopen_cache_set(cpu: Cpu, sk: sock, mss: number, cookie: tcp_fastopen_cookie, syn_lost: boolean, try_exp: number): void {
  if (sk.sk_dst_cache === null) return;
  const tm = tcp_get_metrics(cpu, sk, true)!;
  if (mss !== 0) tm.mss = mss;
  if (cookie.len > 0) tm.cookie = cookie;
  else if (try_exp > tm.try_exp && tm.cookie.len <= 0 && !tm.cookie.exp) tm.try_exp = try_exp;
  tm.syn_loss = syn_lost ? tm.syn_loss + 1 : 0;
  if (syn_lost) tm.last_syn_loss = jiffies(cpu);
}
