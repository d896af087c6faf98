/** Errors for sockets of AF_INET6, and the levels of path MTU discovery (net/ipv6/datagram.c, include/uapi/linux/in6.h). */
import type { Cpu } from '../../../machine/types.ts';
import type { In6Addr } from '../../include/linux/in6.ts';
import type { sock } from '../../include/net/sock.ts';

export const IPV6_PMTUDISC_DONT = 0;
export const IPV6_PMTUDISC_WANT = 1;
export const IPV6_PMTUDISC_DO = 2;
export const IPV6_PMTUDISC_PROBE = 3;
export const IPV6_PMTUDISC_OMIT = 5;

/** This host itself refuses a datagram. Error queues of IPv6 (IPV6_RECVERR) are not modelled: the send's errno tells. */
export function ipv6_local_error(_cpu: Cpu, _sk: sock, _err: number, _daddr: In6Addr, _port: number, _info: number): void {}
