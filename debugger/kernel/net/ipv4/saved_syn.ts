/** The headers of a SYN, kept for the server that wants to see them: TCP_SAVE_SYN (include/net/tcp.h, net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { tcp_hdrlen } from '../../include/linux/tcp.ts';
import type { sock } from '../../include/net/sock.ts';
import type { request_sock, tcp_sock } from '../../include/net/tcp_sock.ts';

/** The link's header as well. */
const FROM_ETHER_HEADER = 2;

/** Copies what the listener wants of the SYN's headers. */
export function tcp_reqsk_record_syn(_cpu: Cpu, sk: sock, req: request_sock, skb: sk_buff): void {
  const { save_syn } = sk.tcp!.syn;
  if (save_syn === 0) return;
  const mac_hdrlen = save_syn === FROM_ETHER_HEADER ? skb.network_header - skb.mac_header : 0;
  const base = skb.network_header - mac_hdrlen;
  req.saved_syn = { mac_hdrlen, data: skb.head.slice(base, skb.transport_header + tcp_hdrlen(skb)) };
}

/** From the request to the connection. */
export function tcp_move_syn(tp: tcp_sock, req: request_sock): void {
  tp.syn.saved_syn = req.saved_syn;
  req.saved_syn = null;
}

/** @helper getsockopt(TCP_SAVED_SYN) gives them once; nothing where there is nothing. */
export function tcp_saved_syn_take(tp: tcp_sock): Uint8Array {
  const saved = tp.syn.saved_syn;
  tp.syn.saved_syn = null;
  return saved === null ? new Uint8Array(0) : saved.data;
}
