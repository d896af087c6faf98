/** Where an interrupt enters the kernel (arch/x86/kernel/irq.c, smp.c, apic.c). */
import { CALL_FUNCTION_SINGLE_VECTOR, LOCAL_TIMER_VECTOR, RESCHEDULE_VECTOR } from '../../../../machine/apic.ts';
import { lidt, spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { handle_edge_irq } from '../../../kernel/irq/handle.ts';
import { irq_exit_rcu } from '../../../kernel/softirq.ts';
import { hrtimer_interrupt } from '../../../kernel/time/hrtimer.ts';
import { generic_smp_call_function_single_interrupt, scheduler_ipi } from '../../../kernel/smp.ts';

/** Entry of every interrupt: device lines by their number, local and inter-processor vectors below 0. */
export function common_interrupt(cpu: Cpu, vector: number): void {
  spend(cpu, cpu.costs.hardirq_entry);
  if (vector >= 0) __common_interrupt(cpu, vector);
  else if (vector === LOCAL_TIMER_VECTOR) __sysvec_apic_timer_interrupt(cpu);
  else if (vector === CALL_FUNCTION_SINGLE_VECTOR) __sysvec_call_function_single(cpu);
  else if (vector === RESCHEDULE_VECTOR) __sysvec_reschedule_ipi(cpu);
  irq_exit_rcu(cpu);
}

export function __common_interrupt(cpu: Cpu, irq: number): void {
  handle_edge_irq(cpu, cpu.host.irq_descs[irq]!);
}

export function __sysvec_apic_timer_interrupt(cpu: Cpu): void {
  cpu.irq_stat.apic_timer_irqs++;
  hrtimer_interrupt(cpu);
}

export function __sysvec_call_function_single(cpu: Cpu): void {
  cpu.irq_stat.irq_call_count++;
  generic_smp_call_function_single_interrupt(cpu);
}

export function __sysvec_reschedule_ipi(cpu: Cpu): void {
  cpu.irq_stat.irq_resched_count++;
  scheduler_ipi(cpu);
}

/** Points the CPUs' interrupt descriptor table here. */
export function idt_setup(): void {
  lidt({ common_interrupt });
}
