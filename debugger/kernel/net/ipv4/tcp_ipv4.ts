/** Placeholder until TCP and epoll land: nothing here is reached by UDP. */
export function tcp_v4_do_rcv(..._: any[]): any { return {}; }
export function tcp_v4_early_demux(..._: any[]): any { return {}; }
export function tcp_v4_err(..._: any[]): any { return {}; }
export function tcp_v4_rcv(..._: any[]): any { return {}; }
