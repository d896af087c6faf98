/** `ps`: the tasks of a host with what each waits for (its WCHAN in words). */
import type { Host } from '../../kernel/include/linux/host.ts';
import { duration, relative } from '../format/time.ts';
import type { task_struct } from '../../kernel/include/linux/sched.ts';
import { columns } from './table.ts';

export function ps(host: Host): string {
  const rows = host.tasks
    .filter((task) => task.kind !== 'idle')
    .map((task) => [
      String(task.pid),
      `${task.cpu.id}`,
      letter(task),
      duration(task.sum_exec_runtime),
      waits(task, host.world.now),
      task.comm,
    ]);
  return columns([['PID', 'CPU', 'S', 'TIME', 'WCHAN', 'COMMAND'], ...rows]);
}

function letter(task: task_struct): string {
  if ((task.__state & 0x80) !== 0) return 'Z';
  if ((task.__state & 2) !== 0) return 'D';
  return task.__state === 1 ? 'S' : 'R';
}

function waits(task: task_struct, now: number): string {
  if (task.wait === null || task.__state === 0) return '-';
  return task.wait.until >= 0 ? `${task.wait.what} (until ${relative(task.wait.until, now)})` : task.wait.what;
}
