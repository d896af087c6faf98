/** System calls on pipes, and those that move pages instead of copying them. */
import { call, maybe, parameter } from './call_parameters.ts';

const LENGTH = parameter('len', 'buffer size', 'Most bytes to move.');
const SPLICE_FLAGS = maybe(
  parameter('flags', 'flags', 'SPLICE_F_NONBLOCK: do not wait for a pipe; SPLICE_F_MORE: more is to come.', [
    'SPLICE_F_',
  ]),
);

export const SPLICES = [
  call(
    'pipe2',
    [maybe(parameter('flags', 'flags', 'O_NONBLOCK, O_CLOEXEC, O_DIRECT.', ['O_']))],
    'fds',
    'A list of two descriptors: `[0]` to read from, `[1]` to write to.',
    'EINVAL EMFILE',
    'Makes a pipe of 16 pages; `fcntl(fd, F_SETPIPE_SZ, 1MiB)` makes it larger.',
    'ends = pipe2(); write(ends[1], "hello"); data = read(ends[0], 10B)',
  ),
  call(
    'splice',
    [
      parameter('fd_in', 'fd', 'From where: a pipe, a socket, a file under `/tmp`.'),
      parameter('off_in', 'size or NULL', 'Where in the file to begin; NULL: where it stands, which moves.'),
      parameter('fd_out', 'fd', 'To where. One of both is a pipe.'),
      parameter('off_out', 'size or NULL', 'Where in the file to write; NULL: where it stands, which moves.'),
      LENGTH,
      SPLICE_FLAGS,
    ],
    'number',
    'Number of bytes moved; 0 at the end of what comes in.',
    'EAGAIN EBADF EINVAL ESPIPE EPIPE ECONNRESET ENOTCONN',
    'Moves bytes between a pipe and a socket, a file or another pipe: the pages themselves, without a copy. What a TCP socket has received lies in the pipe as the frags of its skbs; what a socket is given becomes frags of its own. Datagrams and files are copied on one side.',
    'ends = pipe2(); n = splice(fd, NULL, ends[1], NULL, 64KiB); splice(ends[0], NULL, other, NULL, n)',
  ),
  call(
    'tee',
    [
      parameter('fd_in', 'fd', 'A pipe; what is in it stays.'),
      parameter('fd_out', 'fd', 'Another one.'),
      LENGTH,
      SPLICE_FLAGS,
    ],
    'number',
    'Number of bytes that are in both now.',
    'EAGAIN EBADF EINVAL EPIPE',
    'The pages in one pipe are in the other as well, without a copy.',
    'a = pipe2(); b = pipe2(); write(a[1], "hello"); tee(a[0], b[1], 5B)',
  ),
  call(
    'sendfile',
    [
      parameter('out_fd', 'fd', 'A socket, a pipe or a file.'),
      parameter('in_fd', 'fd', 'A file under `/tmp`.'),
      parameter('offset', 'size or NULL', 'Where in the file to begin; NULL: where it stands, which moves.'),
      parameter('count', 'buffer size', 'Bytes to send.'),
    ],
    'number',
    'Number of bytes sent, fewer at the end of the file.',
    'EAGAIN EBADF EINVAL EPIPE ECONNRESET ESPIPE',
    "Sends a file's pages as they are, without a copy: they become the frags of the skbs.",
    'page = open("/tmp/page", O_CREAT | O_RDWR); write(page, 40KiB); sendfile(fd, page, 0, 40KiB)',
  ),
];
