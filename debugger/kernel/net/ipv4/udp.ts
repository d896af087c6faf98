/** net/ipv4/udp.c. */
export { udp_v4_early_demux } from './udp/early_demux.ts';
export { udp_err } from './udp/err.ts';
export { udp_hashfn } from './udp/hash.ts';
export { __udp4_lib_lookup } from './udp/lookup.ts';
export { __udp_enqueue_schedule_skb, udp_rmem_release } from './udp/memory.ts';
export { udp_poll } from './udp/poll.ts';
export { udp_lib_get_port, udp_v4_get_port } from './udp/port.ts';
export { sk_set_txhash, udp_connect, udp_destroy_sock, udp_prot, udp_table_init } from './udp/proto.ts';
export { udp_queue_rcv_one_skb, udp_queue_rcv_skb } from './udp/queue.ts';
export { udp_rcv } from './udp/rcv.ts';
export { __skb_recv_udp, skb_consume_udp, udp_recvmsg } from './udp/recvmsg.ts';
export { udp_send_skb } from './udp/send_skb.ts';
export { udp_sendmsg } from './udp/sendmsg.ts';
