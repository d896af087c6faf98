/** The callbacks of struct sock by name: sk_data_ready, sk_write_space, sk_state_change, sk_error_report, sk_backlog_rcv, sk_destruct (include/net/sock.h). */
import { inet6_sock_destruct } from '../ipv6/af_inet6.ts';
import { tcp6_destruct_sock } from '../ipv6/tcp_ipv6/init.ts';
import { tcp_v6_do_rcv } from '../ipv6/tcp_ipv6/rcv.ts';
import { udpv6_destruct_sock } from '../ipv6/udp/proto.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import type { sock } from '../../include/net/sock.ts';
import { TCP_DEFERRED_ALL } from '../../include/net/tcp.ts';
import { tcp_v4_do_rcv } from '../ipv4/tcp_ipv4.ts';
import { tcp4_destruct_sock } from '../ipv4/tcp_ipv4/init.ts';
import { tcp_release_cb } from '../ipv4/tcp_output/tsq.ts';
import { udp_destruct_sock } from '../ipv4/udp/proto.ts';
import { packet_sock_destruct } from '../packet/af_packet/create.ts';
import { sock_def_error_report, sock_def_readable, sock_def_wakeup, sock_def_write_space } from './sock/callbacks.ts';
import { inet_sock_destruct, sock_def_destruct } from './sock/create.ts';
import { sk_stream_write_space } from './stream.ts';

const callbacks = {
  sock_def_wakeup, sock_def_readable, sock_def_write_space, sock_def_error_report, sk_stream_write_space,
} satisfies Record<string, (cpu: Cpu, sk: sock) => void>;
type Callback = keyof typeof callbacks;

const destructs = { sock_def_destruct, inet_sock_destruct, tcp4_destruct_sock, udp_destruct_sock, inet6_sock_destruct, tcp6_destruct_sock, udpv6_destruct_sock, packet_sock_destruct } satisfies Record<string, (cpu: Cpu, sk: sock) => void>;

const backlog_receivers = { tcp_v4_do_rcv, tcp_v6_do_rcv } satisfies Record<string, (cpu: Cpu, sk: sock, skb: sk_buff) => unknown>;

/** @helper sk->sk_data_ready(sk) */
export function skDataReady(cpu: Cpu, sk: sock): void {
  callbacks[sk.sk_data_ready as Callback](cpu, sk);
}

/** @helper sk->sk_write_space(sk) */
export function skWriteSpace(cpu: Cpu, sk: sock): void {
  callbacks[sk.sk_write_space as Callback](cpu, sk);
}

/** @helper sk->sk_state_change(sk) */
export function skStateChange(cpu: Cpu, sk: sock): void {
  callbacks[sk.sk_state_change as Callback](cpu, sk);
}

/** @helper sk->sk_error_report(sk) */
export function skErrorReport(cpu: Cpu, sk: sock): void {
  callbacks[sk.sk_error_report as Callback](cpu, sk);
}

/** @helper sk->sk_destruct(sk) */
export function skDestruct(cpu: Cpu, sk: sock): void {
  destructs[sk.sk_destruct as keyof typeof destructs](cpu, sk);
}

/** A packet that had to wait for the socket's owner. */
export function sk_backlog_rcv(cpu: Cpu, sk: sock, skb: sk_buff): void {
  backlog_receivers[sk.sk_backlog_rcv as keyof typeof backlog_receivers](cpu, sk, skb);
}

/** @helper sk->sk_prot->release_cb(sk), when TCP put something off while the socket was owned. */
export function releaseCb(cpu: Cpu, sk: sock): void {
  if ((sk.sk_tsq_flags & TCP_DEFERRED_ALL) !== 0) tcp_release_cb(cpu, sk);
}
