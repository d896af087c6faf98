/** What a packet socket keeps beside struct sock (net/packet/internal.h). */
import type { net_device, packet_type } from '../../include/linux/netdevice.ts';
import type { packet_mreq, tpacket2_hdr } from '../../include/linux/if_packet.ts';
import type { sock } from '../../include/net/sock.ts';
import { TPACKET_V1 } from '../../include/linux/if_packet.ts';

export interface packet_ring_buffer {
  /** Blocks of frames; null: no ring. */
  pg_vec: tpacket2_hdr[][] | null;
  /** The frame that is filled next, and the last one's number. */
  head: number; frame_max: number;
  frames_per_block: number; frame_size: number;
}

export interface packet_mclist extends packet_mreq { count: number }

export interface packet_sock {
  /** Protocol that is wanted; 0: none. */
  num: number;
  /** Device that it is bound to; 0: all. */
  ifindex: number;
  /** Its hook is in a list of packet types. */
  running: boolean;
  prot_hook: packet_type;
  cached_dev: net_device | null;
  /** PACKET_QDISC_BYPASS: past the discipline. */
  direct_xmit: boolean;
  origdev: boolean;
  tp_version: number; tp_hdrlen: number; tp_reserve: number;
  /** Since PACKET_STATISTICS was last read; tp_packets counts those that the socket got. */
  tp_packets: number; tp_drops: number;
  rx_ring: packet_ring_buffer;
  /** Mappings of the ring. */
  mapped: number;
  mclist: packet_mclist[];
}

/** @helper pkt_sk(sk) */
export function pkt_sk(sk: sock): packet_sock {
  return sk.packet!;
}

/** @helper The packet_sock part of a new socket. */
export function createPacketSock(sk: sock, num: number): packet_sock {
  return {
    num, ifindex: 0, running: false, cached_dev: null, direct_xmit: false, origdev: false,
    prot_hook: { type: 0, func: 'packet_rcv', list_func: null, dev: null, af_packet_priv: sk, ignore_outgoing: false },
    tp_version: TPACKET_V1, tp_hdrlen: 0, tp_reserve: 0, tp_packets: 0, tp_drops: 0,
    rx_ring: { pg_vec: null, head: 0, frame_max: 0, frames_per_block: 0, frame_size: 0 }, mapped: 0, mclist: [],
  };
}
