/** A packet socket's ring: frames in blocks, each the kernel's or the process's by its status (net/packet/af_packet.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { file, poll_table } from '../../../include/linux/fs.ts';
import { TPACKET2_HDRLEN, TPACKET_ALIGNMENT, TPACKET_V2, TP_STATUS_KERNEL } from '../../../include/linux/if_packet.ts';
import type { tpacket2_hdr, tpacket_req } from '../../../include/linux/if_packet.ts';
import { EPOLLIN, EPOLLRDNORM } from '../../../include/linux/poll.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { PAGE_SIZE } from '../../../include/net/sock.ts';
import type { sock, socket } from '../../../include/net/sock.ts';
import { EBUSY, EINVAL, ENOMEM } from '../../../include/uapi/asm-generic/errno.ts';
import { datagram_poll } from '../../core/datagram.ts';
import { skb_queue_purge } from '../../core/skbuff/queue.ts';
import { pkt_sk } from '../internal.ts';
import type { packet_ring_buffer, packet_sock } from '../internal.ts';
import { __unregister_prot_hook, register_prot_hook } from './create.ts';

export const ROOM_NONE = 0;
const ROOM_LOW = 1;
const ROOM_NORMAL = 2;
const ROOM_POW_OFF = 2;

/** Bytes that a ring may have: what a machine of the model can spare. */
const LARGEST_RING = 64 * 1024 * 1024;

export const NO_RING: tpacket_req = { tp_block_size: 0, tp_block_nr: 0, tp_frame_size: 0, tp_frame_nr: 0 };

/** The status word of a frame. */
function __packet_get_status(_cpu: Cpu, h: tpacket2_hdr): number {
  return h.tp_status;
}

/** The frame at a position, null when its status is another. */
function packet_lookup_frame(cpu: Cpu, rb: packet_ring_buffer, position: number, status: number): tpacket2_hdr | null {
  const h = rb.pg_vec![Math.floor(position / rb.frames_per_block)]![position % rb.frames_per_block]!;
  return __packet_get_status(cpu, h) === status ? h : null;
}

/** @helper */
export function packet_current_rx_frame(cpu: Cpu, po: packet_sock, status: number): tpacket2_hdr | null {
  return packet_lookup_frame(cpu, po.rx_ring, po.rx_ring.head, status);
}

/** @helper */
function packet_previous_rx_frame(cpu: Cpu, rb: packet_ring_buffer, status: number): tpacket2_hdr | null {
  return packet_lookup_frame(cpu, rb, rb.head !== 0 ? rb.head - 1 : rb.frame_max, status);
}

/** @helper */
export function packet_increment_rx_head(rb: packet_ring_buffer): void {
  rb.head = rb.head !== rb.frame_max ? rb.head + 1 : 0;
}

/** @helper Whether the frame a quarter of the ring ahead (pow_off 2), or the next (0), is free. */
function __tpacket_has_room(cpu: Cpu, po: packet_sock, pow_off: number): boolean {
  const len = po.rx_ring.frame_max + 1;
  let idx = po.rx_ring.head;
  if (pow_off !== 0) idx += len >> pow_off;
  if (idx >= len) idx -= len;
  return packet_lookup_frame(cpu, po.rx_ring, idx, TP_STATUS_KERNEL) !== null;
}

/** Room in the ring: for a quarter of it, for one packet, or none. */
export function __packet_rcv_has_room(cpu: Cpu, po: packet_sock, _skb: sk_buff): number {
  if (__tpacket_has_room(cpu, po, ROOM_POW_OFF)) return ROOM_NORMAL;
  return __tpacket_has_room(cpu, po, 0) ? ROOM_LOW : ROOM_NONE;
}

/** @helper Zeroed pages: all frames are the kernel's. */
function alloc_pg_vec(req: tpacket_req, frames_per_block: number): tpacket2_hdr[][] {
  const pg_vec: tpacket2_hdr[][] = [];
  for (let i = 0; i < req.tp_block_nr; i++) {
    const block: tpacket2_hdr[] = [];
    for (let j = 0; j < frames_per_block; j++) {
      block.push({
        kind: 'tpacket2_hdr', tp_status: TP_STATUS_KERNEL, tp_len: 0, tp_snaplen: 0, tp_mac: 0, tp_net: 0, tp_sec: 0, tp_nsec: 0, sll: null,
        data: new Uint8Array(0), lineage: null,
      });
    }
    pg_vec.push(block);
  }
  return pg_vec;
}

/** @helper Whether blocks and frames go together: 0 or a negative errno. */
function checkRequest(po: packet_sock, req: tpacket_req): number {
  if (po.rx_ring.pg_vec !== null) return -EBUSY;
  if (po.tp_version !== TPACKET_V2) return -EINVAL;
  if (req.tp_block_size <= 0 || req.tp_block_size % PAGE_SIZE !== 0) return -EINVAL;
  if (req.tp_frame_size < TPACKET2_HDRLEN + po.tp_reserve || (req.tp_frame_size & (TPACKET_ALIGNMENT - 1)) !== 0) return -EINVAL;
  const frames_per_block = Math.floor(req.tp_block_size / req.tp_frame_size);
  if (frames_per_block === 0 || frames_per_block * req.tp_block_nr !== req.tp_frame_nr) return -EINVAL;
  return req.tp_block_size * req.tp_block_nr > LARGEST_RING ? -ENOMEM : 0;
}

/** Gives the socket a ring in the place of its queue, or takes it away (no blocks); 0 or a negative errno. */
export function packet_set_ring(cpu: Cpu, sk: sock, req: tpacket_req, closing: boolean): number {
  const po = pkt_sk(sk);
  const rb = po.rx_ring;
  if (!closing && po.mapped > 0) return -EBUSY;
  const err = req.tp_block_nr !== 0 ? checkRequest(po, req) : req.tp_frame_nr !== 0 ? -EINVAL : 0;
  if (err !== 0) return err;
  const was_running = po.running;
  const num = po.num;
  if (was_running) __unregister_prot_hook(cpu, sk);
  rb.frames_per_block = req.tp_block_nr === 0 ? 0 : Math.floor(req.tp_block_size / req.tp_frame_size);
  rb.pg_vec = req.tp_block_nr === 0 ? null : alloc_pg_vec(req, rb.frames_per_block);
  rb.frame_max = req.tp_frame_nr - 1;
  rb.head = 0;
  rb.frame_size = req.tp_frame_size;
  po.tp_hdrlen = TPACKET2_HDRLEN;
  po.prot_hook.func = rb.pg_vec === null ? 'packet_rcv' : 'tpacket_rcv';
  skb_queue_purge(cpu, sk.sk_receive_queue);
  po.num = num;
  if (was_running) register_prot_hook(cpu, sk);
  return 0;
}

/** The ring becomes memory of the process; its frames are added to `area`. The mapping goes with the socket: there is no munmap. */
export function packet_mmap(_cpu: Cpu, sock: socket, area: tpacket2_hdr[]): number {
  const po = pkt_sk(sock.sk!);
  if (po.rx_ring.pg_vec === null) return -EINVAL;
  for (const block of po.rx_ring.pg_vec) for (const h of block) area.push(h);
  po.mapped++;
  return 0;
}

/** Readable once the frame that was filled last is the process's. */
export function packet_poll(cpu: Cpu, file: file, sock: socket, wait: poll_table | null): number {
  const po = pkt_sk(sock.sk!);
  let mask = datagram_poll(cpu, file, sock, wait);
  if (po.rx_ring.pg_vec !== null && packet_previous_rx_frame(cpu, po.rx_ring, TP_STATUS_KERNEL) === null) mask |= EPOLLIN | EPOLLRDNORM;
  return mask;
}
