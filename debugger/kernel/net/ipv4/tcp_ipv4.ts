/** net/ipv4/tcp_ipv4.c: what of TCP knows about IPv4. */
export { tcp_add_backlog } from './tcp_ipv4/backlog.ts';
export { __tcp_v4_send_check, tcp_v4_send_check } from './tcp_ipv4/checksum.ts';
export { tcp_v4_conn_request, tcp_v4_syn_recv_sock } from './tcp_ipv4/conn_request.ts';
export { tcp_v4_connect } from './tcp_ipv4/connect.ts';
export { tcp_v4_early_demux } from './tcp_ipv4/demux.ts';
export { tcp_v4_err, tcp_v4_mtu_reduced } from './tcp_ipv4/icmp.ts';
export { tcp_v4_destroy_sock, tcp_v4_init_sock } from './tcp_ipv4/init.ts';
export { tcp_v4_do_rcv, tcp_v4_fill_cb, tcp_v4_rcv } from './tcp_ipv4/rcv.ts';
export { tcp_v4_reqsk_send_ack, tcp_v4_send_reset, tcp_v4_timewait_ack } from './tcp_ipv4/reset.ts';
export { tcp_v4_send_synack } from './tcp_ipv4/synack.ts';
