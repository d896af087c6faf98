/**
 * What a machine is, below the kernel: CPUs with clocks, interrupt lines, events that hardware waits for.
 * A World is one graph of plain records; these are its roots. Times are integer nanoseconds since the run began.
 */
import type { Host } from '../kernel/include/linux/host.ts';
import type { hrtimer } from '../kernel/include/linux/timer.ts';
import type { task_struct } from '../kernel/include/linux/sched.ts';
import type { Costs } from './costs.ts';
import type { Context } from './frames.ts';
import type { EventQueue } from './event_queue.ts';
import type { Memory } from './memory.ts';
import type { Wire } from './wire.ts';
import type { LogEntry } from './log.ts';

/** Where a CPU's time goes, as `mpstat` names it. */
export type CpuMode = 'us' | 'sy' | 'hi' | 'si' | 'id';

export interface World {
  /** Number of the event that runs now; equal in both builds. */
  event: number;
  /** ns; the clock of whatever ran last. */
  now: number;
  seed: number;
  /** Next id of a thing that a person follows: skbs, frames, writes, tasks. */
  next_id: number;
  hosts: Host[];
  wires: Wire[];
  costs: Costs;
  /** The CPU whose event runs now, or null while hardware acts. */
  running: Cpu | null;
  /** What that CPU goes on with, its softirqs or its current task; null between two events, and while softirqs run in the middle of plain code. */
  context: Context | null;
  /** Drops and other notable moments, oldest first, bounded. */
  log: LogEntry[];
  log_dropped: number;
  /** ns; the longest stretch that a CPU ran without a yield. */
  longest_stretch: number;
  /** Where packet bytes are taken from; no part of the state's hash. */
  memory: Memory;
  /** skbs allocated and freed since the run began, all hosts. */
  skb_allocated: number;
  skb_freed: number;
  /** True once nothing is left that could happen. */
  ended: boolean;
  /** Why the world stopped itself (a process that loops without time passing); null while it is well. */
  halt: { reason: string; host: string; line: number } | null;
}

export interface Cpu {
  /** Number within the host: smp_processor_id(). */
  id: number;
  host: Host;
  world: World;
  /** The world's cost table, one load away. */
  costs: Costs;
  /** This CPU's clock, ns. */
  now: number;
  mode: CpuMode;
  /** ns spent in each mode. */
  spent: Record<CpuMode, number>;
  /** Interrupts raised and not yet taken, in order: irq numbers, negative for inter-processor and local vectors; and when (ns). */
  irq_pending: number[];
  irq_raised_at: number[];
  /** Halted in the idle loop: its clock stands until an interrupt. */
  halted: boolean;
  /** > 0 while a hard interrupt handler runs (they do not nest). */
  hardirq_count: number;
  /** > 0 while bottom halves are disabled by the running code. */
  softirq_count: number;
  /** Bit n: softirq n is raised. */
  softirq_pending: number;
  /** Softirqs run in this context of their own, nested on the current task; empty frames: none runs. */
  softirq: Context;
  /** Who asked for softirqs to be run at the next yield ('irq_exit_rcu', 'do_softirq'); '' when nobody did. Kept while they run. */
  softirq_by: '' | 'irq_exit_rcu' | 'do_softirq';
  current: task_struct;
  idle: task_struct;
  ksoftirqd: task_struct;
  /** The running task is to give way: at the end of an interrupt, in the kernel too (TIF_NEED_RESCHED). */
  need_resched: boolean;
  /** It is to give way at its next return to user mode; the next tick makes that need_resched (TIF_NEED_RESCHED_LAZY). */
  need_resched_lazy: boolean;
  /** > 0 while the running task may not be preempted, bottom halves apart. */
  preempt_count: number;
  /** Runnable tasks other than current, in the order of vruntime. */
  rq: task_struct[];
  min_vruntime: number;
  /** Tasks woken for this CPU by others, waiting for its interrupt. */
  wake_list: task_struct[];
  /** Bottom-half work, and functions that other CPUs asked for, by name. */
  bh_work: unknown[];
  csd_queue: string[];
  /** Interrupts of no device that this CPU has taken (irq_cpustat_t): the lines LOC, CAL and RES of /proc/interrupts. */
  irq_stat: { apic_timer_irqs: number; irq_call_count: number; irq_resched_count: number };
  /** Expired soft hrtimers that wait for HRTIMER softirq. */
  soft_hrtimers: hrtimer[];
  /** The last jiffy whose tick this CPU has handled. */
  last_tick: number;
  /** Idle without a tick (TS_FLAG_STOPPED): only a timer that is due brings one. */
  tick_stopped: boolean;
  /** ns of the local APIC timer's deadline, Infinity-free: -1 when off. */
  apic_deadline: number;
  /** Sequence number of the armed APIC event; an older one is ignored. */
  apic_seq: number;
}

export type { Context, EventQueue, Host, Wire };
