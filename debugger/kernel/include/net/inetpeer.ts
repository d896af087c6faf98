/** What is remembered of a far host, whatever the connection (include/net/inetpeer.h). */
import type { IpAddress } from '../linux/in6.ts';

export interface inet_peer {
  daddr: IpAddress;
  /** Token bucket of ICMP errors to it, in jiffies. */
  rate_tokens: number;
  rate_last: number;
  /** Redirects that it was sent and did not heed. */
  n_redirects: number;
  /** Counts its fragments. */
  rid: number;
}
