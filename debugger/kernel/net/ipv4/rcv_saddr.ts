/** Whether two sockets receive at one address (net/ipv4/inet_connection_sock.c): the same, or one of them at all. */
import { IPV6_ADDR_ANY, IPV6_ADDR_MAPPED, ipv6_addr_type } from '../../include/linux/in6.ts';
import type { In6Addr } from '../../include/linux/in6.ts';
import { AF_INET6 } from '../../include/net/sock.ts';
import type { sock } from '../../include/net/sock.ts';

export function inet_rcv_saddr_equal(sk: sock, sk2: sock): boolean {
  return rcvSaddrEqual(sk, sk2.inet.inet_rcv_saddr, sk2.sk_v6_rcv_saddr, sk2.sk_ipv6only);
}

/** The same with another's addresses, of a socket or of one in TIME-WAIT; `saddr6` null: it is of AF_INET. @helper */
export function rcvSaddrEqual(sk: sock, saddr: number, saddr6: In6Addr | null, ipv6only: boolean): boolean {
  if (sk.sk_family === AF_INET6) return ipv6_rcv_saddr_equal(sk, saddr, saddr6, ipv6only);
  return ipv4_rcv_saddr_equal(sk.inet.inet_rcv_saddr, saddr, ipv6only);
}

function ipv4_rcv_saddr_equal(sk1_rcv_saddr: number, sk2_rcv_saddr: number, sk2_ipv6only: boolean): boolean {
  return !sk2_ipv6only && (sk1_rcv_saddr === sk2_rcv_saddr || sk1_rcv_saddr === 0 || sk2_rcv_saddr === 0);
}

/** :: takes IPv4 too, unless IPV6_V6ONLY says otherwise. */
function ipv6_rcv_saddr_equal(sk: sock, saddr: number, saddr6: In6Addr | null, ipv6only: boolean): boolean {
  const type = ipv6_addr_type(sk.sk_v6_rcv_saddr!);
  const type2 = saddr6 === null ? IPV6_ADDR_MAPPED : ipv6_addr_type(saddr6);
  if (type === IPV6_ADDR_MAPPED && type2 === IPV6_ADDR_MAPPED) return ipv4_rcv_saddr_equal(sk.inet.inet_rcv_saddr, saddr, ipv6only);
  if (type2 === IPV6_ADDR_ANY && !(ipv6only && type === IPV6_ADDR_MAPPED)) return true;
  if (type === IPV6_ADDR_ANY && !(sk.sk_ipv6only && type2 === IPV6_ADDR_MAPPED)) return true;
  return saddr6 !== null && sk.sk_v6_rcv_saddr === saddr6;
}
