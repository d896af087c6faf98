/** An epoll instance as one thinks of it: what it is interested in, what of that is ready, who waits. */
import type { epitem, eventpoll } from '../kernel/include/linux/eventpoll.ts';
import type { wait_queue_head } from '../kernel/include/linux/sched.ts';
import type { Child } from './children.ts';
import { flagSet } from './format/flags.ts';
import { group, leaf } from './group.ts';
import { structOf } from './struct.ts';

export function epollNodes(ep: eventpoll, parent: string | null): Child[] {
  const path = (name: string): string | null => parent && `${parent}.${name}`;
  const ready = [...ep.rdllist, ...(ep.ovflist ?? [])];
  return [
    listNode('Interest list', itemNodes(ep.rbr, path('rbr'))),
    listNode('Ready list', itemNodes(ready, null)),
    listNode('Waiters', waiterNodes(ep.wq, path('wq'))),
    ...(ep.poll_wait.head.length === 0 ? [] : [listNode('Polled by', waiterNodes(ep.poll_wait, path('poll_wait')))]),
  ];
}

export function epollLine(ep: eventpoll): string {
  const waiting = ep.wq.head.length === 0 ? '' : `, ${ep.wq.head.length} waiting`;
  return `epoll: ${ep.rbr.length} interests, ${ep.rdllist.length + (ep.ovflist?.length ?? 0)} ready${waiting}`;
}

/** `fd 5: 0x2001 (IN|RDHUP), ready`. */
export function epitemLine({ ffd, event, rdllink, next }: epitem): string {
  return `fd ${ffd.fd}: ${flagSet(event.events >>> 0, 'epoll')}${rdllink || next ? ', ready' : ''}`;
}

function itemNodes(items: readonly epitem[], path: string | null): Child[] {
  return items.map((item, i) => ({
    name: `fd ${item.ffd.fd}`,
    value: item,
    expression: path && `${path}[${i}]`,
    virtual: true,
  }));
}

/** A task that waits, or an entry of another instance that this one is watched by. */
export function waiterNodes({ head }: wait_queue_head, path: string | null): Child[] {
  return head.map((entry, i) => {
    const value = entry.private ?? (structOf(entry.data) === '' ? entry : entry.data);
    return { name: `[${i}]`, value, expression: path && `${path}.head[${i}]`, virtual: true };
  });
}

export function listNode(name: string, children: Child[]): Child {
  const value = children.length === 0 ? leaf('empty') : group(String(children.length), () => children);
  return { name, value, expression: null, virtual: true };
}
