/** From an interrupt line to its driver's handler (kernel/irq/handle.c, chip.c). */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { irq_desc } from '../../include/linux/irq.ts';
import type { void_p } from '../../include/linux/void.ts';
import { __irq_move_irq } from './migration.ts';
import { igb_msix_other, igb_msix_ring } from '../../drivers/net/ethernet/intel/igb/igb_msix.ts';

/** Interrupt handlers by name. */
const irq_handlers = { igb_msix_ring, igb_msix_other } satisfies Record<string, (cpu: Cpu, irq: number, dev_id: void_p) => void>;
export type IrqHandler = keyof typeof irq_handlers;

export function handle_edge_irq(cpu: Cpu, desc: irq_desc): void {
  desc.kstat[cpu.id] = desc.kstat[cpu.id]! + 1;
  if (desc.pending_mask !== null) __irq_move_irq(cpu, desc);
  handle_irq_event(cpu, desc);
}

export function handle_irq_event(cpu: Cpu, desc: irq_desc): void {
  __handle_irq_event_percpu(cpu, desc);
}

export function __handle_irq_event_percpu(cpu: Cpu, desc: irq_desc): void {
  spend(cpu, cpu.costs.igb_msix_ring);
  irq_handlers[desc.handler as IrqHandler](cpu, desc.irq, desc.dev_id);
}
