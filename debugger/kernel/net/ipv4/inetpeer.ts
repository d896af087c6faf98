/** What a host remembers of others (net/ipv4/inetpeer.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { IpAddress } from '../../include/linux/in6.ts';
import type { inet_peer } from '../../include/net/inetpeer.ts';
import { HZ, jiffies } from '../../kernel/time/jiffies.ts';

const XRLIM_BURST_FACTOR = 6;
const PEERS_MAX = 4096;

/** The entry of `daddr`, made at the first question. */
export function inet_getpeer(cpu: Cpu, daddr: IpAddress): inet_peer {
  const peers = cpu.host.inet_peers;
  for (const peer of peers) if (peer.daddr === daddr) return peer;
  const peer: inet_peer = { daddr, rate_tokens: 0, rate_last: jiffies(cpu) - 60 * HZ, n_redirects: 0, rid: 0 };
  if (peers.length >= PEERS_MAX) peers.shift();
  peers.push(peer);
  return peer;
}

/** Token bucket: one message every `timeout` jiffies, six at once. */
export function inet_peer_xrlim_allow(cpu: Cpu, peer: inet_peer, timeout: number): boolean {
  const now = jiffies(cpu);
  let token = peer.rate_tokens;
  if (now !== peer.rate_last) {
    token = Math.min(token + now - peer.rate_last, XRLIM_BURST_FACTOR * timeout);
    peer.rate_last = now;
  }
  const allowed = token >= timeout;
  peer.rate_tokens = allowed ? token - timeout : token;
  return allowed;
}
