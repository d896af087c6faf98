/** struct inet_peer (include/net/inetpeer.h): what is remembered of a far host, whatever the connection. */
export interface inet_peer {
  daddr: number;
  /** Token bucket of ICMP errors to it, in jiffies. */
  rate_tokens: number;
  rate_last: number;
  /** Redirects that it was sent and did not heed. */
  n_redirects: number;
  /** Counts its fragments. */
  rid: number;
}
