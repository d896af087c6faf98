/** Placeholder until TCP and epoll land: nothing here is reached by UDP. */
export function tcp_done(..._: any[]): any { return {}; }
export function tcp_set_state(..._: any[]): any { return {}; }
