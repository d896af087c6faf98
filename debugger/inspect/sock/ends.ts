/** Addresses of a socket's two ends: of AF_INET6 those of IPv6, where an IPv4 one stands as ::ffff:a.b.c.d. */
import type { IpAddress } from '../../../server/language/in6Addr.ts';
import type { sock } from '../../kernel/include/net/sock.ts';

export const ownAddress = (sk: sock): IpAddress => sk.sk_v6_rcv_saddr ?? sk.inet.inet_rcv_saddr;
export const farAddress = (sk: sock): IpAddress => sk.sk_v6_daddr ?? sk.inet.inet_daddr;
