/** Things of a world that are the same from copy to copy, so that a field can be found again by its way from one of them. */
import { ip } from '../../inspect/format/address.ts';
import { structOf } from '../../inspect/struct.ts';
import type { Host } from '../../kernel/include/linux/host.ts';
import type { net_device } from '../../kernel/include/linux/netdevice.ts';
import type { neighbour } from '../../kernel/include/net/neighbour.ts';
import type { World } from '../../machine/types.ts';
import { eachObject } from '../world_value.ts';

export interface Anchor {
  readonly struct: string;
  /** The number or name that no other of its kind has; '' for the world. */
  readonly name: string;
}

/** undefined: not there yet, or not any more but it may come again; null: gone for good. */
export type Held = object | null | undefined;

interface Kind {
  readonly nameOf: (record: never) => string;
  readonly find: (world: World, name: string, struct: string) => Held;
  /** Found once, it is the one for ever. */
  readonly lasting: boolean;
  /** How far it lies from what one would name first: fields of a device are not an sk_buff's, though that points to the device. */
  readonly distance: number;
}

const numbered = (distance: number): Kind => ({
  nameOf: ({ id }: { id: number }) => String(id),
  find: numberedObject,
  lasting: true,
  distance,
});

const KINDS: Readonly<Record<string, Kind>> = {
  World: { nameOf: () => '', find: (world) => world, lasting: true, distance: 0 },
  Host: {
    nameOf: ({ name }: Host) => name,
    find: (world, name) => world.hosts.find((host) => host.name === name),
    lasting: true,
    distance: 1,
  },
  net_device: { nameOf: deviceName, find: namedDevice, lasting: true, distance: 4 },
  neighbour: { nameOf: neighbourName, find: namedNeighbour, lasting: false, distance: 10 },
  sock: numbered(10),
  request_sock: numbered(10),
  inet_timewait_sock: numbered(10),
  sk_buff: numbered(20),
};

export function anchorOf(value: object): (Anchor & Pick<Kind, 'distance'>) | undefined {
  const struct = structOf(value);
  if (!Object.hasOwn(KINDS, struct)) return undefined;
  const { nameOf, distance } = KINDS[struct]!;
  return { struct, name: nameOf(value as never), distance };
}

export const isAnchorKind = (struct: string): boolean => Object.hasOwn(KINDS, struct);

export function findAnchor(world: World, { struct, name }: Anchor): Held {
  return KINDS[struct]!.find(world, name, struct);
}

/** Whether what was found needs no second look. */
export const isLasting = ({ struct }: Anchor): boolean => KINDS[struct]!.lasting;

/** All numbers come from the world's one counter. */
function numberedObject(world: World, name: string, struct: string): Held {
  const id = Number(name);
  if (id >= world.next_id) return undefined;
  for (const value of eachObject(world))
    if ((value as { id?: number }).id === id && structOf(value) === struct) return value;
  return null;
}

function deviceName({ host, name }: net_device): string {
  return `${host.name} ${name}`;
}

function namedDevice(world: World, name: string): Held {
  return world.hosts.flatMap((host) => host.devices).find((dev) => deviceName(dev) === name);
}

function neighbourName({ dev, primary_key }: neighbour): string {
  return `${deviceName(dev)} ${ip(primary_key)}`;
}

function namedNeighbour(world: World, name: string): Held {
  return world.hosts
    .flatMap((host) => [...host.arp_tbl.entries, ...host.nd_tbl.entries])
    .find((each) => neighbourName(each) === name);
}
