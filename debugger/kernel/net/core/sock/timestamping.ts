/** SO_TIMESTAMP, SO_TIMESTAMPNS and SO_TIMESTAMPING (net/core/sock.c). */
import type { Cpu } from '../../../../machine/types.ts';
import {
  SK_FLAGS_TIMESTAMP, SOCK_RCVTSTAMP, SOCK_RCVTSTAMPNS, SOCK_TIMESTAMP, SOCK_TIMESTAMPING_ANY, SOCK_TIMESTAMPING_RX_SOFTWARE, SOF_TIMESTAMPING_BIND_PHC, SOF_TIMESTAMPING_MASK,
  SOF_TIMESTAMPING_OPT_ID, SOF_TIMESTAMPING_OPT_ID_TCP, SOF_TIMESTAMPING_OPT_STATS, SOF_TIMESTAMPING_OPT_TSONLY, SOF_TIMESTAMPING_RX_SOFTWARE, TSFLAGS_ANY,
} from '../../../include/linux/net_tstamp.ts';
import { SO_TIMESTAMPNS } from '../../../include/linux/socket.ts';
import { TCP_CLOSE, TCP_LISTEN } from '../../../include/net/sock.ts';
import { net_disable_timestamp, net_enable_timestamp } from '../dev/taps.ts';
import type { sock } from '../../../include/net/sock.ts';
import { EINVAL } from '../../../include/uapi/asm-generic/errno.ts';

/** @helper */
export function sock_flag(sk: sock, flag: number): boolean {
  return (sk.sk_flags & flag) !== 0;
}

export function sock_valbool_flag(sk: sock, flag: number, valbool: boolean): void {
  if (valbool) sk.sk_flags |= flag;
  else sk.sk_flags &= ~flag;
}

/** From now on received packets are stamped, for all sockets of the host. */
export function sock_enable_timestamp(cpu: Cpu, sk: sock, flag: number): void {
  if (sock_flag(sk, flag)) return;
  const previous_flags = sk.sk_flags;
  sk.sk_flags |= flag;
  if ((previous_flags & SK_FLAGS_TIMESTAMP) === 0) net_enable_timestamp(cpu);
}

/** ... until the last socket that asked no longer does. */
export function sock_disable_timestamp(cpu: Cpu, sk: sock, flags: number): void {
  if ((sk.sk_flags & flags) === 0) return;
  sk.sk_flags &= ~flags;
  if ((sk.sk_flags & SK_FLAGS_TIMESTAMP) === 0) net_disable_timestamp(cpu);
}

export function sock_set_timestamp(cpu: Cpu, sk: sock, optname: number, valbool: boolean): void {
  sock_valbool_flag(sk, SOCK_RCVTSTAMP, valbool);
  sock_valbool_flag(sk, SOCK_RCVTSTAMPNS, valbool && optname === SO_TIMESTAMPNS);
  if (valbool) sock_enable_timestamp(cpu, sk, SOCK_TIMESTAMP);
}

/** `val`: SOF_TIMESTAMPING_*. OPT_ID begins to count: a stream's bytes from the first that is not acknowledged, or not written (OPT_ID_TCP). */
export function sock_set_timestamping(cpu: Cpu, sk: sock, val: number): number {
  if ((val & ~SOF_TIMESTAMPING_MASK) !== 0) return -EINVAL;
  if ((val & SOF_TIMESTAMPING_OPT_ID_TCP) !== 0 && (val & SOF_TIMESTAMPING_OPT_ID) === 0) return -EINVAL;
  if ((val & SOF_TIMESTAMPING_OPT_ID) !== 0 && (sk.sk_tsflags & SOF_TIMESTAMPING_OPT_ID) === 0) {
    const tp = sk.tcp;
    if (tp !== null && (sk.sk_state === TCP_CLOSE || sk.sk_state === TCP_LISTEN)) return -EINVAL;
    sk.sk_tskey = tp === null ? 0 : (val & SOF_TIMESTAMPING_OPT_ID_TCP) !== 0 ? tp.write_seq : tp.snd_una;
  }
  if ((val & SOF_TIMESTAMPING_OPT_STATS) !== 0 && (val & SOF_TIMESTAMPING_OPT_TSONLY) === 0) return -EINVAL;
  if ((val & SOF_TIMESTAMPING_BIND_PHC) !== 0) return -EINVAL;
  sk.sk_tsflags = val;
  sock_valbool_flag(sk, SOCK_TIMESTAMPING_ANY, (val & TSFLAGS_ANY) !== 0);
  if ((val & SOF_TIMESTAMPING_RX_SOFTWARE) !== 0) sock_enable_timestamp(cpu, sk, SOCK_TIMESTAMPING_RX_SOFTWARE);
  else sock_disable_timestamp(cpu, sk, SOCK_TIMESTAMPING_RX_SOFTWARE);
  return 0;
}
