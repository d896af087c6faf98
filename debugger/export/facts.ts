/**
 * What a tracer's tracepoints tell at some functions: which packet, which device, which task. In the form of ftrace:
 * `net_dev_queue dev=eth0 len=60 ...`.
 */
import { dropAt } from '../control/drop_site.ts';
import { readLocals } from '../control/locals.ts';
import { packetLine } from '../inspect/headers/line.ts';
import { packetOf } from '../inspect/headers/skb.ts';
import type { irq_desc } from '../kernel/include/linux/irq.ts';
import type { sk_buff } from '../kernel/include/linux/skbuff.ts';
import type { sock } from '../kernel/include/net/sock.ts';
import type { task_struct } from '../kernel/include/linux/sched.ts';
import type { Cpu, World } from '../machine/types.ts';
import { bitNames, sockEnds } from '../inspect/summary.ts';

interface Names {
  readonly cpu: Cpu;
  readonly skb: sk_buff;
  readonly next: task_struct;
  readonly desc: irq_desc;
  readonly nr: number;
  readonly sk: sock;
}

const packet = (event: string, { dev, ...rest }: sk_buff): string =>
  `${event} dev=${dev?.name ?? '?'} len=${rest.len} ${packetLine(packetOf({ dev, ...rest }))}`;

const TRACEPOINTS: Readonly<Record<string, (names: Names) => string>> = {
  context_switch: ({ cpu, next }) => `sched_switch ${cpu.current.comm} -> ${next.comm}`,
  __dev_queue_xmit: ({ skb }) => packet('net_dev_queue', skb),
  xmit_one: ({ skb }) => packet('net_dev_start_xmit', skb),
  __netif_receive_skb_core: ({ skb }) => packet('netif_receive_skb', skb),
  __handle_irq_event_percpu: ({ desc }) => `irq_handler_entry irq=${desc.irq} name=${desc.name}`,
  __raise_softirq_irqoff: ({ nr }) => `softirq_raise vec=${nr} [action=${bitNames(1 << nr, 'softirq', '')}]`,
  sock_def_readable: ({ sk }) => `sk_data_ready ${sockEnds(sk)}`,
};

/** The fact at a function that was just entered at `depth`; null at most. Never throws: a trace goes on without it. */
export function factAt(world: World, fn: string, depth: number): string | null {
  try {
    if (fn === 'logDrop') return dropFact(world, depth);
    const tell = TRACEPOINTS[fn];
    return tell === undefined ? null : tell(Object.fromEntries(readLocals(depth).map(named)) as unknown as Names);
  } catch {
    return null;
  }
}

const named = ({ name, value }: { name: string; value: unknown }): [string, unknown] => [name, value];

function dropFact(world: World, depth: number): string {
  const { reason, condition, where, skb } = dropAt(world, depth);
  return `kfree_skb reason: ${reason} at ${where}${condition === '' ? '' : `, because ${condition}`}: ${packetLine(packetOf(skb))}`;
}
