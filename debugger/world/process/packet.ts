/** Packet sockets as a scenario calls them: the structs that its calls take and give, and the ring. */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import type { sockaddr_ll, tpacket2_hdr } from '../../kernel/include/linux/if_packet.ts';
import type { Outcome } from './operators.ts';
import { num, simple } from './syscall.ts';
import { createBuffer } from './value.ts';
import type { BufferValue, PacketMreqValue, Program, SockaddrLlValue, TpacketReqValue, Value } from './value.ts';

const MAC = /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i;

/** The number of the device that `device` names, or null. */
function ifindexOf(cpu: Cpu, device: Value): number | null {
  if (typeof device !== 'string') return num(device);
  return cpu.host.devices.find((dev) => dev.name === device)?.ifindex ?? null;
}

/** Device, protocol and, to send without a header of one's own, the receiver's address. */
export function* makeSockaddrLl(cpu: Cpu, _program: Program, a: readonly Value[]): Resumable<Outcome> {
  const sll_ifindex = ifindexOf(cpu, a[0]!);
  if (sll_ifindex === null) return { failure: `no device is called ${a[0]}` };
  const address = a[2] === undefined ? '' : String(a[2]);
  if (address !== '' && !MAC.test(address)) return { failure: `'${address}' is no MAC address: ff:ff:ff:ff:ff:ff` };
  const sll_addr = address === '' ? [] : address.split(':').map((byte) => parseInt(byte, 16));
  return { kind: 'sockaddr_ll', sll_protocol: num(a[1]), sll_ifindex, sll_hatype: 0, sll_pkttype: 0, sll_halen: sll_addr.length, sll_addr } satisfies SockaddrLlValue;
}

export function* makeTpacketReq(_cpu: Cpu, _program: Program, a: readonly Value[]): Resumable<Outcome> {
  return {
    kind: 'tpacket_req', tp_block_size: num(a[0]), tp_block_nr: num(a[1]), tp_frame_size: num(a[2]), tp_frame_nr: num(a[3]),
  } satisfies TpacketReqValue;
}

export function* makePacketMreq(cpu: Cpu, _program: Program, a: readonly Value[]): Resumable<Outcome> {
  const mr_ifindex = ifindexOf(cpu, a[0]!);
  if (mr_ifindex === null) return { failure: `no device is called ${a[0]}` };
  return { kind: 'packet_mreq', mr_ifindex, mr_type: num(a[1]), mr_alen: 0, mr_address: [] } satisfies PacketMreqValue;
}

/** The ring's frames, shared with the kernel, as a list. */
export function* mmap(cpu: Cpu, program: Program, a: readonly Value[]): Resumable<Outcome> {
  const area: tpacket2_hdr[] = [];
  const ret = yield* simple(cpu, program, 'mmap', [num(a[0]), area]);
  return typeof ret === 'number' && ret < 0 ? ret : { kind: 'list', items: area };
}

/** What C writes as `frame->tp_status = status`. */
export function* TP_SET_STATUS(_cpu: Cpu, _program: Program, a: readonly Value[]): Resumable<Outcome> {
  (a[0] as tpacket2_hdr).tp_status = num(a[1]);
  return 0;
}

/** The packet that a frame of the ring holds, as recvfrom would have given it. */
export function frameData(frame: tpacket2_hdr): BufferValue {
  const buffer = createBuffer(frame.data, frame.data.length);
  if (frame.lineage !== null) buffer.lineage = [frame.lineage];
  if (frame.sll !== null) buffer.from = addressValue(frame.sll);
  return buffer;
}

export function addressValue(ll: sockaddr_ll): SockaddrLlValue {
  return { kind: 'sockaddr_ll', ...ll };
}
