/** Names that stand at every stop: the hosts, the clock, the running CPU and its task. */

import { JIFFY } from '../../inspect/format/time.ts';
import type { World } from '../../machine/types.ts';
import type { Found } from './found.ts';
import type { Names } from './names.ts';

/** Of the CPU whose code is looked at; null where none runs. */
export interface Place {
  readonly cpu: World['running'];
}

export function globals(world: World, { cpu }: Place): Names {
  const rest: Readonly<Record<string, () => Found>> = {
    now: () => ({ value: cpu?.now ?? world.now, format: 'ns' }),
    event: () => ({ value: world.event }),
    jiffies: () => ({ value: Math.floor((cpu?.now ?? world.now) / JIFFY) }),
    current: () => ({ value: cpu?.current ?? null }),
    cpu: () => ({ value: cpu }),
    drops: () => ({ value: world.log }),
    wires: () => ({ value: world.wires }),
    hosts: () => ({ value: world.hosts }),
  };
  return {
    lookup: (name) => {
      const host = world.hosts.find((each) => each.name === name);
      if (host !== undefined) return { value: host };
      return Object.hasOwn(rest, name) ? rest[name]!() : undefined;
    },
    all: () => [...world.hosts.map((host) => host.name), ...Object.keys(rest)],
  };
}
