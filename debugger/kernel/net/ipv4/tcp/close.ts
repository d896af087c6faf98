/** Placeholder until TCP and epoll land: nothing here is reached by UDP. */
export function tcp_shutdown(..._: any[]): any { return {}; }
