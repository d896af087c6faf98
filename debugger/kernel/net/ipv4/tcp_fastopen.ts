/** TCP Fast Open, RFC 7413 (net/ipv4/tcp_fastopen.c). */
export { tcp_fastopen_active_detect_blackhole, tcp_fastopen_active_disable, tcp_fastopen_active_disable_ofo_check } from './tcp_fastopen/blackhole.ts';
export { createFastopenRequest, tcp_fastopen_cookie_check, tcp_fastopen_defer_connect, tcp_free_fastopen_req, tcp_rcv_fastopen_synack } from './tcp_fastopen/client.ts';
export { fastopenKeyText, tcp_fastopen_init_key_once, tcp_fastopen_reset_cipher } from './tcp_fastopen/cookie.ts';
export { tcp_try_fastopen } from './tcp_fastopen/server.ts';
