/** An interrupt moves to another CPU while it is being taken (kernel/irq/migration.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { irq_desc } from '../../include/linux/irq.ts';
import { irq_do_set_affinity } from './manage.ts';

/** Called as the interrupt is acknowledged, on the CPU where it has arrived; it is masked meanwhile. */
export function __irq_move_irq(cpu: Cpu, desc: irq_desc): void {
  irq_move_masked_irq(cpu, desc);
}

export function irq_move_masked_irq(cpu: Cpu, desc: irq_desc): void {
  const mask = desc.pending_mask!;
  desc.pending_mask = null;
  irq_do_set_affinity(cpu, desc, mask);
}
