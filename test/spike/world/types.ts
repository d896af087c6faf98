/** The spike's world: one CPU, a receive ring, a socket, two tasks. Small, but with every shape the engine needs. */
import type { Context } from '../../../debugger/machine/frames.ts';

export interface sk_buff {
  id: number;
  data: Uint8Array;
  len: number;
  protocol: number;
  csum: number;
  dev: string;
  sk: Sock | null;
  tstamp: number;
}

export interface Sock {
  port: number;
  sk_receive_queue: sk_buff[];
  sk_rmem_alloc: number;
  sk_rcvbuf: number;
  sk_drops: number;
  waiter: Task | null;
}

export interface Task {
  name: string;
  context: Context;
  runnable: boolean;
  wake_at: number;
  received: number;
  bytes: number;
}

export interface Napi {
  ring: (Uint8Array | null)[];
  next_to_clean: number;
  next_to_use: number;
  scheduled: boolean;
  weight: number;
  missed: number;
}

export interface Cpu {
  world: World;
  now: number;
  softirq: Context;
  softirq_pending: number;
  hardirq_count: number;
  irq_pending: boolean;
  current: Task | null;
  interrupts: number;
  nested: number;
}

export interface World {
  event: number;
  now: number;
  seed: number;
  frames_left: number;
  next_arrival: number;
  next_id: number;
  cpu: Cpu;
  napi: Napi;
  socks: Sock[];
  tasks: Task[];
  ended: boolean;
}
