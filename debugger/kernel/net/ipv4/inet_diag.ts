/** SOCK_DESTROY, as `ss -K` asks for it (net/core/sock_diag.c, net/ipv4/inet_diag.c, tcp_diag.c, udp_diag.c). Reading sockets is the inspector's. */
import type { Resumable } from '../../../machine/frames.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { IPPROTO_TCP, IPPROTO_UDP } from '../../include/net/sock.ts';
import type { sock } from '../../include/net/sock.ts';
import { ECONNABORTED, ENOENT, ESTALE } from '../../include/uapi/asm-generic/errno.ts';
import { __inet_lookup_established, __inet_lookup_listener } from './inet_hashtables.ts';
import type { AnySock } from './inet_hashtables.ts';
import { tcp_abort } from './tcp/abort.ts';
import { udp_abort } from './udp/abort.ts';
import { __udp4_lib_lookup } from './udp/lookup.ts';

/** struct inet_diag_sockid: which socket; without a peer a listener, or a datagram socket that is not connected. `idiag_if` 0: of any device. */
export interface inet_diag_sockid { idiag_src: number; idiag_sport: number; idiag_dst: number; idiag_dport: number; idiag_if: number }

/** @helper What the request of a netlink socket comes to; 0 or a negative errno. */
export function* sockDestroy(cpu: Cpu, sdiag_protocol: number, id: inet_diag_sockid): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  return yield* inet_diag_cmd_exact(cpu, sdiag_protocol, id);
}

export function* inet_diag_cmd_exact(cpu: Cpu, sdiag_protocol: number, id: inet_diag_sockid): Resumable<number> {
  if (sdiag_protocol === IPPROTO_TCP) return yield* tcp_diag_destroy(cpu, id);
  if (sdiag_protocol === IPPROTO_UDP) return yield* udp_diag_destroy(cpu, id);
  return -ENOENT;
}

/** A connection, a request or TIME-WAIT with these addresses, else a listener. */
function inet_diag_find_one_icsk(cpu: Cpu, { idiag_src, idiag_sport, idiag_dst, idiag_dport, idiag_if }: inet_diag_sockid): AnySock | null {
  return __inet_lookup_established(cpu, idiag_dst, idiag_dport, idiag_src, idiag_sport)
    ?? __inet_lookup_listener(cpu, idiag_dst, idiag_dport, idiag_src, idiag_sport, idiag_if);
}

/** Whether the look-up found the socket that `ss` has listed, and not a listener, or an unconnected socket, that would take its packets too: 0 or -ESTALE. */
function sock_diag_check_cookie(sk: sock, id: inet_diag_sockid): number {
  return sk.inet.inet_daddr === id.idiag_dst && sk.inet.inet_dport === id.idiag_dport ? 0 : -ESTALE;
}

function* tcp_diag_destroy(cpu: Cpu, id: inet_diag_sockid): Resumable<number> {
  const sk = inet_diag_find_one_icsk(cpu, id);
  if (sk === null || ('inet' in sk && sock_diag_check_cookie(sk, id) !== 0)) return -ENOENT;
  return yield* tcp_abort(cpu, sk, ECONNABORTED);
}

function* udp_diag_destroy(cpu: Cpu, id: inet_diag_sockid): Resumable<number> {
  const sk = __udp4_lib_lookup(cpu, id.idiag_dst, id.idiag_dport, id.idiag_src, id.idiag_sport, id.idiag_if);
  if (sk === null || sock_diag_check_cookie(sk, id) !== 0) return -ENOENT;
  return yield* udp_abort(cpu, sk, ECONNABORTED);
}
