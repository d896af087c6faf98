/** Structs that socket options take, as a scenario makes them. */
import type { IpAddress } from '../../../server/language/in6Addr.ts';
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import type { packet_mreq, tpacket_req } from '../../kernel/include/linux/if_packet.ts';
import type { tcp_md5sig } from '../../kernel/include/net/tcp_md5.ts';
import type { Outcome } from './operators.ts';
import { num } from './syscall.ts';
import type { Program, TcpMd5sigValue, Value } from './value.ts';

/** Peer, key, and how much of the peer's address counts. */
export function* makeTcpMd5sig(_cpu: Cpu, _program: Program, a: readonly Value[]): Resumable<Outcome> {
  const peer = a[0]!;
  const tcpm_addr: IpAddress = typeof peer === 'object' && peer !== null && peer.kind === 'endpoint' ? peer.address : num(peer);
  if (typeof tcpm_addr === 'string') return { failure: 'TCP_MD5SIG is modelled for IPv4 only' };
  return { kind: 'tcp_md5sig', tcpm_addr, tcpm_prefixlen: a[2] === undefined ? 32 : num(a[2]), tcpm_key: String(a[1]) } satisfies TcpMd5sigValue;
}

const OPTION_STRUCTS: readonly string[] = ['tpacket_req', 'packet_mreq', 'tcp_md5sig'];

/** The struct of the kernel in a value of the scenario; null for a value that is none. */
export function optionRecord(value: Value | undefined): tpacket_req | packet_mreq | tcp_md5sig | null {
  return typeof value === 'object' && value !== null && OPTION_STRUCTS.includes(value.kind) ? (value as tpacket_req | packet_mreq | tcp_md5sig) : null;
}
