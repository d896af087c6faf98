/**
 * Time passing on a CPU. While it computes, hardware goes on: frames arrive, DMA completes, lines rise; and a raised line
 * interrupts the code right there. So `spend` is where plain kernel code can be cut in, by a hard interrupt and nothing else.
 */
import { run_hardware_until } from './hardware.ts';
import type { Cpu } from './types.ts';

/** The interrupt descriptor table: where the CPU enters the kernel. Loaded once, when the kernel's module is. */
interface InterruptTable { common_interrupt: (cpu: Cpu, vector: number) => void }
const idt: { table: InterruptTable | null } = { table: null };

/** Loads the interrupt descriptor table (as the instruction of that name does). */
export function lidt(table: InterruptTable): void {
  idt.table = table;
}

/** Charges `ns` to the running CPU; hardware of this machine due by then acts; pending interrupts are taken. */
export function spend(cpu: Cpu, ns: number): void {
  cpu.now += ns;
  charge(cpu, ns);
  if (cpu.host.hardware.next <= cpu.now) run_hardware_until(cpu.host, cpu.now);
  if (cpu.irq_pending.length > 0 && cpu.hardirq_count === 0) take_interrupts(cpu);
}

/** To the mode's own field by name: a computed one would cost as much as all the rest of `spend`. */
function charge({ spent, mode }: Cpu, ns: number): void {
  if (mode === 'si') spent.si += ns;
  else if (mode === 'sy') spent.sy += ns;
  else if (mode === 'us') spent.us += ns;
  else if (mode === 'hi') spent.hi += ns;
  else spent.id += ns;
}

/** Takes every interrupt raised by now, in order. A handler runs with interrupts off: they do not nest. */
export function take_interrupts(cpu: Cpu): void {
  const mode = cpu.mode;
  while (cpu.irq_pending.length > 0 && cpu.irq_raised_at[0]! <= cpu.now) {
    const vector = cpu.irq_pending.shift()!;
    cpu.irq_raised_at.shift();
    cpu.mode = 'hi';
    cpu.hardirq_count++;
    idt.table!.common_interrupt(cpu, vector);
    cpu.hardirq_count--;
  }
  cpu.mode = mode;
}
