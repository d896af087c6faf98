/** NET_TX softirq: frees what interrupts left behind, runs the disciplines that asked for it (net/core/dev.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { qdisc_run } from '../../sched/sch_generic.ts';
import { __kfree_skb } from '../skbuff/free.ts';
import { this_cpu_softnet } from './softnet.ts';

export function* net_tx_action(cpu: Cpu): Resumable<void> {
  const sd = this_cpu_softnet(cpu);
  while (sd.completion_queue.length > 0) {
    __kfree_skb(cpu, sd.completion_queue.shift()!);
    yield;
  }
  const output = sd.output_queue;
  sd.output_queue = [];
  for (const q of output) {
    q.sched = false;
    qdisc_run(cpu, q);
    yield;
  }
}
