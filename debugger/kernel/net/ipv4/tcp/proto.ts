/** Placeholder until TCP and epoll land: nothing here is reached by UDP. */
export const tcp_prot: any = {};
