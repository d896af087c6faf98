/** Placeholder until TCP and epoll land: nothing here is reached by UDP. */
export function tcp_v4_mtu_reduced(..._: any[]): any { return {}; }
