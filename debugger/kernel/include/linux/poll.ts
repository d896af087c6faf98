/** Poll bits (include/uapi/asm-generic/poll.h, uapi/linux/eventpoll.h: the same numbers). */
export const EPOLLIN = 0x1;
export const EPOLLPRI = 0x2;
export const EPOLLOUT = 0x4;
export const EPOLLERR = 0x8;
export const EPOLLHUP = 0x10;
export const EPOLLNVAL = 0x20;
export const EPOLLRDNORM = 0x40;
export const EPOLLRDBAND = 0x80;
export const EPOLLWRNORM = 0x100;
export const EPOLLWRBAND = 0x200;
export const EPOLLRDHUP = 0x2000;

/** struct pollfd, as poll(2) takes it. */
export interface pollfd { fd: number; events: number; revents: number }

/** Descriptors as bits, 32 a word, as select(2) takes them (fd_set). */
export type fd_set = number[];
