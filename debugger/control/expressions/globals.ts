/** Names that stand at every stop: the hosts, the clock, the running CPU and its task. */

import { JIFFY } from '../../inspect/format/time.ts';
import type { World } from '../../machine/types.ts';
import type { Found } from './found.ts';
import type { Names } from './names.ts';

/** Of the CPU whose code is looked at; null where none runs. */
export interface Place {
  readonly cpu: World['running'];
}

type Cpu = Place['cpu'];

const GLOBALS: Readonly<Record<string, (world: World, cpu: Cpu) => Found>> = {
  now: (world, cpu) => ({ value: cpu?.now ?? world.now, format: 'ns' }),
  event: (world) => ({ value: world.event }),
  jiffies: (world, cpu) => ({ value: Math.floor((cpu?.now ?? world.now) / JIFFY) }),
  current: (_, cpu) => ({ value: cpu?.current ?? null }),
  cpu: (_, cpu) => ({ value: cpu }),
  drops: (world) => ({ value: world.log }),
  wires: (world) => ({ value: world.wires }),
  hosts: (world) => ({ value: world.hosts }),
};

export function globals(world: World, { cpu }: Place): Names {
  return {
    lookup: (name) => {
      const host = world.hosts.find((each) => each.name === name);
      if (host !== undefined) return { value: host };
      return Object.hasOwn(GLOBALS, name) ? GLOBALS[name]!(world, cpu) : undefined;
    },
    all: () => [...world.hosts.map((host) => host.name), ...Object.keys(GLOBALS)],
  };
}
