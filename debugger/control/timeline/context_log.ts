/**
 * Which context each event ran: eight bytes an event, so that going back to a context's previous line need not run what lies
 * between. Runs repeat themselves, so a row once written stays true.
 */
import type { Cpu } from '../../machine/types.ts';
import { cpuKey, HARDIRQ, type Level, SOFTIRQ, TASK, taskKey } from '../context.ts';

const GROWTH = 2;
const NONE = -1;

export interface LoggedContext {
  /** -1 while hardware acts. */
  readonly cpu: number;
  readonly level: Level;
  /** The task below, whatever the level. */
  readonly task: number;
}

export class ContextLog {
  #cpus = new Int32Array(1024);
  #tasks = new Int32Array(1024);
  #length = 0;

  /** The event that is about to run; those known already are left alone. */
  note(event: number, next: Cpu | null): void {
    if (event < this.#length) return;
    if (event >= this.#cpus.length) this.#grow();
    this.#cpus[event] = next === null ? NONE : cpuKey(next) * 4 + levelOfNext(next);
    this.#tasks[event] = next === null ? NONE : taskKey(next.current);
    this.#length = event + 1;
  }

  at(event: number): LoggedContext {
    const packed = this.#cpus[event] ?? NONE;
    return {
      cpu: packed === NONE ? NONE : packed >> 2,
      level: (packed === NONE ? TASK : packed & 3) as Level,
      task: this.#tasks[event] ?? NONE,
    };
  }

  /** The last event before `event` that fits; -1 if none does. */
  lastBefore(event: number, fits: (context: LoggedContext) => boolean): number {
    for (let e = Math.min(event, this.#length) - 1; e >= 0; e--)
      if (this.#cpus[e] !== NONE && fits(this.at(e))) return e;
    return -1;
  }

  #grow(): void {
    this.#cpus = widened(this.#cpus);
    this.#tasks = widened(this.#tasks);
  }
}

function widened(column: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(column.length * GROWTH);
  wider.set(column);
  return wider;
}

/** As world/run.ts chooses what a CPU does. */
function levelOfNext(cpu: Cpu): Level {
  if (cpu.irq_pending.length > 0 && cpu.irq_raised_at[0]! <= cpu.now) return HARDIRQ;
  return cpu.softirq.frames.length > 0 || (cpu.softirq_by !== '' && cpu.softirq_count === 0) ? SOFTIRQ : TASK;
}
