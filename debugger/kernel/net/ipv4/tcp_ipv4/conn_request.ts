/** Placeholder until TCP and epoll land: nothing here is reached by UDP. */
export function tcp_v4_conn_request(..._: any[]): any { return {}; }
