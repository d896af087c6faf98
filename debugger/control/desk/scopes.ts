/** The scopes of a frame: its locals, then what the work is about (packet, socket), then where it happens (CPU, NIC, host). */
import type { Child } from '../../inspect/children.ts';
import { duration } from '../../inspect/format/time.ts';
import { group, type Group, leaf } from '../../inspect/group.ts';
import { nicOf } from '../../inspect/nicOf.ts';
import type { net_device } from '../../kernel/include/linux/netdevice.ts';
import type { Cpu } from '../../machine/types.ts';
import { programOf } from '../expressions/members.ts';
import type { PastFrame, ScenarioFrame, StackFrame } from '../stack/frame.ts';
import { deviceOfStack, packetOfStack, sockOfStack } from '../stack/packet_of.ts';
import { localChildren } from './variables.ts';

export interface Scope {
  readonly name: string;
  readonly hint: 'locals' | 'registers' | null;
  readonly value: unknown;
  readonly expression: string | null;
  /** Clients do not open it by themselves. */
  readonly expensive: boolean;
}

const scope = (name: string, value: unknown, expression: string | null, more: Partial<Scope> = {}): Scope => ({
  name,
  hint: null,
  value,
  expression,
  expensive: false,
  ...more,
});

/** `index` is the frame's place in its stack: what it is about may be known only further out. `first`: to stand before the locals. */
export function scopesOf(stack: readonly StackFrame[], index: number, first: readonly Child[]): Scope[] {
  const frame = stack[index]!;
  switch (frame.kind) {
    case 'kernel':
      return kernelScopes(stack, index, frame.cpu, [...first, ...localChildren(frame.locals())]);
    case 'scenario':
      return scenarioScopes(frame);
    case 'past':
      return [scope('Past', pastGroup(frame), null)];
    case 'label':
      return [];
  }
}

function kernelScopes(stack: readonly StackFrame[], index: number, cpu: Cpu, locals: Child[]): Scope[] {
  const skb = packetOfStack(stack, index);
  const sk = sockOfStack(stack, index);
  const dev = deviceOfStack(stack, index);
  const host = cpu.host.name;
  return [
    scope(
      'Locals',
      group('', () => locals),
      null,
      { hint: 'locals' },
    ),
    ...(skb === null ? [] : [scope('Packet', skb, 'skb')]),
    ...(sk === null ? [] : [scope('Socket', sk, 'sk')]),
    scope('CPU', cpu, `${host}.cpu${cpu.id}`, { hint: 'registers' }),
    ...(dev === null ? [] : [scope('NIC', deviceGroup(dev), null)]),
    scope('Host', cpu.host, host, { expensive: true }),
  ];
}

function scenarioScopes({ task }: ScenarioFrame): Scope[] {
  const host = task.cpu.host;
  const path = `${host.name}.${task.comm}`;
  const variables = (): Child[] =>
    Object.entries(programOf(task)?.variables ?? {}).map(([name, value]) => ({
      name,
      value,
      expression: `${path}.${name}`,
    }));
  return [
    scope('Variables', group('', variables), null, { hint: 'locals' }),
    scope('Process', task, path),
    scope('Host', host, host.name, { expensive: true }),
  ];
}

/** Rings first: that is what one opens a NIC for. */
function deviceGroup(dev: net_device): Group {
  const path = `${dev.host.name}.${dev.name}`;
  const nic = nicOf(dev);
  const rings =
    nic === null
      ? []
      : [
          ...nic.rx.map((ring, i) => ({ name: `rx ring ${i}`, value: ring, expression: `${path}.nic.rx[${i}]` })),
          ...nic.tx.map((ring, i) => ({ name: `tx ring ${i}`, value: ring, expression: `${path}.nic.tx[${i}]` })),
          ...nic.vectors.map((vector, i) => ({
            name: `vector ${i}`,
            value: vector,
            expression: `${path}.nic.vectors[${i}]`,
          })),
          { name: 'registers', value: nic, expression: `${path}.nic` },
        ];
  return group('', () => [
    { name: dev.name, value: dev, expression: path },
    ...rings,
    { name: 'qdisc', value: dev.qdisc, expression: `${path}.qdisc` },
  ]);
}

/** Nothing of the past is guessed: it says when and where, and how to get there. */
function pastGroup({ moment, time, where }: PastFrame): Group {
  const text = (name: string, value: string): Child => ({ name, value: leaf(value), expression: null, virtual: true });
  return group('', () => [
    text('when', duration(time)),
    text('where', where),
    text('event', `${moment.event}, tick ${moment.tick}`),
    text('to go there', `type into the debug console: goto ${moment.event}.${moment.tick}`),
  ]);
}
