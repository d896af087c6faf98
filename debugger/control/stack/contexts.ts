/** What to call a context that cut in: the interrupt's line, the softirq that runs. */
import type { Context, Cpu } from '../../machine/types.ts';
import { functions } from '../debug_info.ts';
import type { Call } from '../probe.ts';
import { readLocals } from '../locals.ts';

const VECTORS: Readonly<Record<number, string>> = {
  [-1]: 'local timer',
  [-2]: 'function call from another CPU',
  [-3]: 'reschedule by another CPU',
};

/** Of the interrupt whose first call stands at `depth` of the probe. */
export function interruptName(cpu: Cpu, depth: number): string {
  const vector = readLocals(depth).find((local) => local.name === 'vector')?.value;
  if (typeof vector !== 'number') return '';
  return VECTORS[vector] ?? cpu.host.irq_descs[vector]?.name ?? `irq ${vector}`;
}

const ACTIONS: Readonly<Record<string, string>> = {
  net_rx_action: 'NET_RX',
  net_tx_action: 'NET_TX',
  run_timer_softirq: 'TIMER',
  hrtimer_run_softirq: 'HRTIMER',
  tasklet_action: 'TASKLET',
  workqueue_softirq_action: 'HI',
};

/** Which softirq a context's frames and the calls above them are in; '' between two of them. */
export function softirqName(context: Context, calls: readonly Call[]): string {
  const [found] = [...context.frames, ...calls].flatMap(({ fn }) => ACTIONS[functions[fn]!.name] ?? []);
  return found ?? '';
}
