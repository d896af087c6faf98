/** TASKLET softirq: bottom-half workqueue items of this CPU (kernel/softirq.c tasklet_action, kernel/workqueue.c). */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import { workqueue_softirq_action } from './workqueue.ts';

export function* tasklet_action(cpu: Cpu): Resumable<void> {
  yield* workqueue_softirq_action(cpu);
}
