/** To which CPU an interrupt goes (kernel/irq/manage.c, arch/x86/kernel/apic/vector.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { irq_desc } from '../../include/linux/irq.ts';

/** From the next interrupt on, `mask` (CPUs of this host) is where it may go. */
export function irq_set_affinity(cpu: Cpu, irq: number, mask: readonly number[]): void {
  irq_set_affinity_locked(cpu, cpu.host.irq_descs[irq]!, mask);
}

/**
 * The message of an MSI-X vector cannot be rewritten while one may be under way, unless interrupts are remapped (the modelled machine's are not):
 * it waits until the next one has been taken, on the CPU where that still arrives (IRQD_SETAFFINITY_PENDING).
 */
export function irq_set_affinity_locked(_cpu: Cpu, desc: irq_desc, mask: readonly number[]): void {
  desc.pending_mask = mask.slice();
}

export function irq_do_set_affinity(cpu: Cpu, desc: irq_desc, mask: readonly number[]): void {
  desc.affinity = mask.slice();
  if (!mask.includes(desc.cpu)) desc.cpu = assign_irq_vector_any(cpu, mask);
}

/** Of the CPUs allowed, the one that has the most vectors left: the first of those with the fewest lines. */
function assign_irq_vector_any(cpu: Cpu, mask: readonly number[]): number {
  let best = mask[0]!;
  let fewest = Infinity;
  for (const id of mask) {
    let lines = 0;
    for (const desc of cpu.host.irq_descs) if (desc.cpu === id) lines++;
    if (lines < fewest) [best, fewest] = [id, lines];
  }
  return best;
}
