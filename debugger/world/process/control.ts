/** Control messages: as a scenario makes them for sendmsg, and as it reads those that recvmsg brought. */
import type { IpAddress } from '../../../server/language/in6Addr.ts';
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import type { in6_pktinfo, in_pktinfo } from '../../kernel/include/linux/sock_skb_cb.ts';
import { IPV6_HOPLIMIT, IPV6_PKTINFO, IPV6_TCLASS, IP_ORIGDSTADDR, IP_PKTINFO, IP_TOS, IP_TTL, SOL_IP, SOL_IPV6, SOL_SOCKET, SO_RXQ_OVFL } from '../../kernel/include/linux/socket.ts';
import type { sockaddr_in } from '../../kernel/include/linux/socket.ts';
import type { cmsghdr } from '../../kernel/include/net/sock.ts';
import type { Outcome } from './operators.ts';
import { num } from './syscall.ts';
import { typeOf } from './value.ts';
import type { CmsgValue, EndpointValue, PktinfoValue, Program, Value } from './value.ts';

/** Level, type and data. */
export function* makeCmsg(_cpu: Cpu, _program: Program, a: readonly Value[]): Resumable<Outcome> {
  const value = a[2]!;
  const isPktinfo = typeof value === 'object' && value !== null && value.kind === 'in_pktinfo';
  const data = isPktinfo ? { ipi_ifindex: value.ipi_ifindex, ipi_spec_dst: value.ipi_spec_dst, ipi_addr: value.ipi_addr } : num(value);
  return { kind: 'cmsg', cmsg_level: num(a[0]), cmsg_type: num(a[1]), data } satisfies CmsgValue;
}

/** A device, by name or number, and the own address. */
export function* makeInPktinfo(cpu: Cpu, _program: Program, a: readonly Value[]): Resumable<Outcome> {
  const device = a[0]!;
  const ipi_ifindex = typeof device === 'string' ? (cpu.host.devices.find((dev) => dev.name === device)?.ifindex ?? -1) : num(device);
  if (ipi_ifindex < 0) return { failure: `no device is called ${String(device)}` };
  const address = a[1]!;
  const ipi_spec_dst: IpAddress = typeof address === 'object' && address !== null && address.kind === 'endpoint' ? address.address : num(address);
  if (typeof ipi_spec_dst === 'string') return { failure: 'the address of in_pktinfo is of IPv4' };
  return { kind: 'in_pktinfo', ipi_ifindex, ipi_spec_dst, ipi_addr: 0 } satisfies PktinfoValue;
}

/** The kernel's list of a scenario's; what is wrong with it, in words; null for none. */
export function controlOf(value: Value | undefined): cmsghdr[] | string | null {
  if (typeof value !== 'object' || value === null || value.kind !== 'list' || value.items.length === 0) return null;
  const control: cmsghdr[] = [];
  for (const item of value.items) {
    if (typeof item !== 'object' || item === null || item.kind !== 'cmsg') return `'control' is a list of cmsg(level, type, data), not of ${typeOf(item)}`;
    control.push({ cmsg_level: item.cmsg_level, cmsg_type: item.cmsg_type, data: item.data });
  }
  return control;
}

/** Members of a received buffer that are control messages. */
const CONTROL_MEMBERS: Readonly<Record<string, readonly [level: number, type: number]>> = {
  ttl: [SOL_IP, IP_TTL], tos: [SOL_IP, IP_TOS], pktinfo: [SOL_IP, IP_PKTINFO], origdstaddr: [SOL_IP, IP_ORIGDSTADDR],
  hoplimit: [SOL_IPV6, IPV6_HOPLIMIT], tclass: [SOL_IPV6, IPV6_TCLASS], pktinfo6: [SOL_IPV6, IPV6_PKTINFO], rxq_ovfl: [SOL_SOCKET, SO_RXQ_OVFL],
};

export function isControl(name: string): boolean {
  return Object.hasOwn(CONTROL_MEMBERS, name);
}

/** The message that the member stands for, null when it did not come. */
export function controlValue(control: readonly cmsghdr[] | null, name: string): Value {
  const [level, type] = CONTROL_MEMBERS[name]!;
  const cmsg = control?.find((each) => each.cmsg_level === level && each.cmsg_type === type);
  if (cmsg === undefined) return null;
  const { data } = cmsg;
  if (typeof data === 'number') return data;
  if (name === 'pktinfo6') return endpoint((data as in6_pktinfo).ipi6_addr, 0);
  return name === 'pktinfo' ? { kind: 'in_pktinfo', ...(data as in_pktinfo) } : endpoint((data as sockaddr_in).addr, (data as sockaddr_in).port);
}

function endpoint(address: IpAddress, port: number): EndpointValue {
  return { kind: 'endpoint', address, port };
}
