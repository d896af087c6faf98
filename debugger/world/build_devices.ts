/** Devices and wires: loopback first, then the NICs and veth ends in the scenario's order. */
import type { BridgeSpec, LinkSpec, LossSpec, NicSpec, Scenario, VethEndSpec } from '../../server/language/scenario.ts';
import { plan_cuts } from '../machine/cable.ts';
import type { Cable } from '../machine/cable.ts';
import { FOREVER } from '../machine/event_queue.ts';
import type { Nic } from '../machine/nic.ts';
import { seed_of } from '../machine/random.ts';
import type { Host, World } from '../machine/types.ts';
import type { Wire, WireDirection } from '../machine/wire.ts';
import { igb_probe } from '../kernel/drivers/net/ethernet/intel/igb/igb_probe.ts';
import type { IgbSetup } from '../kernel/drivers/net/ethernet/intel/igb/igb_probe.ts';
import { loopback_net_init } from '../kernel/drivers/net/loopback_init.ts';
import { veth_newlink } from '../kernel/drivers/net/veth_newlink.ts';
import type { VethEnd } from '../kernel/drivers/net/veth_newlink.ts';
import { nsecs_to_jiffies } from '../kernel/kernel/time/jiffies.ts';
import { br_add_bridge, br_add_if, br_stp_recalculate_bridge_id } from '../kernel/net/bridge/br_if.ts';
import type { net_bridge } from '../kernel/net/bridge/br_private.ts';
import { inetdev_init } from '../kernel/net/ipv4/devinet.ts';

const ETH_DATA_LEN = 1500;
const IGB_RING = 256;
const IGB_MAX_QUEUES = 8;
/** The driver's own: dynamic, conservative. */
const IGB_DYNAMIC_ITR = 3;
const TX_QUEUE_LEN = 1000;

/** Hands out locally administered MAC addresses in the scenario's order. */
interface MacNumbers { next: number }

export function buildDevices(world: World, scenario: Scenario): void {
  const macs: MacNumbers = { next: 1 };
  scenario.hosts.forEach((spec, i) => {
    const host = world.hosts[i]!;
    loopback_net_init(host, inetdev_init(host, 'lo'));
    for (const nic of spec.nics) addNic(host, nic, macs);
  });
  for (const veth of scenario.veths) veth_newlink(vethEnd(world, veth.ends[0], macs), vethEnd(world, veth.ends[1], macs));
  for (const [i, spec] of scenario.hosts.entries()) for (const bridge of spec.bridges) addBridge(world.hosts[i]!, bridge, macs);
  for (const link of scenario.links) buildWire(world, scenario, link);
}

/** 02:00:00:00:00:01 and so on, unless the scenario gives one. */
function macOf(given: readonly number[] | null, macs: MacNumbers): number[] {
  const number = macs.next++;
  return given === null ? [2, 0, 0, 0, number >> 8, number & 0xff] : [...given];
}

function addNic(host: Host, spec: NicSpec, macs: MacNumbers): void {
  igb_probe(host, igbSetup(host, spec, macs));
  if (spec.tsoLastFlags !== null) nicOf(host, spec.name).tcp_flags_last = spec.tsoLastFlags;
}

/** What the scenario leaves out is as the driver and `ip` have it: a queue a CPU, rings of 256, dynamic throttling, fq_codel under mq. */
function igbSetup(host: Host, nic: NicSpec, macs: MacNumbers): IgbSetup {
  return {
    name: nic.name, mac: macOf(nic.mac, macs), in_dev: inetdev_init(host, nic.name), mtu: nic.mtu ?? ETH_DATA_LEN,
    queues: nic.queues ?? Math.min(IGB_MAX_QUEUES, host.cpus.length), rx_pending: nic.rxRing ?? IGB_RING, tx_pending: nic.txRing ?? IGB_RING,
    rx_usecs: nic.coalesce.rxUsecs ?? IGB_DYNAMIC_ITR, tx_usecs: nic.coalesce.txUsecs ?? IGB_DYNAMIC_ITR, tx_queue_len: nic.txqueuelen ?? TX_QUEUE_LEN,
    irq_cpus: nic.irqCpus.length > 0 ? nic.irqCpus : host.cpus.map((cpu) => cpu.id), offloads: nic.offloads, default_qdisc: host.sysctl['net.core.default_qdisc']![0] as string,
    sysfs: nic.sysfs, qdisc: nic.qdisc === null ? null : { kind: nic.qdisc.kind, options: nic.qdisc.options },
  };
}

function vethEnd(world: World, end: VethEndSpec, macs: MacNumbers): VethEnd {
  const host = world.hosts.find((each) => each.name === end.host)!;
  return { host, name: end.name, mac: macOf(end.mac, macs), mtu: end.mtu ?? ETH_DATA_LEN, in_dev: inetdev_init(host, end.name), rps_cpus: end.rpsCpus, offloads: end.offloads };
}

/** Made when its ports are there. It takes their lowest address, unless the scenario gives it one, and the smallest MTU. */
function addBridge(host: Host, spec: BridgeSpec, macs: MacNumbers): void {
  const ports = spec.ports.flatMap((name) => host.devices.find((each) => each.name === name) ?? []);
  const mtu = Math.min(ETH_DATA_LEN, ...ports.map((port) => port.mtu));
  const dev = br_add_bridge(host, spec.name, spec.mac === null ? null : macOf(spec.mac, macs), spec.mtu ?? mtu, inetdev_init(host, spec.name));
  const br = dev.priv as net_bridge;
  for (const port of ports) br_add_if(br, port);
  if (spec.ageingTime !== null) br.ageing_time = nsecs_to_jiffies(spec.ageingTime);
  br_stp_recalculate_bridge_id(br);
}

/** Connects the NICs that name the link. */
function buildWire(world: World, scenario: Scenario, link: LinkSpec): void {
  const ends: Nic[] = [];
  scenario.hosts.forEach((spec, i) => {
    for (const nic of spec.nics) if (nic.link === link.name) ends.push(nicOf(world.hosts[i]!, nic.name));
  });
  const wire: Wire = {
    name: link.name, rate: link.rate, delay: link.delay, ends,
    directions: ends.map((end, side) => direction(world, link, end, side)), cable: cableOf(link),
  };
  for (const end of ends) end.wire = wire;
  if (wire.cable !== null) plan_cuts(wire);
  world.wires.push(wire);
}

/** A link that is never cut has none: its frames are not asked about it. */
function cableOf(link: LinkSpec): Cable | null {
  if (link.cuts.length === 0) return null;
  const cuts = link.cuts.map(({ from, until }) => ({ from, until: until ?? FOREVER }));
  return { cuts, fast_link_down: link.fastLinkDown, autonegotiation: link.autonegotiation, link_at: -1 };
}

function nicOf(host: Host, name: string): Nic {
  return host.devices.find((dev) => dev.name === name)!.priv.nic as Nic;
}

/** The direction that `end` sends in, with the losses that concern it. */
function direction(world: World, link: LinkSpec, end: Nic, side: number): WireDirection {
  const mine = link.losses.filter((loss) => concerns(loss, end));
  return {
    busy_until: 0, carried: 0, lost: 0, random: seed_of(world.seed, `${link.name} ${side}`),
    losses: mine.map((loss) => ({ frames: [...loss.frames], probability: loss.probability, match: loss.match, counted: 0 })),
  };
}

function concerns(loss: LossSpec, end: Nic): boolean {
  return loss.from === null || (loss.from.host === end.host.name && loss.from.nic === end.name);
}
