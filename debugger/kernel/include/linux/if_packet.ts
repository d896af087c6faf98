/** Packet sockets' addresses, options and rings (include/uapi/linux/if_packet.h). */
import type { Lineage } from './skbuff.ts';

export const PACKET_ADD_MEMBERSHIP = 1;
export const PACKET_DROP_MEMBERSHIP = 2;
export const PACKET_RX_RING = 5;
export const PACKET_STATISTICS = 6;
export const PACKET_ORIGDEV = 9;
export const PACKET_VERSION = 10;
export const PACKET_HDRLEN = 11;
export const PACKET_RESERVE = 12;
export const PACKET_QDISC_BYPASS = 20;
export const PACKET_IGNORE_OUTGOING = 23;

export const PACKET_MR_PROMISC = 1;

export const TPACKET_V1 = 0;
export const TPACKET_V2 = 1;
export const TPACKET_ALIGNMENT = 16;

export const TP_STATUS_KERNEL = 0;
export const TP_STATUS_USER = 1;
export const TP_STATUS_LOSING = 1 << 2;
export const TP_STATUS_CSUMNOTREADY = 1 << 3;
export const TP_STATUS_CSUM_VALID = 1 << 7;
export const TP_STATUS_TS_SOFTWARE = 1 << 29;

/** struct sockaddr_ll: which device and protocol; of a packet also whose it is (PACKET_HOST ... PACKET_OUTGOING) and its sender's MAC. */
export interface sockaddr_ll {
  sll_protocol: number; sll_ifindex: number; sll_hatype: number; sll_pkttype: number; sll_halen: number; sll_addr: number[];
}

/** What PACKET_RX_RING takes, bytes: `tp_block_nr` blocks of `tp_block_size`, cut into `tp_frame_nr` frames of `tp_frame_size`. */
export interface tpacket_req { tp_block_size: number; tp_block_nr: number; tp_frame_size: number; tp_frame_nr: number }

export interface tpacket_stats { tp_packets: number; tp_drops: number }

export interface packet_mreq { mr_ifindex: number; mr_type: number; mr_alen: number; mr_address: number[] }

/** A frame of a ring, memory that kernel and process share: struct tpacket2_hdr, the sockaddr_ll behind it, and the packet's bytes. */
export interface tpacket2_hdr {
  kind: 'tpacket2_hdr';
  /** TP_STATUS_KERNEL: the kernel may fill it. With TP_STATUS_USER it is the process's. */
  tp_status: number;
  tp_len: number; tp_snaplen: number; tp_mac: number; tp_net: number; tp_sec: number; tp_nsec: number;
  sll: sockaddr_ll | null;
  data: Uint8Array;
  lineage: Lineage | null;
}

/** sizeof(struct tpacket2_hdr) and of struct sockaddr_ll. */
export const SIZEOF_TPACKET2_HDR = 32;
const SIZEOF_SOCKADDR_LL = 20;

/** @helper TPACKET_ALIGN */
export function TPACKET_ALIGN(x: number): number {
  return (x + TPACKET_ALIGNMENT - 1) & ~(TPACKET_ALIGNMENT - 1);
}

export const TPACKET2_HDRLEN = TPACKET_ALIGN(SIZEOF_TPACKET2_HDR) + SIZEOF_SOCKADDR_LL;
