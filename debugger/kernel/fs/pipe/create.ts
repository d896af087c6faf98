/** Making pipes, and how much they hold (fs/pipe.c). */
import type { Resumable } from '../../../machine/frames.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { F_GETPIPE_SZ, F_SETPIPE_SZ, O_CLOEXEC, O_DIRECT, O_NONBLOCK, O_WRONLY } from '../../include/linux/fs.ts';
import type { file } from '../../include/linux/fs.ts';
import { createMutex } from '../../include/linux/mutex.ts';
import { PIPE_DEF_BUFFERS, pipe_buf, pipe_occupancy } from '../../include/linux/pipe_fs_i.ts';
import type { pipe_buffer, pipe_inode_info } from '../../include/linux/pipe_fs_i.ts';
import { init_waitqueue_head } from '../../include/linux/sched.ts';
import { PAGE_SHIFT, PAGE_SIZE } from '../../include/net/sock.ts';
import { EBADF, EBUSY, EINVAL, EMFILE, EPERM } from '../../include/uapi/asm-generic/errno.ts';
import { mutex_lock, mutex_unlock } from '../../kernel/locking/mutex.ts';
import { __wake_up } from '../../kernel/sched/wait.ts';
import { RLIMIT_NOFILE, alloc_fd, alloc_file, fd_install } from '../file.ts';

/** fs.pipe-max-size: more than that takes CAP_SYS_RESOURCE, which no process of the model has. Bytes. */
const pipe_max_size = 1 << 20;

/** A pipe without ends as yet. */
export function alloc_pipe_info(cpu: Cpu): pipe_inode_info {
  return {
    i_ino: cpu.world.next_id++, mutex: createMutex('pipe->mutex'), rd_wait: init_waitqueue_head(), wr_wait: init_waitqueue_head(), head: 0, tail: 0,
    max_usage: PIPE_DEF_BUFFERS, ring_size: PIPE_DEF_BUFFERS, readers: 0, writers: 0, files: 0, poll_usage: false, bufs: emptyRing(PIPE_DEF_BUFFERS),
  };
}

/** @helper */
function emptyRing(nr_slots: number): (pipe_buffer | null)[] {
  const bufs: (pipe_buffer | null)[] = [];
  for (let i = 0; i < nr_slots; i++) bufs.push(null);
  return bufs;
}

/** Both ends: res[0] to read, res[1] to write. */
export function create_pipe_files(cpu: Cpu, res: file[], flags: number): void {
  const pipe = alloc_pipe_info(cpu);
  pipe.files = 2;
  pipe.readers = 1;
  pipe.writers = 1;
  res.push(alloc_file(cpu, 'pipeanon_fops', flags & O_NONBLOCK, pipe));
  res.push(alloc_file(cpu, 'pipeanon_fops', O_WRONLY | (flags & (O_NONBLOCK | O_DIRECT)), pipe));
}

export function __do_pipe_flags(cpu: Cpu, files: file[], flags: number): number {
  if ((flags & ~(O_CLOEXEC | O_NONBLOCK | O_DIRECT)) !== 0) return -EINVAL;
  if (freeDescriptors(cpu) < 2) return -EMFILE;
  create_pipe_files(cpu, files, flags);
  return 0;
}

/** @helper */
function freeDescriptors(cpu: Cpu): number {
  const files = cpu.current.files;
  let used = 3;
  for (let fd = used; fd < files.length; fd++) if (files[fd] !== null) used++;
  return RLIMIT_NOFILE - used;
}

/** Puts both descriptors into `fildes`; answers 0, or a negative errno. */
export function do_pipe2(cpu: Cpu, fildes: number[], flags: number): number {
  const files: file[] = [];
  const error = __do_pipe_flags(cpu, files, flags);
  if (error !== 0) return error;
  for (const file of files) {
    const fd = alloc_fd(cpu);
    fd_install(cpu, fd, file);
    fildes.push(fd);
  }
  return 0;
}

export function* __x64_sys_pipe2(cpu: Cpu, fildes: number[], flags: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const err = do_pipe2(cpu, fildes, flags);
  yield;
  return err;
}

/** The pipe behind a file, null when it is none. */
export function get_pipe_info(file: file): pipe_inode_info | null {
  return file.f_op === 'pipeanon_fops' ? (file.private_data as pipe_inode_info) : null;
}

/** Up to a power of two, a page at least; 0 when it is too large. Bytes. */
export function round_pipe_size(size: number): number {
  if (size < 0 || size > 2 ** 31) return 0;
  let rounded = PAGE_SIZE;
  while (rounded < size) rounded *= 2;
  return rounded;
}

/** Another ring, if what it holds fits. */
export function pipe_resize_ring(cpu: Cpu, pipe: pipe_inode_info, nr_slots: number): number {
  const n = pipe_occupancy(pipe.head, pipe.tail);
  if (nr_slots < n) return -EBUSY;
  const bufs = emptyRing(nr_slots);
  for (let i = 0; i < n; i++) bufs[i] = pipe_buf(pipe, pipe.tail + i);
  pipe.bufs = bufs;
  pipe.ring_size = nr_slots;
  pipe.max_usage = nr_slots;
  pipe.tail = 0;
  pipe.head = n;
  __wake_up(cpu, pipe.wr_wait, 1, 0);
  return 0;
}

/** F_SETPIPE_SZ: answers what it holds now, bytes. */
function pipe_set_size(cpu: Cpu, pipe: pipe_inode_info, arg: number): number {
  const size = round_pipe_size(arg);
  const nr_slots = size >>> PAGE_SHIFT;
  if (nr_slots === 0) return -EINVAL;
  if (nr_slots > pipe.max_usage && size > pipe_max_size) return -EPERM;
  const ret = pipe_resize_ring(cpu, pipe, nr_slots);
  return ret < 0 ? ret : pipe.max_usage * PAGE_SIZE;
}

/** F_SETPIPE_SZ and F_GETPIPE_SZ. */
export function* pipe_fcntl(cpu: Cpu, file: file, cmd: number, arg: number): Resumable<number> {
  const pipe = get_pipe_info(file);
  if (pipe === null) return -EBADF;
  yield* mutex_lock(cpu, pipe.mutex);
  let ret = -EINVAL;
  if (cmd === F_SETPIPE_SZ) ret = pipe_set_size(cpu, pipe, arg);
  if (cmd === F_GETPIPE_SZ) ret = pipe.max_usage * PAGE_SIZE;
  mutex_unlock(cpu, pipe.mutex);
  return ret;
}
