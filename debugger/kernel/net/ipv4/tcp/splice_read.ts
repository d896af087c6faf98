/** splice(2) from a stream: pages of received packets into a pipe (net/ipv4/tcp.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { O_NONBLOCK } from '../../../include/linux/fs.ts';
import type { pipe_inode_info } from '../../../include/linux/pipe_fs_i.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { RCV_SHUTDOWN, TCP_CLOSE, TCP_LISTEN } from '../../../include/net/sock.ts';
import type { sock, socket } from '../../../include/net/sock.ts';
import { TCPHDR_FIN, TCPHDR_SYN } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { EAGAIN, ENOTCONN } from '../../../include/uapi/asm-generic/errno.ts';
import { sock_rps_record_flow } from '../../core/dev/rps.ts';
import { skb_splice_bits } from '../../core/skbuff/splice_bits.ts';
import { lock_sock_nested, release_sock, sock_error, sock_rcvtimeo } from '../../core/sock.ts';
import { tcp_rcv_space_adjust } from '../tcp_input/space.ts';
import { tcp_cleanup_rbuf, tcp_eat_recv_skb } from './cleanup.ts';
import { sk_wait_data } from './recvmsg.ts';

/** Where the bytes of a splice go (struct tcp_splice_state); `count` is what the reader still takes (read_descriptor_t). */
interface tcp_splice_state { pipe: pipe_inode_info; len: number; flags: number; count: number }

/** Byte `seq` of the stream within the packet that has it. @helper */
function offsetOf(skb: sk_buff, seq: number): number {
  const tcb = TCP_SKB_CB(skb);
  return ((seq - tcb.seq) >>> 0) - ((tcb.tcp_flags & TCPHDR_SYN) !== 0 ? 1 : 0);
}

/** The packet that has byte `seq`, or the FIN; those before it have been read and go. */
export function tcp_recv_skb(cpu: Cpu, sk: sock, seq: number): sk_buff | null {
  while (sk.sk_receive_queue.length > 0) {
    const skb = sk.sk_receive_queue[0]!;
    if (offsetOf(skb, seq) < skb.len || (TCP_SKB_CB(skb).tcp_flags & TCPHDR_FIN) !== 0) return skb;
    tcp_eat_recv_skb(cpu, sk, skb);
  }
  return null;
}

/** Bytes of one packet into the pipe, as far as that has room; bytes, or a negative errno. */
export function tcp_splice_data_recv(cpu: Cpu, tss: tcp_splice_state, skb: sk_buff, offset: number, len: number): number {
  const ret = skb_splice_bits(cpu, skb, skb.sk!, offset, tss.pipe, Math.min(tss.count, len));
  if (ret > 0) tss.count -= ret;
  return ret;
}

/** How far the packet can be read at once: to urgent data. @helper */
function readable(sk: sock, seq: number, len: number): number {
  const tp = sk.tcp!;
  return tp.urg_data === 0 ? len : Math.min(len, (tp.urg_seq - seq) >>> 0);
}

/** Hands packet after packet to the reader, until it has enough or takes no more; bytes, or the reader's errno. */
export function* __tcp_read_sock(cpu: Cpu, sk: sock, tss: tcp_splice_state): Resumable<number> {
  const tp = sk.tcp!;
  let seq = tp.copied_seq;
  let copied = 0;
  if (sk.sk_state === TCP_LISTEN) return -ENOTCONN;
  let skb = tcp_recv_skb(cpu, sk, seq);
  while (skb !== null) {
    const offset = offsetOf(skb, seq);
    if (offset < skb.len) {
      const len = readable(sk, seq, skb.len - offset);
      if (len === 0) break;
      const used = tcp_splice_data_recv(cpu, tss, skb, offset, len);
      if (used <= 0) {
        if (copied === 0) copied = used;
        break;
      }
      seq = (seq + used) >>> 0;
      copied += used;
      if (offset + used !== skb.len) continue;
    }
    const fin = (TCP_SKB_CB(skb).tcp_flags & TCPHDR_FIN) !== 0;
    tcp_eat_recv_skb(cpu, sk, skb);
    if (fin) {
      seq = (seq + 1) >>> 0;
      break;
    }
    if (tss.count === 0) break;
    tp.copied_seq = seq;
    yield;
    skb = tcp_recv_skb(cpu, sk, seq);
  }
  tp.copied_seq = seq;
  tcp_rcv_space_adjust(cpu, sk);
  if (copied > 0) {
    tcp_recv_skb(cpu, sk, seq);
    tcp_cleanup_rbuf(cpu, sk, copied);
    if (cpu.softirq_pending !== 0) yield;
  }
  return copied;
}

export function* tcp_read_sock(cpu: Cpu, sk: sock, tss: tcp_splice_state): Resumable<number> {
  return yield* __tcp_read_sock(cpu, sk, tss);
}

export function* __tcp_splice_read(cpu: Cpu, sk: sock, tss: tcp_splice_state): Resumable<number> {
  tss.count = tss.len;
  return yield* tcp_read_sock(cpu, sk, tss);
}

/** Why nothing came, when waiting would not help: 0 at the end of the stream, or a negative errno; 1: it may wait. @helper */
function endOfSplice(sk: sock, timeo: number): number {
  if (sk.sk_done) return 0;
  if (sk.sk_err !== 0) return sock_error(sk);
  if ((sk.sk_shutdown & RCV_SHUTDOWN) !== 0) return 0;
  if (sk.sk_state === TCP_CLOSE) return -ENOTCONN;
  if (timeo === 0) return -EAGAIN;
  return sk.sk_receive_queue.length > 0 ? 0 : 1;
}

/** Waits for the first bytes only, and not at all with O_NONBLOCK; what a full pipe did not take stays in the socket. Bytes, 0 at the end of the stream, or a negative errno. */
export function* tcp_splice_read(cpu: Cpu, sock: socket, pipe: pipe_inode_info, len: number, flags: number): Resumable<number> {
  const sk = sock.sk!;
  const tss: tcp_splice_state = { pipe, len, flags, count: 0 };
  if (cpu.host.rps_sock_flow_table.length > 0) sock_rps_record_flow(cpu, sk);
  if (len === 0) return 0;
  let ret = 0;
  let spliced = 0;
  yield* lock_sock_nested(cpu, sk);
  let timeo = sock_rcvtimeo(sk, (sock.file!.f_flags & O_NONBLOCK) !== 0);
  for (;;) {
    ret = yield* __tcp_splice_read(cpu, sk, tss);
    if (ret < 0) break;
    if (ret === 0) {
      if (spliced > 0) break;
      ret = endOfSplice(sk, timeo);
      if (ret <= 0) break;
      if (cpu.softirq_pending !== 0) yield;
      timeo = yield* sk_wait_data(cpu, sk, timeo, null);
      continue;
    }
    tss.len -= ret;
    spliced += ret;
    if (tss.len === 0 || timeo === 0) break;
    yield* release_sock(cpu, sk);
    yield* lock_sock_nested(cpu, sk);
    if (sk.sk_err !== 0 || sk.sk_state === TCP_CLOSE || (sk.sk_shutdown & RCV_SHUTDOWN) !== 0) break;
  }
  yield* release_sock(cpu, sk);
  return spliced > 0 ? spliced : ret;
}
