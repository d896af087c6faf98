/** Descriptors of a task and the files behind them (fs/file.c, fs/file_table.c, fs/open.c). */
import type { Resumable } from '../../machine/frames.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import type { file } from '../include/linux/fs.ts';
import { EBADF, EMFILE } from '../include/uapi/asm-generic/errno.ts';
import { task_work_add } from '../kernel/task_work.ts';
import { fileRelease } from './file_operations.ts';

/** Descriptors that a process may have, as most distributions set the limit. */
export const RLIMIT_NOFILE = 1024;
/** 0, 1 and 2 are the terminal's. */
const FIRST_FD = 3;

/** @helper struct file. */
export function alloc_file(_cpu: Cpu, f_op: file['f_op'], f_flags: number, private_data: unknown): file {
  return { f_op, f_flags, f_pos: 0, f_count: 1, private_data, f_ep: [] };
}

/** The lowest free descriptor of the running task. */
export function alloc_fd(cpu: Cpu): number {
  const files = cpu.current.files;
  for (let fd = FIRST_FD; fd < RLIMIT_NOFILE; fd++) if (fd >= files.length || files[fd] === null) return fd;
  return -EMFILE;
}

export function fd_install(cpu: Cpu, fd: number, file: file): void {
  const files = cpu.current.files;
  while (files.length <= fd) files.push(null);
  files[fd] = file;
}

/** The file behind a descriptor of the running task. */
export function fget(cpu: Cpu, fd: number): file | null {
  return cpu.current.files[fd] ?? null;
}

/** A reference more. */
export function get_file(file: file): file {
  file.f_count++;
  return file;
}

/** close(2). */
export function* __x64_sys_close(cpu: Cpu, fd: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const file = file_close_fd(cpu, fd);
  if (file === null) return -EBADF;
  yield* fput_close_sync(cpu, file);
  return 0;
}

/** Takes the file off its descriptor. */
export function file_close_fd(cpu: Cpu, fd: number): file | null {
  const file = fget(cpu, fd);
  if (file !== null) cpu.current.files[fd] = null;
  return file;
}

/** A reference less; the last one closes the file. */
export function* fput_close_sync(cpu: Cpu, file: file): Resumable<void> {
  if (--file.f_count === 0) yield* __fput(cpu, file);
}

/** A reference less, where nobody can wait for the end of the file: the running task closes it later. */
export function fput(cpu: Cpu, file: file): void {
  if (--file.f_count === 0) __fput_deferred(cpu, file);
}

function __fput_deferred(cpu: Cpu, file: file): void {
  task_work_add(cpu.current, file);
}

export function* ____fput(cpu: Cpu, file: file): Resumable<void> {
  yield* __fput(cpu, file);
}

/** The file goes, and with it what is behind it. */
export function* __fput(cpu: Cpu, file: file): Resumable<void> {
  yield* fileRelease(cpu, file);
}

/** A task ends: its descriptors go one after the other, but the files behind them only in exit_task_work(), the last first. */
export function exit_files(cpu: Cpu): void {
  close_files(cpu);
}

function close_files(cpu: Cpu): void {
  for (let fd = 0; fd < cpu.current.files.length; fd++) {
    const file = file_close_fd(cpu, fd);
    if (file !== null) filp_close(cpu, file);
  }
}

export function filp_close(cpu: Cpu, file: file): void {
  fput(cpu, file);
}
