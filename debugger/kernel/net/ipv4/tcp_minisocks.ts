/** Requests becoming sockets, and sockets becoming TIME-WAIT (net/ipv4/tcp_minisocks.c). */
export { tcp_ca_openreq_child, tcp_child_process, tcp_create_openreq_child } from './tcp_minisocks/child.ts';
export { createCheckReqResult, tcp_check_req, tcp_in_window } from './tcp_minisocks/request.ts';
export { tcp_time_wait, tcp_timewait_state_process } from './tcp_minisocks/timewait.ts';
