/** struct mutex (include/linux/mutex_types.h): of one task at a time, which may sleep while it has it. */
import type { task_struct } from './sched.ts';

export interface mutex {
  /** Which one, for those who wait. */
  name: string;
  owner: task_struct | null;
  wait_list: task_struct[];
  /** When it was let go last (ns), and by which CPU: who takes it earlier by its own clock has been spinning until then. */
  released: number;
  released_on: number;
}

/** @helper mutex_init() */
export function createMutex(name: string): mutex {
  return { name, owner: null, wait_list: [], released: 0, released_on: 0 };
}
