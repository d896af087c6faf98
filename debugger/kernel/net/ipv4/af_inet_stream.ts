/** Placeholder until TCP and epoll land: nothing here is reached by UDP. */
export function inet_accept(..._: any[]): any { return {}; }
export function inet_listen(..._: any[]): any { return {}; }
export function inet_stream_connect(..._: any[]): any { return {}; }
export function inet_sk_rebuild_header(..._: any[]): any { return {}; }
