/** New tasks (kernel/fork.c): records only; who pushes the first frame decides what they run. */
import type { Cpu } from '../../machine/types.ts';
import { TASK_RUNNING } from '../include/linux/sched.ts';
import type { task_struct } from '../include/linux/sched.ts';

/** A runnable task of `cpu`'s host, not yet on a run queue; `cpus_allowed` -1: any CPU. */
export function copy_process(cpu: Cpu, comm: string, kind: task_struct['kind'], cpus_allowed: number): task_struct {
  const tasks = cpu.host.tasks;
  const task: task_struct = {
    pid: tasks.length + 1, comm, kind, __state: TASK_RUNNING, on_rq: false, cpu, cpus_allowed,
    context: { frames: [], ret: null }, files: [null, null, null], vruntime: 0, exec_start: 0, sum_exec_runtime: 0,
    task_works: [], wait: null, timeout: null, sleeper: null, mode: kind === 'user' ? 'us' : kind === 'idle' ? 'id' : 'sy', program: null, exiting: false, exit_code: 0,
  };
  tasks.push(task);
  return task;
}
