/** The local APIC: a one-shot timer each CPU, and interrupts that CPUs send each other. */
import { schedule_event } from './event_queue.ts';
import type { Cpu, Host } from './types.ts';

/** Vectors that are not device lines; device lines are their irq number >= 0. */
export const LOCAL_TIMER_VECTOR = -1;
export const CALL_FUNCTION_SINGLE_VECTOR = -2;
export const RESCHEDULE_VECTOR = -3;

/** Raises an interrupt at a CPU at `time`; the same vector twice before it is taken is one interrupt. A halted CPU wakes then. */
export function raise_interrupt(cpu: Cpu, vector: number, time: number): void {
  if (cpu.irq_pending.includes(vector)) return;
  cpu.irq_pending.push(vector);
  cpu.irq_raised_at.push(time);
  if (cpu.halted) wake_from_halt(cpu, time);
}

/** The clock of a halted CPU stood still: what has passed since was idle time, and so is the way out of its sleep state. */
function wake_from_halt(cpu: Cpu, time: number): void {
  cpu.halted = false;
  const awake = Math.max(time, cpu.now) + cpu.costs.idle_exit;
  cpu.spent.id += awake - cpu.now;
  cpu.now = awake;
}

/** Programs the one-shot timer; -1 stops it. Only the last deadline counts. */
export function apic_program(cpu: Cpu, deadline: number): void {
  if (deadline === cpu.apic_deadline) return;
  cpu.apic_deadline = deadline;
  cpu.apic_seq++;
  if (deadline >= 0) schedule_event(cpu.host.hardware, Math.max(deadline, cpu.now), 'apic_timer', cpu, cpu.apic_seq);
}

/** The timer runs out. */
export function apic_timer(_host: Host, cpu: Cpu, seq: number, time: number): void {
  if (seq !== cpu.apic_seq) return;
  cpu.apic_deadline = -1;
  raise_interrupt(cpu, LOCAL_TIMER_VECTOR, time);
}

/** Sends an inter-processor interrupt; it arrives at the sender's clock. */
export function send_ipi(from: Cpu, to: Cpu, vector: number): void {
  raise_interrupt(to, vector, from.now);
}
