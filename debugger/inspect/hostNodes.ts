/** What a host shows before its fields: its sockets, epoll instances, pipes and armed timers, wherever the kernel keeps them. */
import type { Host } from '../kernel/include/linux/host.ts';
import type { hrtimer, timer_base, timer_list } from '../kernel/include/linux/timer.ts';
import type { Child } from './children.ts';
import { JIFFY, relative } from './format/time.ts';
import { group, leaf } from './group.ts';
import type { Look } from './look.ts';
import { structOf } from './struct.ts';
import { connections } from './views/conntrack.ts';

export function hostNodes(host: Host, parent: string | null, look: Look): Child[] {
  const pipes = openFiles(host, parent, 'pipe_inode_info');
  return [
    listNode('Sockets', openFiles(host, parent, 'socket')),
    listNode('Epoll instances', openFiles(host, parent, 'eventpoll')),
    ...(pipes.length === 0 ? [] : [listNode('Pipes', pipes)]),
    ...(host.ct === null ? [] : [listNode('Connections', connectionNodes(host))]),
    listNode('Timers', timerNodes(host, look)),
  ];
}

/** By the descriptors that lead to them. A socket shows as its sock. */
function openFiles(host: Host, parent: string | null, struct: 'socket' | 'eventpoll' | 'pipe_inode_info'): Child[] {
  return host.tasks.flatMap(({ comm, files }) =>
    files.flatMap((file, fd): Child[] => {
      if (file === null || structOf(file.private_data) !== struct) return [];
      const path = parent && `${parent}.${comm}.files[${fd}].private_data`;
      const sk = struct === 'socket' ? (file.private_data as { sk: unknown }).sk : null;
      const value = sk ?? file.private_data;
      return [
        { name: `${comm} fd ${fd}`, value, expression: path && (sk === null ? path : `${path}.sk`), virtual: true },
      ];
    }),
  );
}

/** Of conntrack. */
function connectionNodes(host: Host): Child[] {
  return connections(host).map((ct) => ({ name: `ct ${ct.id}`, value: ct, expression: null, virtual: true }));
}

interface Armed {
  readonly timer: timer_list | hrtimer;
  readonly cpu: number;
  /** ns */
  readonly at: number;
}

/** Soonest first. */
function timerNodes(host: Host, look: Look): Child[] {
  const wheel = [host.timer_bases, host.timer_bases_def].flatMap((bases) =>
    bases.flatMap((base, cpu) => armed(base, cpu, JIFFY)),
  );
  const high = host.hrtimer_bases.flatMap((base, cpu) => armed(base, cpu, 1));
  return [...wheel, ...high]
    .sort((a, b) => a.at - b.at)
    .map(({ timer, cpu, at }) => ({
      name: timer.function,
      value: group(`${relative(at, look.now)} on cpu${cpu}`, () => [
        { name: structOf(timer), value: timer, expression: null },
        { name: 'for', value: timer.data, expression: null },
      ]),
      expression: null,
      virtual: true,
    }));
}

/** A timer on the wheel fires when its bucket is due, which is after `expires`. Entries that the timer has left are stale. */
function armed<T extends timer_list | hrtimer>(base: timer_base<T>, cpu: number, unit: number): Armed[] {
  return base.heap
    .filter(({ timer, seq }) => timer.pending && timer.seq === seq)
    .map(({ timer, when }) => ({ timer, cpu, at: when * unit }));
}

function listNode(name: string, children: Child[]): Child {
  const value = children.length === 0 ? leaf('none') : group(String(children.length), () => children);
  return { name, value, expression: null, virtual: true };
}
