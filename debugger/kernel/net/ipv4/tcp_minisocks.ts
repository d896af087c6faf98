/** Placeholder until TCP and epoll land: nothing here is reached by UDP. */
export function tcp_time_wait(..._: any[]): any { return {}; }
