/** Traffic from outside the programs: sources on the wires. */
import type { IpAddress } from '../../server/language/in6Addr.ts';
import type { net_device } from '../kernel/include/linux/netdevice.ts';
import type { Scenario, TrafficSpec } from '../../server/language/scenario.ts';
import { schedule_event } from '../machine/event_queue.ts';
import type { Nic } from '../machine/nic.ts';
import { sums_right } from '../machine/nic_offload.ts';
import type { TrafficSource } from '../machine/traffic.ts';
import type { Host, World } from '../machine/types.ts';
import { RX_HEADROOM } from '../machine/wire.ts';
import { portAndChecksum, segmentFrame } from './frame_bytes.ts';

/** MAC of a sender that is no machine of the scenario. */
const OUTSIDER = [0x02, 0, 0, 0, 0, 0x99];

export function buildTraffic(world: World, scenario: Scenario): void {
  for (const spec of scenario.traffic) {
    const host = world.hosts.find((each) => each.name === spec.to.host)!;
    const nic = nicOf(host, spec.to.nic);
    if (nic === null || spec.count <= 0) continue;
    schedule_event(host.hardware, spec.from, 'traffic_source', trafficSource(spec, nic), null);
  }
}

function nicOf(host: Host, name: string): Nic | null {
  const dev = host.devices.find((each) => each.name === name);
  return dev?.netdev_ops === 'igb' ? (dev.priv.nic as Nic) : null;
}

function trafficSource(spec: TrafficSpec, nic: Nic): TrafficSource {
  const { bytes, length } = templateOf(spec, nic);
  const frame = spec.frame;
  const moving = frame.kind !== 'bytes' && frame.ends.upwards ? portAndChecksum(frame) : null;
  return { every: spec.every, left: spec.count, nic, moving, template: bytes, headroom: RX_HEADROOM, length, checksum: sums_right(bytes, RX_HEADROOM, length) ? 'right' : 'wrong', line: spec.span.line, sent: 0 };
}

function templateOf(spec: TrafficSpec, nic: Nic): { bytes: Uint8Array; length: number } {
  const frame = spec.frame;
  if (frame.kind === 'bytes') {
    const bytes = new Uint8Array(RX_HEADROOM + Math.max(frame.bytes.length, 60));
    bytes.set(frame.bytes, RX_HEADROOM);
    return { bytes, length: Math.max(frame.bytes.length, 60) };
  }
  return segmentFrame(frame, { source: senderMac(nic, frame.ends.source), destination: nic.mac }, RX_HEADROOM);
}

/** The far end's own MAC when the address is its own: the frames then look as if that machine had sent them. */
function senderMac(nic: Nic, source: IpAddress): readonly number[] {
  const far = nic.wire?.ends.find((each) => each !== nic);
  const owns = far?.host.devices.some((dev) => holds(dev, source));
  return far !== undefined && owns === true ? far.mac : OUTSIDER;
}

function holds({ ip_ptr, ip6_ptr }: net_device, address: IpAddress): boolean {
  return ip_ptr.ifa_list.some((each) => each.ifa_local === address) || (ip6_ptr?.addr_list.some((each) => each.addr === address) ?? false);
}
