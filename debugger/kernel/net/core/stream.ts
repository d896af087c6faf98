/** Placeholder until TCP and epoll land: nothing here is reached by UDP. */
export function sk_stream_write_space(..._: any[]): any { return {}; }
