/** /proc/irq/N/smp_affinity and smp_affinity_list: which CPUs an interrupt may go to (kernel/irq/proc.c). */
import type { Cpu } from '../../../machine/types.ts';
import { EINVAL } from '../../include/uapi/asm-generic/errno.ts';
import { irq_set_affinity } from './manage.ts';

/** What stands behind an open file of /proc/irq. */
export interface irq_proc_file { irq: number; list: boolean }

/** The file of that path; null: there is none. @helper */
export function irqProcFile(cpu: Cpu, path: string): irq_proc_file | null {
  const parts = path.split('/');
  const [root, proc, dir, number, name] = parts;
  if (parts.length !== 5 || root !== '' || proc !== 'proc' || dir !== 'irq' || number === undefined) return null;
  const irq = wholeNumber(number, 10);
  if (irq < 0 || irq >= cpu.host.irq_descs.length || (name !== 'smp_affinity' && name !== 'smp_affinity_list')) return null;
  return { irq, list: name === 'smp_affinity_list' };
}

/** write(2): a hexadecimal mask. Answers the bytes taken, or -EINVAL. */
export function irq_affinity_proc_write(cpu: Cpu, irq: number, text: string): number {
  return write_irq_affinity(cpu, irq, cpumask_parse(text, cpu.host.cpus.length), text.length);
}

/** write(2): a list, as 0-1,3. */
export function irq_affinity_list_proc_write(cpu: Cpu, irq: number, text: string): number {
  return write_irq_affinity(cpu, irq, cpumask_parselist(text), text.length);
}

/** A mask without a CPU of this host is refused. */
export function write_irq_affinity(cpu: Cpu, irq: number, new_value: readonly number[] | null, count: number): number {
  if (new_value === null) return -EINVAL;
  const online = new_value.filter((id) => id < cpu.host.cpus.length);
  if (online.length === 0) return -EINVAL;
  irq_set_affinity(cpu, irq, online);
  return count;
}

/** Sets of 32 bits in hexadecimal, the last the lowest, with commas between; null: something else. */
function cpumask_parse(text: string, cpus: number): readonly number[] | null {
  const words = text.trim().split(',');
  const list: number[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = wholeNumber(words[words.length - 1 - i]!, 16);
    if (word < 0 || words[words.length - 1 - i]!.length > 8) return null;
    for (let bit = 0; bit < 32 && i * 32 + bit < cpus; bit++) if (((word >>> bit) & 1) === 1) list.push(i * 32 + bit);
  }
  return list;
}

/** Numbers and ranges; null: something else. */
function cpumask_parselist(text: string): readonly number[] | null {
  const list: number[] = [];
  for (const part of text.trim().split(',')) {
    const ends = part.split('-');
    const from = wholeNumber(ends[0]!, 10);
    const to = ends.length === 1 ? from : wholeNumber(ends[1]!, 10);
    if (from < 0 || to < from || to > 4095 || ends.length > 2) return null;
    for (let id = from; id <= to; id++) list.push(id);
  }
  return list;
}

/** @helper -1: not a number of that base. */
function wholeNumber(text: string, base: number): number {
  let value = 0;
  for (const c of text) {
    const digit = '0123456789abcdef'.indexOf(c.toLowerCase());
    if (digit < 0 || digit >= base) return -1;
    value = value * base + digit;
  }
  return text === '' ? -1 : value;
}
